"""What a reader has to say."""

from typing import NamedTuple


class Line(NamedTuple):
    """Something that was found, and whether it should not be so."""

    text: str
    wrong: bool = False
