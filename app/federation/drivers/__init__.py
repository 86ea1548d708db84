"""One file for each kind of peer; a driver knows its peer's language, not our catalogue."""
