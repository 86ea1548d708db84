"""A query to a page of results with facets.

The database says which software has the words, and what the page shows; in between, all is looked
up in the columns, in a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.search import facets, results, selection
from app.search.arrays import Numbers
from app.search.columns import Columns
from app.search.engines import text_table
from app.search.facets import FacetValue
from app.search.highlights import Found
from app.search.index import SearchIndex
from app.search.mirror import Mirror
from app.search.ordering import ORDERS, Place
from app.search.query import LARGEST_PAGE, SearchQuery, Sort
from app.search.ranking import Ranking
from app.search.results import Choice, Hit
from app.search.selection import Selection, Wanted
from app.search.terms import terms

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
    session: AsyncSession,
    mirror: Mirror,
    query: SearchQuery,
    *,
    index: SearchIndex | None = None,
    choose: Choice,
    now: datetime,
) -> SearchResult:
    """Active software that has all the words and passes all the filters.

    Words are looked up in `index`, by default in the database itself. Each result is shown in the
    language that `choose` takes. Raises CursorInvalid for a cursor that we never gave out, or gave
    out for another order.
    """
    place, asked = _place(query), terms(query.q)
    columns = await mirror.columns(session)
    search = Search(
        columns=columns,
        wanted=await selection.ask(session, columns, index or text_table(session), query, asked),
        query=query,
        place=place,
        reader=choose([ANY_LANGUAGE, *words.STEMMERS]),
        today=now.date(),
    )
    answer = await to_thread.run_sync(search.answer)
    backward, hits = search.is_backward, answer.hits
    return SearchResult(
        items=await results.items(session, hits, query, Found.of(asked), choose),
        total=answer.total,
        facets=await facets.named(session, columns, answer.facets),
        previous=_cursor(
            query.sort, hits[:1], given=answer.has_more if backward else place is not None
        ),
        next=_cursor(query.sort, hits[-1:], given=backward or answer.has_more),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the columns say: the page in list order, and whether there is more that way."""

    hits: Sequence[Hit]
    has_more: bool
    total: int
    facets: dict[str, list[FacetValue]]


@dataclass(frozen=True, slots=True)
class Search:
    """One search in one state of the catalogue; nothing is left to ask the database."""

    columns: Columns
    wanted: Wanted
    query: SearchQuery
    place: Place | None
    reader: str
    today: date

    @property
    def is_backward(self) -> bool:
        """Whether the page is read towards the beginning of the list; `after` wins."""
        return bool(self.query.page_before) and not self.query.page_after

    def answer(self) -> Answer:
        """The page, the total and the facets."""
        chosen = Selection.of(self.columns, self.wanted)
        found = np.flatnonzero(chosen.found())
        hits, has_more = self._page(found)
        counts = facets.count(self.columns, self.query, chosen.found)
        return Answer(hits, has_more, len(found), counts)

    def _page(self, found: Numbers) -> tuple[list[Hit], bool]:
        order, size = ORDERS[self.query.sort], min(self.query.page_size, LARGEST_PAGE)
        ranking = Ranking(self.wanted.fit, self.query.q, self.reader, self.today)
        is_scored = self.query.sort is Sort.RELEVANCE or self.query.explain
        scores = (
            ranking.scores(self.columns)[found] if is_scored else np.zeros(len(found), np.int64)
        )
        parts = dict(ranking.parts(self.columns)) if self.query.explain else {}
        places = order.page(
            self.columns, found, scores, size + 1, after=self.place, backward=self.is_backward
        )
        has_more, shown = len(places) > size, places[:size]
        hits = [
            Hit(
                id=self.columns.text("id", found[place]),
                key=order.key(self.columns, found[place], int(scores[place])),
                score=int(scores[place]) if is_scored else None,
                parts={name: int(part[found[place]]) for name, part in parts.items()},
            )
            for place in (shown[::-1] if self.is_backward else shown)
        ]
        return hits, has_more


def _place(query: SearchQuery) -> Place | None:
    cursor = query.page_after or query.page_before
    return Place.decode(cursor, query.sort) if cursor else None


def _cursor(sort: Sort, hits: Sequence[Hit], *, given: bool) -> str | None:
    return Place(sort, hits[0].key, hits[0].id).encode() if given and hits else None
