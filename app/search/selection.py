"""Which software a query finds: first the database is asked, then the columns are looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.search import filters
from app.search.arrays import Floats, Mask, Numbers
from app.search.columns import WORDS_ID, Columns
from app.search.index import LastingIndex, Matches, SearchIndex
from app.search.query import SearchQuery
from app.search.terms import Term

MOST_LATER = 1_000
"""Software that an index is asked for by itself; where more has changed, it is asked for all."""

BYTES_BESIDE_ARRAYS = 1_000
"""Of what is remembered, for all that Python needs."""

BYTES_PER_STEM = 150
"""Of the terms that it is remembered by: a query can have hundreds of stems."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Software that has all words, by number, and how well they fit: three arrays of one length."""

    numbers: Numbers
    words: Floats
    in_name: Mask
    length: int
    """Of how many numbers, the first ones. What they were given to may be gone."""

    @classmethod
    def of(cls, columns: Columns, matches: Matches) -> "Fit":
        """As the full-text index says."""
        numbers, belongs = columns.numbers_of(matches.words_ids)
        words, in_name = matches.words.compress(belongs), matches.in_name.compress(belongs)
        return cls(numbers, words, in_name, len(columns))

    def and_later(self, later: "Fit") -> "Fit":
        """With software of later numbers."""
        return Fit(
            np.concatenate([self.numbers, later.numbers]),
            np.concatenate([self.words, later.words]),
            np.concatenate([self.in_name, later.in_name]),
            later.length,
        )

    @property
    def size(self) -> int:
        """Of the arrays, in bytes."""
        return self.numbers.nbytes + self.words.nbytes + self.in_name.nbytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for in the columns: all that a query needs of the database."""

    filters: Mapping[str, Any]
    """`{field: value}` of those that are set."""
    fit: Fit | None
    """What has the words; None where no words are looked for."""
    excluded: Numbers | None = None
    """What has words that must not occur; None where there are no such words."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What has the words, and what passes each filter: by number of the software."""

    holding: Mask
    passing: Mapping[str, Mask]

    @classmethod
    def of(cls, columns: Columns, wanted: Wanted) -> "Selection":
        """Nothing is left to ask the database."""
        if wanted.fit:
            holding = np.zeros(len(columns), np.bool_)
            holding[wanted.fit.numbers] = True
            holding &= columns.present
        else:
            holding = columns.present.copy()
        if wanted.excluded is not None:
            holding[wanted.excluded] = False
        return cls(holding, filters.masks(columns, wanted.filters))

    def found(self, without: str | None = None) -> Mask:
        """What the query finds, as if nothing were chosen for the field `without`."""
        passing = (mask for field, mask in self.passing.items() if field != without)
        return reduce(and_, passing, self.holding)


async def ask(
    session: AsyncSession,
    columns: Columns,
    index: SearchIndex,
    query: SearchQuery,
    terms: Sequence[Term],
) -> Wanted:
    """What the database says to these terms and filters; the session sees what is in the columns.

    An index is asked for the same only once, as long as nothing changes; one that looks at each
    software by itself, then only for what has changed.
    """
    telling = tuple(term for term in terms if not term.excluded)
    excluded = tuple(term for term in terms if term.excluded)
    return Wanted(
        filters=await filters.chosen(session, query),
        fit=await _fit(session, columns, index, telling) if telling else None,
        excluded=await _holding_any(session, columns, index, excluded) if excluded else None,
    )


def ids(columns: Columns, wanted: Wanted) -> list[str]:
    """The ids of all that is found."""
    found = np.flatnonzero(Selection.of(columns, wanted).found()).tolist()
    return [columns.text("id", number) for number in found]


async def _fit(
    session: AsyncSession, columns: Columns, index: SearchIndex, terms: tuple[Term, ...]
) -> Fit:
    known = columns.memory.get((index, terms))
    if isinstance(known, Fit) and known.length == len(columns):
        return known
    fit = await _asked(session, columns, index, terms, known if isinstance(known, Fit) else None)
    size = fit.size + _size(terms)
    columns.memory.put((index, terms), fit, size, lasts=isinstance(index, LastingIndex))
    return fit


async def _asked(
    session: AsyncSession,
    columns: Columns,
    index: SearchIndex,
    terms: tuple[Term, ...],
    known: Fit | None,
) -> Fit:
    """What is known of former states stays; only for what came later the index is asked."""
    if known and isinstance(index, LastingIndex):
        later = columns.later(known.length)
        if np.count_nonzero(later.present) <= MOST_LATER:
            words_ids = later.numbers[WORDS_ID].compress(later.present)
            matches = await index.matches_among(session, terms, words_ids)
            return known.and_later(Fit.of(columns, matches))
    return Fit.of(columns, await index.matches(session, terms))


async def _holding_any(
    session: AsyncSession, columns: Columns, index: SearchIndex, terms: tuple[Term, ...]
) -> Numbers:
    known = columns.memory.get((index, terms))
    if isinstance(known, np.ndarray):
        return known
    numbers, _ = columns.numbers_of(await index.holding_any(session, terms))
    columns.memory.put((index, terms), numbers, numbers.nbytes + _size(terms))
    return numbers


def _size(terms: Iterable[Term]) -> int:
    """In bytes, about."""
    stems = sum(len(row) for term in terms for row in term.alternatives)
    return BYTES_BESIDE_ARRAYS + BYTES_PER_STEM * stems
