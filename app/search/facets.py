"""How many results there are, and how many of them have each value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Organisation
from app.search import licences
from app.search.arrays import Mask, smallest
from app.search.columns import Columns, Many, One
from app.search.filters import in_capitals
from app.search.query import SearchQuery

MOST_VALUES = 100
"""Of each facet, the most frequent ones."""

ORGANISATION = "organisation"
"""The facet whose values are not their own names."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and how many results choosing it would give."""

    value: str
    count: int
    selected: bool
    name: str | None = None
    """How the value is called, where the catalogue knows it."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What is counted beside a filter: `name` on the wire, the `field` of the query."""

    name: str
    field: str
    spelled: Callable[[list[str]], list[str]] = list
    """From what was asked for to the values that stand for it."""

    def column(self, columns: Columns) -> One | Many:
        """Where its values are."""
        return columns.one.get(self.field) or columns.many[self.field]


FACETS = (
    Facet("category", "category"),
    Facet("developmentStatus", "development_status"),
    Facet("softwareType", "software_type"),
    Facet("license", "license", licences.named),
    Facet("platform", "platform"),
    Facet("language", "language"),
    Facet("scope", "scope"),
    Facet("country", "country", in_capitals),
    Facet("unsupportedCountry", "unsupported_country", in_capitals),
    Facet("maintenanceType", "maintenance_type"),
    Facet(ORGANISATION, "organisation"),
)


def count(
    columns: Columns, query: SearchQuery, chosen: Callable[[str | None], Mask]
) -> dict[str, list[FacetValue]]:
    """The values of each facet, as if nothing of that facet had been chosen.

    `chosen` gives all results, as if nothing were chosen for the field that it is given.
    """
    return {
        facet.name: _values(
            facet,
            query,
            dict(_most_frequent(facet.column(columns), chosen(facet.field))),
        )
        for facet in FACETS
    }


async def named(
    session: AsyncSession, facets: Mapping[str, list[FacetValue]]
) -> dict[str, list[FacetValue]]:
    """With the names of organisations."""
    uris = [each.value for each in facets[ORGANISATION]]
    statement = select(col(Organisation.uri), col(Organisation.name)).where(
        col(Organisation.uri).in_(uris)
    )
    names = dict((await session.execute(statement)).all()) if uris else {}
    values = [replace(each, name=names.get(each.value)) for each in facets[ORGANISATION]]
    return {**facets, ORGANISATION: values}


def _most_frequent(column: One | Many, chosen: Mask) -> Iterator[tuple[str, int]]:
    """(value, number); the one that comes first in the alphabet of several that are as frequent."""
    counts = column.counts(chosen)
    codes = 1 + np.flatnonzero(counts[1:])
    for place in smallest(-counts[codes], column.values.rank[codes], MOST_VALUES):
        yield column.values.texts[codes[place]], int(counts[codes[place]])


def _values(facet: Facet, query: SearchQuery, found: Mapping[str, int]) -> list[FacetValue]:
    """Most frequent first; what was chosen stays, even where nothing has it."""
    asked = getattr(query, facet.field)
    wanted = facet.spelled(asked)
    return [
        *(FacetValue(value, number, value in wanted) for value, number in found.items()),
        *(FacetValue(each, 0, True) for each in asked if each in wanted and each not in found),
    ]
