"""Why software is shown as similar: a code, what the two have in common, and a sentence."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.search.labels import ORIGINAL

MOST_NAMED = 8
"""Values that a sentence names."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that both have, and what it is called in the reader's language."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What two pieces of software have in common, of one kind; the rarest first."""

    code: str
    shared: Sequence[Shared]

    def sentence(self, language: str) -> str:
        """As in: Needs the same to run: PostgreSQL, GeoServer."""
        sentences = _sentences()[self.code]
        named = ", ".join(each.label for each in self.shared[:MOST_NAMED])
        more = ", …" if len(self.shared) > MOST_NAMED else ""
        return sentences.get(language, sentences[ORIGINAL]).replace("{values}", named + more)


def codes() -> frozenset[str]:
    """The codes for which there are sentences."""
    return frozenset(_sentences())


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """`{code: {language: sentence}}`."""
    text = (Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
