"""How many results there are, and how many of them have each value: all in one statement."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    Select,
    SQLColumnExpression,
    String,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue.tables import (
    Organisation,
    Software,
    SoftwareCategory,
    SoftwareCountry,
    SoftwareLanguage,
    SoftwareLicence,
    SoftwareOrganisation,
    SoftwarePlatform,
    SoftwareScope,
    SoftwareTerm,
)
from app.search import licences
from app.search.filters import OWN_ORGANISATION
from app.search.query import SearchQuery

MOST_VALUES = 100
"""Of each facet, the most frequent ones."""

Chosen: TypeAlias = Callable[[str | None], Select[str]]
"""The ids of all results, as if nothing were chosen for the field named."""
Counted: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and how many results choosing it would give."""

    value: str
    count: int
    selected: bool
    name: str | None = None
    """How the value is called, where the catalogue knows it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many results there are in all, and by facet."""

    total: int
    facets: dict[str, list[FacetValue]]


@dataclass(frozen=True, slots=True)
class Facet:
    """What is counted beside a filter: `name` on the wire, the `field` of the query."""

    name: str
    field: str
    counted: Callable[[CTE], Counted]
    """From chosen ids to rows (value, name, count)."""
    spelled: Callable[[list[str]], list[str]] = list
    """From what was asked for to the values that stand for it."""


async def count(session: AsyncSession, query: SearchQuery, chosen: Chosen) -> Counts:
    """The total, and the values of each facet as if nothing of that facet had been chosen."""
    everything = chosen(None).cte("chosen")
    selects: list[Counted] = [
        select(literal("", String), literal("", String), null(), func.count()).select_from(
            everything
        )
    ]
    for facet in FACETS:
        is_narrowed = bool(getattr(query, facet.field))
        among = chosen(facet.field).cte(f"but_{facet.field}") if is_narrowed else everything
        # Wrapped, since SQLite limits only a union as a whole.
        most_frequent = facet.counted(among).subquery()
        selects.append(select(literal(facet.name, String), *most_frequent.c))
    found: dict[str, list[tuple[str, str | None, int]]] = defaultdict(list)
    for facet_name, value, name, number in await session.execute(union_all(*selects)):
        found[facet_name].append((value, name, number))
    return Counts(
        total=found[""][0][2],
        facets={each.name: _values(each, query, found[each.name]) for each in FACETS},
    )


def _values(
    facet: Facet, query: SearchQuery, found: list[tuple[str, str | None, int]]
) -> list[FacetValue]:
    """Most frequent first; what was chosen stays, even where nothing has it."""
    wanted = facet.spelled(getattr(query, facet.field))
    values = [
        FacetValue(value, number, value in wanted, name)
        for value, name, number in sorted(found, key=lambda row: (-row[2], row[0]))
    ]
    known = {each.value for each in values}
    asked = getattr(query, facet.field)
    return values + [
        FacetValue(each, 0, True) for each in asked if each in wanted and each not in known
    ]


def _rows(value: SQLColumnExpression[Any], name: SQLColumnExpression[Any] | None = None) -> Counted:
    number = func.count().label("number")
    return (
        select(
            value.label("value"),
            (null() if name is None else func.max(name)).label("name"),
            number,
        )
        .where(value.is_not(None))
        .group_by(value)
        .order_by(number.desc(), value)
        .limit(MOST_VALUES)
    )


def of_software(column: Mapped[str | None]) -> Callable[[CTE], Counted]:
    """By a column that has one value at most."""
    return lambda chosen: (
        _rows(column).select_from(chosen).join(Software, col(Software.id) == chosen.c.id)
    )


def of_terms(terms: type[SoftwareTerm]) -> Callable[[CTE], Counted]:
    """By the terms that a software has."""
    return lambda chosen: (
        _rows(col(terms.value))
        .select_from(chosen)
        .join(terms, col(terms.software_id) == chosen.c.id)
    )


def of_countries(chosen: CTE) -> Counted:
    """By the countries that software is made for."""
    return (
        _rows(col(SoftwareCountry.country))
        .select_from(chosen)
        .join(SoftwareCountry, col(SoftwareCountry.software_id) == chosen.c.id)
        .where(col(SoftwareCountry.supported).is_(True))
    )


def of_organisations(chosen: CTE) -> Counted:
    """By the organisation that software belongs to."""
    return (
        _rows(col(SoftwareOrganisation.uri), col(Organisation.name))
        .select_from(chosen)
        .join(SoftwareOrganisation, col(SoftwareOrganisation.software_id) == chosen.c.id)
        .join(Organisation, col(Organisation.uri) == SoftwareOrganisation.uri)
        .where(col(SoftwareOrganisation.role) == OWN_ORGANISATION)
    )


FACETS = (
    Facet("category", "category", of_terms(SoftwareCategory)),
    Facet("developmentStatus", "development_status", of_software(col(Software.development_status))),
    Facet("softwareType", "software_type", of_software(col(Software.software_type))),
    Facet("license", "license", of_terms(SoftwareLicence), licences.named),
    Facet("platform", "platform", of_terms(SoftwarePlatform)),
    Facet("language", "language", of_terms(SoftwareLanguage)),
    Facet("scope", "scope", of_terms(SoftwareScope)),
    Facet("country", "country", of_countries, lambda values: [value.upper() for value in values]),
    Facet("maintenanceType", "maintenance_type", of_software(col(Software.maintenance_type))),
    Facet("organisation", "organisation", of_organisations),
)
