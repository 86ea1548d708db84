"""The outside: the only code that opens connections to other machines."""
