"""What was found, marked in the texts: HTML in which everything but `<mark>` is escaped."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

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

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "Found":
        """What these terms find, word by word."""
        wanted = [term for term in terms if not term.excluded]
        return cls(
            frozenset(form for term in wanted for row in term.alternatives for form in row),
            tuple(term.beginning for term in wanted if term.beginning),
        )

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
        marked = (self._mark(line, self._spans(line, language)) for line in text.splitlines())
        return "\n".join(line for line in marked if "<mark>" in line)

    def _excerpt(self, text: str, language: str) -> str:
        text = unicodedata.normalize("NFC", text)
        spans = self._spans(text, language)
        if not spans:
            return ""
        start = max(0, spans[0][0] - AROUND)
        end = min(len(text), spans[0][1] + AROUND)
        inside = [(first - start, last - start) for first, last in spans if last <= end]
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return before + self._mark(text[start:end], inside) + after

    def _spans(self, text: str, language: str) -> list[tuple[int, int]]:
        """Where words stand that were looked for."""
        matches = list(_WORD.finditer(unicodedata.normalize("NFC", text)))
        distinct = list({match[0] for match in matches})
        stems = words.stems_of_each(distinct, language)
        found = {word for word, each in zip(distinct, stems, strict=True) if self._has_any(each)}
        return [match.span() for match in matches if match[0] in found]

    def _has_any(self, stems: Iterable[str]) -> bool:
        return any(
            stem in self.forms or stem.startswith(self.beginnings or ("\0",)) for stem in stems
        )

    @staticmethod
    def _mark(text: str, spans: Iterable[tuple[int, int]]) -> str:
        text = unicodedata.normalize("NFC", text)
        pieces, at = [], 0
        for start, end in spans:
            pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
        return "".join([*pieces, escape(text[at:])])
