"""A query to a page of results with facets."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue.tables import Software, SoftwareCategory, SoftwareLicence, SoftwareTerm
from app.pagination import CursorInvalid
from app.search.index import SearchIndex
from app.search.postgres import TextVector
from app.search.query import SearchQuery
from app.search.sqlite import Fts5

INDEXES: dict[str, SearchIndex] = {"sqlite": Fts5(), "postgresql": TextVector()}
"""The full-text engine of each database."""

LARGEST_PAGE = 100
MOST_FACET_VALUES = 100


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and how many results choosing it would give."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of exact JSON texts, how many there are in all, and where the next page starts."""

    items: list[str]
    total: int
    facets: dict[str, list[FacetValue]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Facet:
    """What can be counted and filtered by: a column of `Software`, or a table of its terms."""

    name: str
    wanted: Callable[[SearchQuery], list[str]]
    source: Mapped[str | None] | type[SoftwareTerm]

    def holds(self, values: Sequence[str]) -> ColumnElement[bool]:
        """The software has one of these values."""
        if not isinstance(self.source, type):
            return self.source.in_(values)
        terms = self.source
        return col(Software.id).in_(
            select(col(terms.software_id)).where(col(terms.value).in_(values))
        )


FACETS = (
    Facet("category", lambda query: query.category, SoftwareCategory),
    Facet(
        "developmentStatus",
        lambda query: query.development_status,
        col(Software.development_status),
    ),
    Facet("softwareType", lambda query: query.software_type, col(Software.software_type)),
    Facet("license", lambda query: query.license, SoftwareLicence),
)


async def find(session: AsyncSession, query: SearchQuery) -> SearchResult:
    """Active software that has all the words and passes all the filters, best match first.

    Raises CursorInvalid for a cursor that we never gave out.
    """
    size = min(query.page_size, LARGEST_PAGE)
    matches = _matches(session, query)
    score = literal(0.0) if matches is None else matches.c.score
    chosen = _chosen(matches, _conditions(query))
    statement = (
        chosen.with_only_columns(col(Software.id), col(Software.item), score.label("score"))
        .order_by(score.desc(), col(Software.id))
        .limit(size + 1)
    )
    if query.page_after:
        last_score, last_id = _decode(query.page_after)
        statement = statement.where(
            or_(score < last_score, (score == last_score) & (col(Software.id) > last_id))
        )
    rows = (await session.execute(statement)).all()
    total = chosen.with_only_columns(func.count())
    return SearchResult(
        items=[row.item for row in rows[:size]],
        total=(await session.execute(total)).scalar_one(),
        facets={facet.name: await _count(session, query, matches, facet) for facet in FACETS},
        next=_encode(rows[size - 1].score, rows[size - 1].id) if len(rows) > size else None,
    )


def _matches(session: AsyncSession, query: SearchQuery) -> FromClause | None:
    """What has the words, and what each is worth; None if no word is looked for."""
    terms = query.terms()
    return INDEXES[session.get_bind().dialect.name].matches(terms) if terms else None


def _chosen(matches: FromClause | None, conditions: Sequence[ColumnElement[bool]]) -> Select[str]:
    statement = select(col(Software.id)).where(*conditions)
    if matches is None:
        return statement
    return statement.join(matches, matches.c.software_id == Software.id)


def _conditions(query: SearchQuery, *, without: Facet | None = None) -> list[ColumnElement[bool]]:
    chosen = [
        facet.holds(facet.wanted(query))
        for facet in FACETS
        if facet is not without and facet.wanted(query)
    ]
    return [col(Software.active).is_(True), *chosen]


async def _count(
    session: AsyncSession, query: SearchQuery, matches: FromClause | None, facet: Facet
) -> list[FacetValue]:
    """The facet's values, most frequent first, as if nothing of this facet had been chosen."""
    chosen = _chosen(matches, _conditions(query, without=facet))
    if isinstance(facet.source, type):
        terms = facet.source
        value: Any = col(terms.value)
        chosen = chosen.join(terms, col(terms.software_id) == Software.id)
    else:
        value = facet.source
    statement = (
        chosen.with_only_columns(value, func.count())
        .where(value.is_not(None))
        .group_by(value)
        .order_by(func.count().desc(), value)
        .limit(MOST_FACET_VALUES)
    )
    counts: dict[str, int] = dict((await session.execute(statement)).all())
    wanted = facet.wanted(query)
    return [
        FacetValue(value=each, label=each, count=counts.get(each, 0), selected=each in wanted)
        for each in dict.fromkeys([*counts, *wanted])
    ]


def _encode(score: float, id: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([score, id])).decode()


def _decode(text: str) -> tuple[float, str]:
    try:
        match orjson.loads(base64.urlsafe_b64decode(text)):
            case [int() | float() as score, str(id)] if "\0" not in id:
                return float(score), id
            case _:
                raise CursorInvalid
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid from error
