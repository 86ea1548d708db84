"""The HTTP face: parse, call, present. No rule of the catalogue lives here."""
