"""The small face for people: pages over the same functions that the HTTP interface has."""
