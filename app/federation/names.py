"""Names and texts of others, made such that every database takes them."""

from hashlib import sha256

LONGEST_NAME = 500
"""Characters; an index entry of PostgreSQL has 2,704 bytes."""


def storable(text: str) -> str:
    """A name of any kind as every database takes it, with a hash for the end of an endless one."""
    text = clean(text)
    if len(text) <= LONGEST_NAME:
        return text
    digest = sha256(text.encode()).hexdigest()
    return f"{text[: LONGEST_NAME - len(digest) - 1]}~{digest}"


def clean(text: str) -> str:
    """Without what is no text to PostgreSQL, be it NUL or half a character."""
    return text.encode(errors="backslashreplace").decode().replace("\0", r"\0")
