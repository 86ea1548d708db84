"""How many results there are, and how many of them have each value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Organisation
from app.search import licences
from app.search.arrays import Mask, smallest
from app.search.columns import Columns, Many, One
from app.search.filters import belongs_to
from app.search.query import SearchQuery

MOST_VALUES = 100
"""Of each facet, the most frequent ones."""

ORGANISATION = "organisation"
"""The facet whose values are not their own names."""

BYTES_OF_A_NAME = 500
"""About, with its URI and all that Python needs."""


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

    def column(self, columns: Columns) -> One | Many:
        """Where its values are."""
        return columns.one.get(self.field) or columns.many[self.field]

    def chosen(self, columns: Columns, text: str) -> Iterable[int]:
        """The codes of the values that this text of a query stands for."""
        return self.column(columns).values.alike([text])


class LicenceFacet(Facet):
    """A family stands for its members."""

    def chosen(self, columns: Columns, text: str) -> Iterable[int]:
        """The codes of the licences that this text of a query stands for."""
        return self.column(columns).values.alike(licences.named([text]))


class OrganisationFacet(Facet):
    """Words of a name stand for all that are called so."""

    def chosen(self, columns: Columns, text: str) -> Iterable[int]:
        """The codes of the organisations that this text of a query stands for."""
        called_so = belongs_to(columns, [text]) & columns.present
        return np.flatnonzero(self.column(columns).counts(called_so)).tolist()


FACETS = (
    Facet("category", "category"),
    Facet("developmentStatus", "development_status"),
    Facet("softwareType", "software_type"),
    LicenceFacet("license", "license"),
    Facet("platform", "platform"),
    Facet("language", "language"),
    Facet("scope", "scope"),
    Facet("country", "country"),
    Facet("unsupportedCountry", "unsupported_country"),
    Facet("maintenanceType", "maintenance_type"),
    OrganisationFacet(ORGANISATION, "organisation"),
)


_URIS: BindParameter[str] = bindparam("uris", expanding=True)
_NAMES = select(col(Organisation.uri), col(Organisation.name)).where(
    col(Organisation.uri).in_(_URIS)
)


def count(
    columns: Columns, query: SearchQuery, chosen: Callable[[str | None], Mask]
) -> dict[str, list[FacetValue]]:
    """The values of each facet, as if nothing of that facet had been chosen.

    `chosen` gives all results, as if nothing were chosen for the field that it is given.
    """
    return {
        facet.name: _values(facet, columns, getattr(query, facet.field), chosen(facet.field))
        for facet in FACETS
    }


async def named(
    session: AsyncSession, columns: Columns, facets: Mapping[str, list[FacetValue]]
) -> dict[str, list[FacetValue]]:
    """With the names of organisations."""
    uris = [each.value for each in facets[ORGANISATION]]
    names = await _names(session, columns, uris)
    values = [
        FacetValue(each.value, each.count, each.selected, names.get(each.value))
        for each in facets[ORGANISATION]
    ]
    return {**facets, ORGANISATION: values}


async def _names(
    session: AsyncSession, columns: Columns, uris: Iterable[str]
) -> Mapping[str, str | None]:
    """`{URI: name}` of these organisations and others; each is asked for once in a state."""
    known = columns.memory.get(ORGANISATION)
    names = known if isinstance(known, dict) else {}
    if missing := [uri for uri in uris if uri not in names]:
        read = dict((await session.execute(_NAMES, {"uris": missing})).all())
        names = {**names, **read}
        columns.memory.put(ORGANISATION, names, BYTES_OF_A_NAME * len(names))
    return names


def _values(
    facet: Facet, columns: Columns, asked: Sequence[str], results: Mask
) -> list[FacetValue]:
    """Most frequent first; what was chosen stays, even where nothing has it."""
    column = facet.column(columns)
    counts = column.counts(results)
    codes_of = {
        text: [code for code in facet.chosen(columns, text) if counts[code]] for text in asked
    }
    selected = {code for codes in codes_of.values() for code in codes}
    shown = _most_frequent(column, counts)
    shown += sorted(selected.difference(shown), key=lambda code: column.values.rank[code])
    return [
        *(
            FacetValue(column.values.texts[code], int(counts[code]), code in selected)
            for code in shown
        ),
        *(FacetValue(text, 0, selected=True) for text, codes in codes_of.items() if not codes),
    ]


def _most_frequent(column: One | Many, counts: NDArray[np.intp]) -> list[int]:
    """Codes; the value that comes first in the alphabet of several that are as frequent."""
    codes = 1 + np.flatnonzero(counts[1:])
    places = smallest(-counts[codes], lambda places: column.values.rank[codes[places]], MOST_VALUES)
    found: list[int] = codes[places].tolist()
    return found
