"""The distinct texts of a column, as numbers: counted and compared without the texts themselves."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from app.search.arrays import Integers

NOTHING = 0
"""The code of what has no text."""


@dataclass(frozen=True)
class Values:
    """Texts by code, in the order in which they came, and where each is in the alphabet.

    `texts` and `codes` are shared with later states, which only add to them: what `order` does not
    have is not known yet.
    """

    texts: list[str]
    codes: dict[str, int]
    order: Integers
    """Codes in the order of their texts; nothing comes first."""
    rank: Integers
    """By code, its place in that order."""

    @classmethod
    def empty(cls) -> "Values":
        """No texts yet."""
        return cls([""], {}, np.zeros(1, np.int32), np.zeros(1, np.int32))

    def __len__(self) -> int:
        return len(self.order)

    def extended(self, texts: Iterable[str | None]) -> tuple["Values", Integers]:
        """With these texts added where they are new; and the codes of all of them."""
        codes = np.fromiter((self._numbered(text) for text in texts), np.int32)
        if len(self.texts) == len(self):
            return self, codes
        order = self._ordered(range(len(self), len(self.texts)))
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order))
        return Values(self.texts, self.codes, order, rank), codes

    def code(self, text: str) -> int | None:
        """The code of a text, if anything has it."""
        code = self.codes.get(text)
        return code if code is not None and code < len(self) else None

    def among(self, texts: Iterable[str]) -> list[int]:
        """The codes of those of these texts that anything has."""
        return [code for text in texts if (code := self.code(text)) is not None]

    def alike(self, texts: Iterable[str]) -> list[int]:
        """The codes of the texts that are one of these but for capitals."""
        folded = {text.casefold() for text in texts}
        return [code for text in sorted(folded) for code in self._folded.get(text, ())]

    def like(self, fits: Callable[[str], bool]) -> list[int]:
        """The codes of the texts that fit."""
        return [code for code in range(1, len(self)) if fits(self.texts[code])]

    def beginning(self, start: str) -> list[int]:
        """The codes of the texts that begin with this one, whose last letter is not the last of all."""
        after = start[:-1] + chr(ord(start[-1]) + 1)
        codes: list[int] = self.order[self.place(start) : self.place(after)].tolist()
        return codes

    def containing(self, parts: Iterable[str]) -> list[int]:
        """The codes of the texts in which one of these parts occurs, after a blank before each text."""
        together, ends = self._lines
        found: set[int] = set()
        for part in parts:
            at = together.find(part)
            while at >= 0:
                line = bisect_right(ends, at)
                found.add(line + 1)
                at = together.find(part, ends[line])
        return sorted(found)

    def place(self, text: str) -> int:
        """The rank of the first text that does not come before this one."""
        if not text:
            return 0
        return 1 + bisect_left(self.order[1:], text, key=lambda code: self.texts[code])

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        """The codes of all texts, by what these are without capitals."""
        found: dict[str, list[int]] = {}
        for code in range(1, len(self)):
            found.setdefault(self.texts[code].casefold(), []).append(code)
        return found

    @cached_property
    def _lines(self) -> tuple[str, list[int]]:
        """All texts, each on a line behind a blank, and where these end."""
        lines = [f" {text}" for text in self.texts[1 : len(self)]]
        ends = list(accumulate(len(line) + 1 for line in lines))
        return "\n".join([*lines, ""]), ends

    def _numbered(self, text: str | None) -> int:
        if text is None:
            return NOTHING
        code = self.codes.get(text)
        if code is None:
            code = self.codes[text] = len(self.texts)
            self.texts.append(text)
        return code

    def _ordered(self, new: range) -> Integers:
        """The order with new codes in it: where they are few, the others only make room."""
        if len(new) > len(self) // 10:
            everything = range(1, new.stop)
            return np.array([NOTHING, *sorted(everything, key=self.texts.__getitem__)], np.int32)
        added = sorted(new, key=self.texts.__getitem__)
        return np.insert(self.order, [self.place(self.texts[code]) for code in added], added)
