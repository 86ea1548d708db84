"""Who has which value, as rows of bits: for columns of few values, the quickest to count.

Software never changes its number, and a number never its values; so rows hold for every later
state. What came after they were made is left to whoever counts codes, until there is much of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.arrays import Integers, Mask

MOST_VALUES = 256
"""Of a column that has rows; of each, rows take a bit per software."""

FEW = 1_000
"""Software beyond the rows that is counted as fast by its codes."""

MUCH = 0.1
"""The same, as a part of what is in the rows."""


@dataclass(frozen=True, slots=True)
class Bits:
    """For each code, a row with one bit per software."""

    rows: NDArray[np.uint64]
    length: int
    """Of how much software, the first ones."""
    pairs: int
    """How many pairs of a number and a code are in the rows."""

    @classmethod
    def none(cls) -> "Bits":
        """Of nothing."""
        return cls(np.zeros((0, 0), np.uint64), 0, 0)

    @classmethod
    def of(cls, owners: Integers, codes: Integers, values: int, length: int) -> "Bits":
        """These pairs, in which there are so many values and so much software."""
        has = np.zeros((values, _padded(length)), np.bool_)
        has[codes, owners] = True
        return cls(_packed(has), length, len(codes))

    def have_room_for(self, values: int, length: int) -> bool:
        """Whether there is so little beyond the rows, or are so many values, that they stay."""
        return values > MOST_VALUES or length - self.length <= max(FEW, MUCH * self.length)

    def having(self, codes: Sequence[int]) -> Mask:
        """What has one of these values."""
        known = [code for code in codes if code < len(self.rows)]
        some: NDArray[np.uint64] = np.bitwise_or.reduce(self.rows[known], axis=0)
        return np.unpackbits(some.view(np.uint8), count=self.length, bitorder="little").view(
            np.bool_
        )

    def counts(self, chosen: Mask) -> NDArray[np.intp]:
        """By code, how many of the chosen have it."""
        padded = np.zeros(_padded(self.length), np.bool_)
        padded[: self.length] = chosen[: self.length]
        counts: NDArray[np.intp] = np.bitwise_count(self.rows & _packed(padded)).sum(
            axis=1, dtype=np.intp
        )
        return counts


def _padded(length: int) -> int:
    return -(-length // 64) * 64


def _packed(mask: Mask) -> NDArray[np.uint64]:
    return np.packbits(mask, axis=-1, bitorder="little").view(np.uint64)
