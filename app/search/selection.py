"""Which software a query finds: first the database is asked, then the columns are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.search import filters
from app.search.arrays import LongIntegers, Mask
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
class Selection:
    """What has the words, and what passes each filter: masks by number of the software."""

    holding: Mask
    passing: Mapping[str, Mask]

    @classmethod
    def of(cls, columns: Columns, wanted: Wanted) -> "Selection":
        """Nothing is left to ask the database."""
        holding = columns.present.copy()
        if wanted.matches:
            holding &= columns.among(wanted.matches.words_ids)
        for words_ids in wanted.excluded:
            holding &= ~columns.among(words_ids)
        return cls(holding, filters.masks(columns, wanted.filters))

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
