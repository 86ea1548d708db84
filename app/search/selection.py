"""Which software a query finds: first the database is asked, then the columns are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.search import filters
from app.search.arrays import Floats, LongIntegers, Mask
from app.search.columns import Columns
from app.search.index import Matches, SearchIndex
from app.search.query import SearchQuery
from app.search.terms import Term


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for in the columns: all that a query needs of the database."""

    filters: Mapping[str, Any]
    """`{field: value}` of those that are set."""
    matches: Matches | None
    """What has the words; None where no words are looked for."""
    excluded: Sequence[LongIntegers] = ()
    """`SoftwareWords.id` of what has words that must not occur."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well words fit, by number of the software."""

    is_found: Mask
    words: Floats
    in_name: Mask

    @classmethod
    def of(cls, columns: Columns, matches: Matches) -> "Fit":
        """As the full-text index says."""
        numbers, belongs = columns.numbers_of(matches.words_ids)
        nowhere = np.zeros(len(columns), np.bool_)
        fit = cls(nowhere, np.zeros(len(columns)), nowhere.copy())
        fit.is_found[numbers] = True
        fit.words[numbers] = matches.words[belongs]
        fit.in_name[numbers] = matches.in_name[belongs]
        return fit


@dataclass(frozen=True, slots=True)
class Selection:
    """What has the words, how well, and what passes each filter: by number of the software."""

    holding: Mask
    fit: Fit | None
    passing: Mapping[str, Mask]

    @classmethod
    def of(cls, columns: Columns, wanted: Wanted) -> "Selection":
        """Nothing is left to ask the database."""
        fit = Fit.of(columns, wanted.matches) if wanted.matches else None
        holding = columns.present & fit.is_found if fit else columns.present.copy()
        for words_ids in wanted.excluded:
            holding[columns.numbers_of(words_ids)[0]] = False
        return cls(holding, fit, filters.masks(columns, wanted.filters))

    def found(self, without: str | None = None) -> Mask:
        """What the query finds, as if nothing were chosen for the field `without`."""
        passing = (mask for field, mask in self.passing.items() if field != without)
        return reduce(and_, passing, self.holding)


async def ask(
    session: AsyncSession, index: SearchIndex, query: SearchQuery, terms: Sequence[Term]
) -> Wanted:
    """What the database says to these terms and filters."""
    telling = [term for term in terms if not term.excluded]
    return Wanted(
        filters=await filters.chosen(session, query),
        matches=await index.matches(session, telling) if telling else None,
        excluded=[await index.holding(session, [term]) for term in terms if term.excluded],
    )


def ids(columns: Columns, wanted: Wanted) -> list[str]:
    """The ids of all that is found."""
    found = np.flatnonzero(Selection.of(columns, wanted).found()).tolist()
    return [columns.text("id", number) for number in found]
