"""How a file gets in: validated first, stored whatever it says, quarantined if it has no place."""
