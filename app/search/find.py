"""A query to a page of results with facets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.tables import Software
from app.search import facets, ranking, results
from app.search.facets import FacetValue
from app.search.filters import conditions
from app.search.highlights import Found
from app.search.index import SearchIndex
from app.search.ordering import ORDERS, Place
from app.search.postgres import TextVector
from app.search.query import LARGEST_PAGE, SearchQuery, Sort
from app.search.results import Choice
from app.search.sqlite import Fts5
from app.search.terms import Term, terms

INDEXES: dict[str, SearchIndex] = {"sqlite": Fts5(), "postgresql": TextVector()}
"""The full-text engine of each database."""

ANY_LANGUAGE = ""
"""What a reader gets who asked for no language of those that we know."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of results as plain JSON values, how many there are, and the pages on either side."""

    items: list[dict[str, Any]]
    total: int
    facets: dict[str, list[FacetValue]]
    previous: str | None
    next: str | None


async def find(
    session: AsyncSession, query: SearchQuery, *, choose: Choice, now: datetime
) -> SearchResult:
    """Active software that has all the words and passes all the filters.

    Each result is shown in the language that `choose` takes. Raises CursorInvalid for a cursor
    that we never gave out, or gave out for another order.
    """
    reader = choose([ANY_LANGUAGE, *words.STEMMERS])
    search = Search(session, query, terms(query.q), reader, now)
    rows, has_more, place = await search.page()
    counts = await facets.count(session, query, search.ids)
    backward = search.is_backward
    return SearchResult(
        items=await results.items(session, rows, query, Found.of(search.terms), choose),
        total=counts.total,
        facets=counts.facets,
        previous=_cursor(query.sort, rows[:1], given=has_more if backward else place is not None),
        next=_cursor(query.sort, rows[-1:], given=backward or has_more),
    )


@dataclass(frozen=True, slots=True)
class Search:
    """One search as statements: a condition for each part of the query."""

    session: AsyncSession
    query: SearchQuery
    terms: Sequence[Term]
    reader: str
    now: datetime

    @property
    def index(self) -> SearchIndex:
        return INDEXES[self.session.get_bind().dialect.name]

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.excluded]

    @property
    def is_backward(self) -> bool:
        """Whether the page is read towards the beginning of the list; `after` wins."""
        return bool(self.query.page_before) and not self.query.page_after

    def ids(self, without: str | None = None) -> Select[str]:
        """All results, as if nothing were chosen for the field `without`."""
        statement = select(col(Software.id)).where(*self._conditions(without))
        if self.wanted:
            statement = statement.where(col(Software.id).in_(self.index.holding(self.wanted)))
        return statement

    async def page(self) -> tuple[Sequence[Any], bool, Place | None]:
        """The rows of the page in list order, whether there are more that way, where it began."""
        matches = self.index.ranked(self.wanted) if self.wanted else None
        order, size = ORDERS[self.query.sort], min(self.query.page_size, LARGEST_PAGE)
        score, parts = self._score(matches)
        key = order.key(score)
        statement = (
            select(
                col(Software.id), col(Software.item), key.label("key"), score.label("score"), *parts
            )
            .where(*self._conditions())
            .order_by(*order.by(key, backward=self.is_backward))
            .limit(size + 1)
        )
        if matches is not None:
            statement = statement.join(matches, matches.c.software_id == Software.id)
        place = self._place()
        if place:
            statement = statement.where(order.beyond(place, key, backward=self.is_backward))
        rows = (await self.session.execute(statement)).all()
        shown = rows[:size]
        return shown[::-1] if self.is_backward else shown, len(rows) > size, place

    def _conditions(self, without: str | None = None) -> list[ColumnElement[bool]]:
        excluded = [
            col(Software.id).not_in(self.index.holding([term]))
            for term in self.terms
            if term.excluded
        ]
        return [*conditions(self.query, without=without), *excluded]

    def _score(
        self, matches: CTE | None
    ) -> tuple[ColumnElement[Any], Sequence[ColumnElement[int]]]:
        """The score, and what it is made of where that is to be explained."""
        if self.query.sort is not Sort.RELEVANCE and not self.query.explain:
            return null(), ()
        parts = dict(ranking.parts(matches, self.query.q, self.reader, self.now.date()))
        score = reduce(add, parts.values())
        explained = [part.label(name) for name, part in parts.items()]
        return score, explained if self.query.explain else ()

    def _place(self) -> Place | None:
        cursor = self.query.page_after or self.query.page_before
        return Place.decode(cursor, self.query.sort) if cursor else None


def _cursor(sort: Sort, rows: Sequence[Any], *, given: bool) -> str | None:
    return Place(sort, rows[0].key, rows[0].id).encode() if given and rows else None
