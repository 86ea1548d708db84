"""Description to rows: the one place where both are known.

Tables are called by their names, and nothing here needs a database: rows are made where files are
read. They lack the id of their software, which is not known there.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from app import words
from app.publiccode import Description
from app.publiccode.model import Organisation

Row: TypeAlias = dict[str, Any]
"""A row to be: its columns."""

LONGEST_KEY = 500
"""Characters of an indexed value that are kept: an index entry of PostgreSQL has 2,704 bytes."""

NO_END = "9999-12-31"
"""Maintenance to which no end is set."""

_LICENCE = re.compile(r"[^\s()]+")
_OPERATORS = frozenset({"AND", "OR", "WITH"})


def columns(description: Description) -> Row:
    """The columns of `Software` that come from its description."""
    return _storable(
        {
            "name": description.name,
            "landing_url": description.landing_url,
            "application_suite": description.application_suite,
            "software_version": description.software_version,
            "release_date": description.release_date,
            "logo": description.logo,
            "roadmap": description.roadmap,
            "development_status": description.development_status,
            "software_type": description.software_type,
            "license": description.legal.license,
            "maintenance_type": description.maintenance.type,
            "maintained_until": maintained_until(description),
            "language": default_language(description),
            "sort_name": " ".join(words.split(description.name or "")),
            "users": len(set(description.used_by)),
        }
    )


def parts(description: Description) -> dict[str, list[Row]]:
    """`{table: rows}` beside `Software` that hold the description; organisations apart."""
    rows = {
        "software_texts": _texts(description),
        **{
            table: _terms(values)
            for table, values in (
                ("software_categories", description.categories),
                ("software_platforms", description.platforms),
                ("software_scopes", description.intended_audience.scope),
                ("software_languages", description.localisation.available_languages or ()),
                ("software_licences", licences(description.legal.license)),
                ("software_users", description.used_by),
                ("software_supports", [each.id for each in description.supports if each.id]),
                ("software_bases", description.is_based_on),
            )
        },
        "software_countries": _countries(description),
        "software_contacts": _contacts(description),
        "software_contractors": _contractors(description),
        "software_dependencies": _dependencies(description),
        "software_organisations": _organisations(description),
    }
    return {table: list(several) for table, several in rows.items()}


def organisations(description: Description) -> dict[str, str | None]:
    """`{URI: name}` of the organisations the description names; the first one counts."""
    named = reversed([each for _, _, each in _roles(description)])
    return {each["uri"]: each["name"] for each in map(_organisation, named)}


def default_language(description: Description) -> str | None:
    """The language a reader gets who asked for none: the first of the file."""
    return next(iter(description.description), None)


def maintained_until(description: Description) -> str | None:
    """The day on which maintenance ends, as far as it is known; None where nobody maintains it."""
    maintenance = description.maintenance
    if maintenance.type == "contract":
        return max((each.until for each in maintenance.contractors or () if each.until), default="")
    return NO_END if maintenance.type in ("internal", "community") else None


def newest_vitality(values: str | None) -> int | None:
    """The last of a crawler's daily values, from 0 to 100: 88 of `90,85,88`."""
    newest = (values or "").rpartition(",")[2].strip()
    return min(int(newest), 100) if re.fullmatch(r"[0-9]{1,3}", newest) else None


def licences(expression: str | None) -> list[str]:
    """The licences and exceptions named in an SPDX expression, each once, in its order."""
    named = (word for word in _LICENCE.findall(expression or "") if word not in _OPERATORS)
    return list(dict.fromkeys(named))


def _texts(description: Description) -> Iterator[Row]:
    for language, text in description.description.items():
        yield _storable(
            {
                "language": language,
                "localised_name": text.localised_name,
                "generic_name": text.generic_name,
                "short_description": text.short_description,
                "long_description": text.long_description,
                "documentation": text.documentation,
                "api_documentation": text.api_documentation,
                "features": list(text.features),
                "screenshots": list(text.screenshots),
                "videos": list(text.videos),
                "awards": list(text.awards),
            }
        )


def _terms(values: Iterable[str]) -> Iterator[Row]:
    for position, value in enumerate(dict.fromkeys(values)):
        yield _storable({"position": position, "value": value[:LONGEST_KEY]})


def _countries(description: Description) -> Iterator[Row]:
    audience = description.intended_audience
    for supported, countries in (
        (True, audience.countries),
        (False, audience.unsupported_countries),
    ):
        for country in sorted({each.upper() for each in countries}):
            yield {"country": country, "supported": supported}


def _contacts(description: Description) -> Iterator[Row]:
    for position, contact in enumerate(description.maintenance.contacts or ()):
        yield _storable(
            {
                "position": position,
                "name": contact.name,
                "email": contact.email,
                "affiliation": contact.affiliation,
                "phone": contact.phone,
            }
        )


def _contractors(description: Description) -> Iterator[Row]:
    for position, contractor in enumerate(description.maintenance.contractors or ()):
        yield _storable(
            {
                "position": position,
                "name": contractor.name,
                "email": contractor.email,
                "website": contractor.website,
                "until": (contractor.until or "")[:LONGEST_KEY] or None,
            }
        )


def _dependencies(description: Description) -> Iterator[Row]:
    needed = description.depends_on
    for kind, dependencies in (
        ("open", needed.open),
        ("proprietary", needed.proprietary),
        ("hardware", needed.hardware),
    ):
        for position, dependency in enumerate(dependencies):
            yield _storable(
                {
                    "kind": kind,
                    "position": position,
                    "name": (dependency.name or "")[:LONGEST_KEY] or None,
                    "version": dependency.version,
                    "version_min": dependency.version_min,
                    "version_max": dependency.version_max,
                    "optional": dependency.optional,
                }
            )


def _organisations(description: Description) -> Iterator[Row]:
    for role, position, organisation in _roles(description):
        yield _storable({"role": role, "position": position, "uri": organisation.uri})


def _roles(description: Description) -> Iterator[tuple[str, int, Organisation]]:
    """(role, position, organisation) of every organisation that gives its URI."""
    named = (
        ("organisation", (description.organisation,)),
        ("funder", description.funded_by),
    )
    for role, candidates in named:
        for position, organisation in enumerate(candidates):
            if organisation and organisation.uri and len(organisation.uri) <= LONGEST_KEY:
                yield role, position, organisation


def _organisation(organisation: Organisation) -> Row:
    return _storable({"uri": organisation.uri, "name": organisation.name})


def name_starts(description: Description) -> Iterator[Row]:
    """How the names of a software begin, each name once: rows of `SoftwareNameStart`."""
    names = {description.name or "": ""}
    for tag, text in description.description.items():
        names.setdefault(text.localised_name or "", tag)
    starts = (
        (name, language, start, number == 0)
        for name, language in names.items()
        for number, start in enumerate(words.starts(name))
    )
    for position, (name, language, start, opening) in enumerate(starts):
        yield _storable(
            {
                "position": position,
                "start": start,
                "opening": opening,
                "name": name[:LONGEST_KEY],
                "language": language,
            }
        )


def organisation_starts(uri: str, name: str) -> Iterator[Row]:
    """How the name of an organisation begins: rows of `OrganisationNameStart`."""
    for position, start in enumerate(words.starts(name)):
        yield {
            "uri": uri,
            "position": position,
            "start": start,
            "opening": position == 0,
            "name": name[:LONGEST_KEY],
        }


def _storable(values: Row) -> Row:
    """PostgreSQL's text has no NUL; YAML's may. The raw file keeps it."""
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in values.items()
    }
