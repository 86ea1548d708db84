"""The rows beside software that hold its description: written for many at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, mapping, vocabulary
from app.catalogue.rendering import Rendering
from app.catalogue.tables import (
    Organisation,
    OrganisationNameStart,
    SoftwareBasis,
    SoftwareCategory,
    SoftwareContact,
    SoftwareContractor,
    SoftwareCountry,
    SoftwareDependency,
    SoftwareLanguage,
    SoftwareLicence,
    SoftwareNameStart,
    SoftwareOrganisation,
    SoftwarePart,
    SoftwarePlatform,
    SoftwareScope,
    SoftwareSupport,
    SoftwareText,
    SoftwareUser,
    SoftwareWords,
)

PARTS: Mapping[str, type[SoftwarePart]] = {
    str(table.__tablename__): table
    for table in (
        SoftwareText,
        SoftwareCategory,
        SoftwarePlatform,
        SoftwareScope,
        SoftwareLanguage,
        SoftwareLicence,
        SoftwareUser,
        SoftwareSupport,
        SoftwareBasis,
        SoftwareCountry,
        SoftwareOrganisation,
        SoftwareContact,
        SoftwareContractor,
        SoftwareDependency,
    )
}
"""The tables that `mapping.parts` fills; all are emptied for a software before it is written anew."""


async def write(
    session: AsyncSession, rendered: Mapping[str, Rendering], *, fresh: Collection[str]
) -> None:
    """Write `{software id: its description}` in place of what was there; `fresh` have nothing yet."""
    replaced = [id for id in rendered if id not in fresh]
    for table in PARTS.values():
        await bulk.remove(session, table, col(table.software_id), replaced)
    await _name_organisations(session, rendered.values())
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for software_id, each in rendered.items():
        for name, several in each.parts.items():
            rows[name] += ({"software_id": software_id, **row} for row in several)
    for name, its_rows in rows.items():
        await bulk.add(session, PARTS[name], its_rows)
    await index(session, rendered)


async def index(session: AsyncSession, rendered: Mapping[str, Rendering]) -> None:
    """Write by what search finds `{software id: its description}`."""
    words = select(
        col(SoftwareWords.software_id), col(SoftwareWords.id), col(SoftwareWords.spellings)
    )
    rows = await bulk.among(session, words, col(SoftwareWords.software_id), rendered)
    known = {software_id: number for software_id, number, _ in rows}
    before = [spelling for _, _, spellings in rows for spelling in spellings.split()]
    written = [{"software_id": id, **each.words} for id, each in rendered.items()]
    after = [spelling for row in written for spelling in row["spellings"].split()]
    await bulk.add(
        session, SoftwareWords, [row for row in written if row["software_id"] not in known]
    )
    # In their place: the full-text index knows them by their numbers.
    await bulk.replace(
        session,
        SoftwareWords,
        [
            {"id": known[row["software_id"]], **row}
            for row in written
            if row["software_id"] in known
        ],
    )
    await vocabulary.change(session, before, after)
    await bulk.remove(session, SoftwareNameStart, col(SoftwareNameStart.software_id), list(known))
    starts = [
        {"software_id": id, **start} for id, each in rendered.items() for start in each.name_starts
    ]
    await bulk.add(session, SoftwareNameStart, starts)


async def _name_organisations(session: AsyncSession, rendered: Iterable[Rendering]) -> None:
    """Make sure each organisation has a row, with the name it has last been given."""
    names: dict[str, str | None] = {}
    for each in rendered:
        for uri, name in each.organisations.items():
            names[uri] = name or names.get(uri)
    found = await bulk.among(session, select(Organisation), col(Organisation.uri), names)
    known = {row.uri: row for (row,) in found}
    renamed = {
        uri: name
        for uri, name in names.items()
        if uri not in known or (name and name != known[uri].name)
    }
    for uri, name in renamed.items():
        if uri in known:
            known[uri].name = name
        else:
            session.add(Organisation(uri=uri, name=name))
    await session.flush()
    await write_starts(session, renamed)


async def write_starts(session: AsyncSession, names: Mapping[str, str | None]) -> None:
    """Write how the names of organisations begin: `{URI: name}`."""
    await bulk.remove(session, OrganisationNameStart, col(OrganisationNameStart.uri), names)
    starts = (mapping.organisation_starts(uri, name or "") for uri, name in names.items())
    await bulk.add(session, OrganisationNameStart, list(chain.from_iterable(starts)))
