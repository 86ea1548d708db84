"""What a search can be narrowed by: a filter is one field of the query and one look at the columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.catalogs import ROOT_NAME
from app.catalogue.entry import ROOT_ID
from app.catalogue.tables import Catalog, CodeHosting, Publisher
from app.search import licences
from app.search.arrays import Mask
from app.search.columns import Columns, microseconds
from app.search.query import SearchQuery


@dataclass(frozen=True, slots=True)
class Filter:
    """A field of the query by its name in Python, and what passes it."""

    field: str
    passing: Callable[[Columns, Any], Mask]


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where a publisher has code: at this address, or anywhere below it."""

    url: str
    group: bool


async def chosen(session: AsyncSession, query: SearchQuery) -> dict[str, Any]:
    """`{field: value}` of the filters that are set.

    Catalogues are given by their ids, and publishers by where they host code.
    """
    values = {each.field: getattr(query, each.field) for each in FILTERS}
    found = {name: value for name, value in values.items() if value is not None and value != []}
    if query.catalog:
        found["catalog"] = await _catalogs(session, query.catalog)
    if query.publisher:
        found["publisher"] = await _hostings(session, query.publisher)
    return found


def masks(columns: Columns, chosen: Mapping[str, Any]) -> dict[str, Mask]:
    """`{field: what passes}` of the filters that are set."""
    return {
        each.field: each.passing(columns, chosen[each.field])
        for each in FILTERS
        if each.field in chosen
    }


async def _catalogs(session: AsyncSession, names: Sequence[str]) -> list[str]:
    """The ids of catalogues that are called so, by id or alternative id; the root always is `∅`."""
    called_so = or_(col(Catalog.id).in_(names), col(Catalog.alternative_id).in_(names))
    if ROOT_NAME in names:
        called_so |= col(Catalog.id) == ROOT_ID
    statement = select(col(Catalog.id)).where(called_so)
    return list((await session.execute(statement)).scalars())


async def _hostings(session: AsyncSession, names: Sequence[str]) -> list[Hosting]:
    """Where publishers that are called so, by id or alternative id, host code."""
    statement = (
        select(col(CodeHosting.url), col(CodeHosting.group))
        .join(Publisher, col(Publisher.id) == CodeHosting.publisher_id)
        .where(or_(col(Publisher.id).in_(names), col(Publisher.alternative_id).in_(names)))
    )
    return [Hosting(url, group) for url, group in await session.execute(statement)]


def is_one_of(columns: Columns, name: str, texts: Iterable[str]) -> Mask:
    """The one text of the column is one of these."""
    column = columns.one[name]
    return column.having(column.values.among(texts))


def is_spelled(columns: Columns, name: str, texts: Iterable[str]) -> Mask:
    """The one text of the column, or one of several, is one of these but for capitals."""
    column = columns.one.get(name) or columns.many[name]
    return column.having(column.values.alike(texts))


def is_named(columns: Columns, name: str, texts: Iterable[str]) -> Mask:
    """One of the names in the column has the words of one of these; the last may be only begun.

    What has no words is no name.
    """
    column, parts = columns.many[name], (words.beginning(text) for text in texts)
    return column.having(column.values.containing(part for part in parts if part.strip()))


def is_from(columns: Columns, name: str, first: str) -> Mask:
    """The one text of the column is this one or a later one in the alphabet."""
    column = columns.one[name]
    return column.values.rank[column.codes] >= max(1, column.values.place(first))


def belongs_to(columns: Columns, values: Sequence[str]) -> Mask:
    """Its organisation has one of these URIs, or these words in its name."""
    named = [value for value in values if "://" not in value]
    return is_one_of(columns, "organisation", values) | is_named(
        columns, "organisation_name", named
    )


def is_hosted_at(columns: Columns, hostings: Sequence[Hosting]) -> Mask:
    """One of its addresses is one of these, or lies below one that is a group."""
    column = columns.many["url"]
    codes = column.values.among(hosting.url for hosting in hostings)
    for hosting in hostings:
        if hosting.group:
            codes += column.values.beginning(f"{hosting.url}/")
    return column.having(codes)


def _spelled(name: str, meant: Callable[[list[str]], Iterable[str]] = list) -> Filter:
    return Filter(name, lambda columns, values: is_spelled(columns, name, meant(values)))


def _named(name: str) -> Filter:
    return Filter(name, lambda columns, values: is_named(columns, name, values))


def _with_aliases(values: list[str]) -> list[str]:
    return [*values, *(f"alias:{value}" for value in values)]


def _is_valid(columns: Columns, valid: bool) -> Mask:
    return np.equal(columns.numbers["valid"], valid)


def _is_released_since(columns: Columns, day: date) -> Mask:
    return is_from(columns, "release_date", day.isoformat())


def _is_updated_from(columns: Columns, moment: datetime) -> Mask:
    return columns.numbers["updated_at"] >= microseconds(moment)


def _is_updated_to(columns: Columns, moment: datetime) -> Mask:
    return columns.numbers["updated_at"] <= microseconds(moment)


FILTERS = (
    _spelled("catalog"),
    _spelled("category"),
    _spelled("scope"),
    _spelled("license", licences.named),
    _spelled("platform"),
    _spelled("development_status"),
    _spelled("software_type"),
    _spelled("maintenance_type"),
    _spelled("country"),
    _spelled("unsupported_country"),
    _spelled("language"),
    Filter("organisation", belongs_to),
    _named("used_by"),
    _spelled("supports", _with_aliases),
    _named("depends_on"),
    Filter("publisher", is_hosted_at),
    Filter("valid", _is_valid),
    Filter("has_release_since", _is_released_since),
    Filter("updated_from", _is_updated_from),
    Filter("updated_to", _is_updated_to),
    _spelled("tier"),
)
