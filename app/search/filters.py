"""What a search can be narrowed by: a filter is one field of the query and one condition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app import words
from app.catalogue.tables import (
    Catalog,
    CodeHosting,
    Publisher,
    Record,
    Software,
    SoftwareCategory,
    SoftwareCountry,
    SoftwareLanguage,
    SoftwareLicence,
    SoftwareOrganisation,
    SoftwarePlatform,
    SoftwareScope,
    SoftwareSupport,
    SoftwareTerm,
    SoftwareUrl,
    SoftwareWords,
)
from app.search import licences
from app.search.query import SearchQuery

Condition = ColumnElement[bool]
OWN_ORGANISATION = "organisation"
"""The role of whoever a software belongs to."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A field of the query by its name in Python, and what holds for software that passes it."""

    field: str
    condition: Callable[[Any], Condition]


def conditions(query: SearchQuery, *, without: str | None = None) -> Iterator[Condition]:
    """What software must be to be found, apart from its words; one field may be left out."""
    yield col(Software.active).is_(True)
    for each in FILTERS:
        value = getattr(query, each.field)
        if each.field != without and value is not None and value != []:
            yield each.condition(value)


def is_one_of(column: Mapped[str | None]) -> Callable[[list[str]], Condition]:
    """The column has one of the values."""
    return lambda values: column.in_(values)


def has(terms: type[SoftwareTerm]) -> Callable[[list[str]], Condition]:
    """One of the software's terms is one of the values."""
    return lambda values: col(Software.id).in_(
        select(col(terms.software_id)).where(col(terms.value).in_(values))
    )


def names(column: Mapped[str]) -> Callable[[list[str]], Condition]:
    """One of the names in a column of `SoftwareWords` has the words of one of the values."""
    return lambda values: col(Software.id).in_(
        select(col(SoftwareWords.software_id)).where(
            or_(*(column.contains(words.beginning(value), autoescape=True) for value in values))
        )
    )


def is_meant_for(*, supported: bool) -> Callable[[list[str]], Condition]:
    """The software is made for one of these countries, or else does not fit one of them."""
    return lambda values: col(Software.id).in_(
        select(col(SoftwareCountry.software_id)).where(
            col(SoftwareCountry.country).in_([value.upper() for value in values]),
            col(SoftwareCountry.supported).is_(supported),
        )
    )


def is_in_catalog(values: list[str]) -> Condition:
    """One of these catalogues, by id or alternative id, has a record of it."""
    catalogs = select(col(Catalog.id)).where(
        or_(col(Catalog.id).in_(values), col(Catalog.alternative_id).in_(values))
    )
    return col(Software.id).in_(
        select(col(Record.software_id)).where(
            col(Record.catalog_id).in_(catalogs), col(Record.active).is_(True)
        )
    )


def is_published_by(values: list[str]) -> Condition:
    """It lies where one of these publishers, by id or alternative id, hosts code."""
    hosting = col(CodeHosting.url)
    below = func.substr(SoftwareUrl.url, 1, func.length(hosting) + 1) == hosting + "/"
    return col(Software.id).in_(
        select(col(Record.software_id))
        .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
        .join(
            CodeHosting,
            or_(hosting == SoftwareUrl.url, and_(col(CodeHosting.group).is_(True), below)),
        )
        .join(Publisher, col(Publisher.id) == CodeHosting.publisher_id)
        .where(or_(col(Publisher.id).in_(values), col(Publisher.alternative_id).in_(values)))
    )


def belongs_to(values: list[str]) -> Condition:
    """Its organisation has one of these URIs, or these words in its name."""
    by_uri = select(col(SoftwareOrganisation.software_id)).where(
        col(SoftwareOrganisation.role) == OWN_ORGANISATION,
        col(SoftwareOrganisation.uri).in_(values),
    )
    named = [value for value in values if "://" not in value]
    conditions = [col(Software.id).in_(by_uri)]
    return (
        or_(*conditions, names(col(SoftwareWords.organisations))(named))
        if named
        else or_(*conditions)
    )


FILTERS = (
    Filter("catalog", is_in_catalog),
    Filter("category", has(SoftwareCategory)),
    Filter("scope", has(SoftwareScope)),
    Filter("license", lambda values: has(SoftwareLicence)(licences.named(values))),
    Filter("platform", has(SoftwarePlatform)),
    Filter("development_status", is_one_of(col(Software.development_status))),
    Filter("software_type", is_one_of(col(Software.software_type))),
    Filter("maintenance_type", is_one_of(col(Software.maintenance_type))),
    Filter("country", is_meant_for(supported=True)),
    Filter("unsupported_country", is_meant_for(supported=False)),
    Filter("language", has(SoftwareLanguage)),
    Filter("organisation", belongs_to),
    Filter("used_by", names(col(SoftwareWords.users))),
    Filter(
        "supports",
        lambda values: has(SoftwareSupport)([*values, *(f"alias:{value}" for value in values)]),
    ),
    Filter("depends_on", names(col(SoftwareWords.dependencies))),
    Filter("publisher", is_published_by),
    Filter("valid", lambda value: col(Software.valid).is_(value)),
    Filter("has_release_since", lambda day: col(Software.release_date) >= day.isoformat()),
    Filter("updated_from", lambda moment: col(Software.updated_at) >= moment),
    Filter("updated_to", lambda moment: col(Software.updated_at) <= moment),
    Filter("tier", is_one_of(col(Software.tier))),
)
