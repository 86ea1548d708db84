"""The catalogue by columns: in memory, what searches filter, count, rank and sort by.

A software has a number, its place in every column. What changes gets a new number at the end, and
its old one is only marked as gone; so every state is cheap to make of the one before, and a search
goes on undisturbed on the state that it began with.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import chain
from operator import or_

import numpy as np
from numpy.typing import NDArray

from app.head import Head
from app.search.arrays import Integers, LongIntegers, Mask, extended
from app.search.bits import Bits
from app.search.memory import Memory
from app.search.values import NOTHING, Values

ONE = (
    "id",
    "organisation",
    "sort_name",
    "tier",
    "development_status",
    "software_type",
    "maintenance_type",
    "maintained_until",
    "release_date",
)
"""Columns in which a software has one text or none."""

MANY = (
    "catalog",
    "url",
    "title",
    "described_in",
    "category",
    "scope",
    "license",
    "platform",
    "language",
    "supports",
    "country",
    "unsupported_country",
    "organisation_name",
    "used_by",
    "depends_on",
)
"""Columns in which a software has any number of texts."""

WORDS_ID = "words_id"
NUMBERS = (WORDS_ID, "valid", "users", "vitality", "updated_at")
"""Columns of whole numbers; times are in microseconds, and no vitality is -1."""

FEW = 4
"""Codes that are looked for one by one, which takes less time than a table of all."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NOWHERE = -1
"""The number of what is not there."""

MOST_GONE = 0.5
"""The part of all numbers that may be of what is gone, before they are given out anew."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the columns hold of one software. `texts` and `numbers` are in the order of the names."""

    ones: tuple[str | None, ...]
    numbers: tuple[int, ...]
    many: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class One:
    """A column in which a software has one text or none."""

    values: Values = field(default_factory=Values.empty)
    codes: Integers = field(default_factory=lambda: np.zeros(0, np.int32))
    bits: Bits = field(default_factory=Bits.none)

    def having(self, codes: Sequence[int]) -> Mask:
        """What has one of these values."""
        later = _is_among(self.codes[self.bits.length :], codes, len(self.values))
        return np.concatenate([self.bits.having(codes), later])

    def counts(self, chosen: Mask) -> NDArray[np.intp]:
        """By code, how many of the chosen have it."""
        first = self.bits.length
        counts = _counted(self.codes[first:].compress(chosen[first:]), len(self.values))
        return _added(counts, self.bits.counts(chosen))

    def extended(self, texts: Iterable[str | None]) -> "One":
        """With the texts of further software."""
        values, codes = self.values.extended(texts)
        return self._with(values, extended(self.codes, codes))

    def later(self, number: int) -> "One":
        """Of the software that has this number or a later one."""
        return One(self.values, self.codes[number:])

    def kept(self, numbers: NDArray[np.intp]) -> "One":
        """Of nothing but this software, in this order."""
        return One().extended(
            self.values.texts[code] if code else None for code in self.codes[numbers]
        )

    def _with(self, values: Values, codes: Integers) -> "One":
        if self.bits.have_room_for(len(values), len(codes)):
            return One(values, codes, self.bits)
        owners = np.arange(len(codes), dtype=np.int32)
        return One(values, codes, Bits.of(owners, codes, len(values), len(codes)))


@dataclass(frozen=True, slots=True)
class Many:
    """A column in which a software has any number of texts: pairs of its number and a code."""

    values: Values = field(default_factory=Values.empty)
    owners: Integers = field(default_factory=lambda: np.zeros(0, np.int32))
    """From the smallest number to the largest."""
    codes: Integers = field(default_factory=lambda: np.zeros(0, np.int32))
    length: int = 0
    """Of how much software."""
    bits: Bits = field(default_factory=Bits.none)

    def having(self, codes: Sequence[int]) -> Mask:
        """What has one of these values."""
        later = _is_among(self.codes[self.bits.pairs :], codes, len(self.values))
        mask = np.zeros(self.length, np.bool_)
        mask[: self.bits.length] = self.bits.having(codes)
        mask[self.owners[self.bits.pairs :][later]] = True
        return mask

    def counts(self, chosen: Mask) -> NDArray[np.intp]:
        """By code, how many of the chosen have it."""
        later = chosen.take(self.owners[self.bits.pairs :])
        counts = _counted(self.codes[self.bits.pairs :].compress(later), len(self.values))
        return _added(counts, self.bits.counts(chosen))

    def extended(self, texts: Sequence[Collection[str]]) -> "Many":
        """With the texts of further software."""
        length = self.length + len(texts)
        owners = np.repeat(np.arange(self.length, length), [len(each) for each in texts])
        values, codes = self.values.extended(chain.from_iterable(texts))
        return self._with(
            values, extended(self.owners, owners), extended(self.codes, codes), length
        )

    def later(self, number: int) -> "Many":
        """Of the software that has this number or a later one."""
        # A number of their own kind, for which they need not be converted.
        first = np.searchsorted(self.owners, np.int32(number))
        owners, codes = self.owners[first:] - number, self.codes[first:]
        return Many(self.values, owners, codes, self.length - number)

    def kept(self, numbers: NDArray[np.intp]) -> "Many":
        """Of nothing but this software, in this order."""
        renumbered = np.full(self.length, -1, np.int32)
        renumbered[numbers] = np.arange(len(numbers))
        owners = renumbered[self.owners]
        stays = owners >= 0
        values, codes = Values.empty().extended(
            self.values.texts[code] for code in self.codes[stays]
        )
        return Many()._with(values, owners[stays], codes, len(numbers))

    def _with(self, values: Values, owners: Integers, codes: Integers, length: int) -> "Many":
        if self.bits.have_room_for(len(values), length):
            return Many(values, owners, codes, length, self.bits)
        return Many(values, owners, codes, length, Bits.of(owners, codes, len(values), length))


@dataclass(frozen=True, slots=True)
class Columns:
    """All active software at one state of the change log."""

    head: Head
    one: Mapping[str, One]
    many: Mapping[str, Many]
    numbers: Mapping[str, LongIntegers]
    present: Mask
    """Whether a number is that of software which is there, and not of what it once was."""
    memory: Memory = field(default_factory=Memory, compare=False)

    @classmethod
    def empty(cls) -> "Columns":
        """No software, before the first change of any log."""
        return cls(
            head=Head(0, ""),
            one={name: One() for name in ONE},
            many={name: Many() for name in MANY},
            numbers={name: np.zeros(0, np.int64) for name in NUMBERS},
            present=np.zeros(0, np.bool_),
        )

    def __len__(self) -> int:
        return len(self.present)

    def replaced(self, changed: Collection[str], facts: Sequence[Facts], head: Head) -> "Columns":
        """The state at `head`, where these `changed` ids have the facts given or are gone."""
        if not changed and not facts:
            return replace(self, head=head)
        present = np.concatenate([self.present, np.ones(len(facts), np.bool_)])
        present[: len(self)] &= ~self.one["id"].having(self.one["id"].values.among(changed))
        state = Columns(
            head=head,
            one={
                name: column.extended(each.ones[place] for each in facts)
                for place, (name, column) in enumerate(self.one.items())
            },
            many={
                name: column.extended([each.many.get(name, ()) for each in facts])
                for name, column in self.many.items()
            },
            numbers={
                name: extended(column, np.array([each.numbers[place] for each in facts], np.int64))
                for place, (name, column) in enumerate(self.numbers.items())
            },
            present=present,
            memory=self.memory.lasting(),
        )
        gone = len(state) - np.count_nonzero(present)
        return state.kept() if gone > MOST_GONE * len(state) else state

    def kept(self) -> "Columns":
        """The same state, numbered without gaps."""
        numbers = np.flatnonzero(self.present)
        return replace(
            self,
            one={name: column.kept(numbers) for name, column in self.one.items()},
            many={name: column.kept(numbers) for name, column in self.many.items()},
            numbers={name: column[numbers] for name, column in self.numbers.items()},
            present=np.ones(len(numbers), np.bool_),
            memory=Memory(),
        )

    def text(self, name: str, number: int) -> str:
        """What a software has in a column of one text; empty for none."""
        column = self.one[name]
        code: int = column.codes[number]
        return column.values.texts[code]

    def later(self, number: int) -> "Columns":
        """The software that has this number or a later one, by itself."""
        return replace(
            self,
            one={name: column.later(number) for name, column in self.one.items()},
            many={name: column.later(number) for name, column in self.many.items()},
            numbers={name: column[number:] for name, column in self.numbers.items()},
            present=self.present[number:],
            memory=Memory(),
        )

    def numbers_of(self, words_ids: LongIntegers) -> tuple[NDArray[np.intp], Mask]:
        """The software that these rows of words belong to, and which of the rows belong to any."""
        found = self._places().take(words_ids, mode="clip")
        belongs = found != NOWHERE
        return found.compress(belongs), belongs

    def _places(self) -> NDArray[np.intp]:
        """By id of a row of words, the number of the software; worked out once for a state.

        Ids are given out one after the other, so that there are hardly any gaps.
        """
        known = self.memory.get(WORDS_ID)
        if isinstance(known, np.ndarray):
            return known
        numbers = np.flatnonzero(self.present)
        words_ids = self.numbers[WORDS_ID].take(numbers)
        places = np.full(words_ids.max(initial=-1) + 2, NOWHERE)
        places[words_ids] = numbers
        self.memory.put(WORDS_ID, places, places.nbytes)
        return places


def microseconds(moment: datetime) -> int:
    """As `updated_at` counts them; exact, which a float would not be."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """The time that `microseconds` made this of."""
    return EPOCH + timedelta(microseconds=int(microseconds))


def _is_among(codes: Integers, wanted: Sequence[int], number: int) -> Mask:
    """Which of these codes, out of so many that there are, are wanted."""
    if len(wanted) <= FEW:
        return reduce(or_, (codes == code for code in wanted), np.zeros(len(codes), np.bool_))
    table = np.zeros(number, np.bool_)
    table[wanted] = True
    return table.take(codes)


def _added(counts: NDArray[np.intp], more: NDArray[np.intp]) -> NDArray[np.intp]:
    """With the counts of the first codes, of which nothing is not counted."""
    counts[: len(more)] += more
    counts[NOTHING] = 0
    return counts


def _counted(codes: Integers, number: int) -> NDArray[np.intp]:
    """How often each of so many codes occurs."""
    return np.bincount(codes, minlength=number)
