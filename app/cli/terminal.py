"""Text from strangers, on its way to somebody's terminal."""

NO_BREAK_SPACE = "\u00a0"
"""What French has before a colon; Python does not call it printable."""


def visible(text: str) -> str:
    """The text on one line, and with nothing that a terminal would obey rather than show."""
    return "".join(
        character
        if character.isprintable() or character == NO_BREAK_SPACE
        else character.encode("unicode_escape").decode()
        for character in text
    )
