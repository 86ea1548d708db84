"""Text from strangers, on its way to somebody's terminal."""


def visible(text: str) -> str:
    """The text on one line, and with nothing that a terminal would obey rather than show."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
