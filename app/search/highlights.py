"""What was found, marked in the texts: HTML in which everything but `<mark>` is escaped."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import takewhile

from app import words
from app.search.terms import Term

AROUND = 100
"""Characters shown on either side of the first word found in a long text."""

_WORD = re.compile(r"[^\W_]+")
_SHORT = ("name", "genericName", "shortDescription", "features")
_LONG = "longDescription"


@dataclass(frozen=True, slots=True)
class Found:
    """The stems and beginnings that a word of a text is compared with."""

    forms: frozenset[str]
    beginnings: tuple[str, ...]
    likely: re.Pattern[str]
    """Finds the words that may be among them."""

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "Found":
        """What these terms find, word by word."""
        wanted = [term for term in terms if not term.excluded]
        forms = frozenset(form for term in wanted for row in term.alternatives for form in row)
        beginnings = tuple(term.beginning for term in wanted if term.beginning)
        likely = words.beginning_with({start[0] for start in (*forms, *beginnings)})
        return cls(forms, beginnings, likely)

    def in_texts(self, language: str, texts: Mapping[str, str | None]) -> dict[str, str]:
        """The texts in which something is found, marked; the long one where no other has anything.

        Features are lines, of which those with something in them are left.
        """
        marked = {
            name: html for name in _SHORT if (html := self._lines(texts.get(name) or "", language))
        }
        if marked:
            return marked
        excerpt = self._excerpt(texts.get(_LONG) or "", language)
        return {_LONG: excerpt} if excerpt else {}

    def _lines(self, text: str, language: str) -> str:
        """The lines in which something is found, marked."""
        lines = unicodedata.normalize("NFC", text).splitlines()
        found = ((line, [*self._spans(line, language)]) for line in lines)
        return "\n".join(_mark(line, spans) for line, spans in found if spans)

    def _excerpt(self, text: str, language: str) -> str:
        text = unicodedata.normalize("NFC", text)
        spans = self._spans(text, language)
        first = next(spans, None)
        if first is None:
            return ""
        start, end = max(0, first[0] - AROUND), min(len(text), first[1] + AROUND)
        shown = [first, *takewhile(lambda span: span[1] <= end, spans)]
        inside = [(begin - start, last - start) for begin, last in shown]
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return before + _mark(text[start:end], inside) + after

    def _spans(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        """Where words stand that were looked for."""
        likely = _WORD if words.is_odd(text) else self.likely
        for match in likely.finditer(text):
            if self._has_any(words.stems_of(match[0], language)):
                yield match.span()

    def _has_any(self, stems: Iterable[str]) -> bool:
        return any(
            stem in self.forms or stem.startswith(self.beginnings or ("\0",)) for stem in stems
        )


def _mark(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*pieces, escape(text[at:])])
