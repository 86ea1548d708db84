"""Make a software anew from its records: merged, written for readers, logged if it is different."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import changes, documents, events, mapping, vocabulary
from app.catalogue.entry import ChangeType
from app.catalogue.merge import by_authority, merge, primary
from app.catalogue.tables import (
    Organisation,
    OrganisationNameStart,
    Record,
    Software,
    SoftwareUrl,
    SoftwareWords,
)
from app.publiccode import Description

ENTITY = "software"
"""What events are said to be about."""

MOST_LOOKED_UP = 500
"""Values of one query; the engines have limits."""

PUBLISHED = "published"
"""The tier of software whose own publiccode.yml we have read."""


async def remake(
    session: AsyncSession, software: Software, now: datetime, *, left: Collection[str] = ()
) -> None:
    """Merge the records of a software, write what readers get, and log it if it is different.

    The change concerns the catalogues of its records, and those that it has just `left`.
    """
    software_id = software.id
    records = await records_of(session, software_id)
    spelled = await _spelled(session, software_id)
    shown = primary(records)
    addresses = spelled[shown.id]
    ranked = [record for record in by_authority(records) if record.description is not None]
    description = describe(ranked)
    best = ranked[0] if ranked else shown
    active = any(record.active for record in records)
    created = software.revision == ""
    written_at = now if created else max(now, software.updated_at + timedelta(microseconds=1))

    def texts(updated_at: datetime) -> tuple[str, str]:
        return (
            documents.document(
                software_id,
                shown,
                addresses,
                active=active,
                created_at=software.created_at,
                updated_at=updated_at,
            ),
            documents.item(
                software_id,
                shown,
                addresses,
                description,
                valid=best.valid,
                stale=best.stale,
                tier=PUBLISHED,
                updated_at=updated_at,
            ),
        )

    revision = _revision(
        *texts(software.created_at),
        documents.description_json(description),
        *(_said(record, spelled[record.id]) for record in records),
    )
    if revision == software.revision:
        return
    software.document, software.item = texts(written_at)
    for name, value in mapping.columns(description).items():
        setattr(software, name, value)
    software.url, software.vitality = addresses[0], mapping.newest_vitality(shown.vitality)
    software.active, software.valid, software.stale = active, best.valid, best.stale
    software.updated_at, software.revision = written_at, revision
    await session.flush()
    await _write_parts(session, software_id, description, fresh=created)
    kind = ChangeType.CREATE if created else ChangeType.UPDATE
    changes.append(
        session,
        kind,
        software_id,
        catalog_ids={record.catalog_id for record in records}.union(left),
        revision=revision,
        now=written_at,
    )
    await events.record(session, kind, ENTITY, software_id, now=written_at)


def describe(records: Iterable[Record]) -> Description:
    """What the records of a software say of it together."""
    described = [
        documents.read_description(record.description)
        for record in by_authority(records)
        if record.description is not None
    ]
    return merge(described) if described else Description()


def blank(software_id: str, now: datetime) -> Software:
    """A software of which only the id is known yet; `remake` fills it in."""
    return Software(
        id=software_id,
        active=False,
        valid=False,
        stale=False,
        tier=PUBLISHED,
        url=None,
        created_at=now,
        updated_at=now,
        revision="",
        document="",
        item="",
        **mapping.columns(Description()),
    )


async def records_of(session: AsyncSession, software_id: str) -> list[Record]:
    """What is said about a software, by id."""
    statement = select(Record).where(col(Record.software_id) == software_id)
    rows = await session.execute(statement.order_by(col(Record.id)))
    return list(rows.scalars())


async def addresses_of(session: AsyncSession, record_id: str) -> tuple[str, ...]:
    rows = await session.execute(
        select(col(SoftwareUrl.url))
        .where(col(SoftwareUrl.record_id) == record_id)
        .order_by(col(SoftwareUrl.position))
    )
    return tuple(rows.scalars())


async def _spelled(session: AsyncSession, software_id: str) -> dict[str, list[str]]:
    """`{record id: addresses}` of all that is said about a software."""
    rows = await session.execute(
        select(col(SoftwareUrl.record_id), col(SoftwareUrl.url))
        .join(Record, col(Record.id) == SoftwareUrl.record_id)
        .where(col(Record.software_id) == software_id)
        .order_by(col(SoftwareUrl.record_id), col(SoftwareUrl.position))
    )
    addresses: dict[str, list[str]] = {}
    for record_id, url in rows:
        addresses.setdefault(record_id, []).append(url)
    return addresses


async def _write_parts(
    session: AsyncSession, software_id: str, description: Description, *, fresh: bool
) -> None:
    taught = set() if fresh else await vocabulary.learnt_from(session, software_id)
    if not fresh:
        for table in mapping.PARTS:
            await session.execute(delete(table).where(col(table.software_id) == software_id))
    await _name_organisations(session, mapping.organisations(description))
    rows = list(mapping.parts(software_id, description))
    session.add_all(rows)
    await session.flush()
    for row in rows:
        if isinstance(row, SoftwareWords):
            await vocabulary.change(session, taught, row.spellings.split())


async def _name_organisations(session: AsyncSession, named: Sequence[Organisation]) -> None:
    """Make sure each organisation has a row, with the name it has last been given."""
    for start in range(0, len(named), MOST_LOOKED_UP):
        some = named[start : start + MOST_LOOKED_UP]
        rows = await session.execute(
            select(Organisation).where(col(Organisation.uri).in_([each.uri for each in some]))
        )
        known = {row.uri: row for row in rows.scalars()}
        for organisation in some:
            row = known.get(organisation.uri)
            if row is None:
                session.add(organisation)
            elif organisation.name and organisation.name != row.name:
                row.name = organisation.name
            else:
                continue
            await write_starts(session, organisation)
    await session.flush()


async def write_starts(session: AsyncSession, organisation: Organisation) -> None:
    """How the name of an organisation begins, now that it has another one."""
    await session.execute(
        delete(OrganisationNameStart).where(col(OrganisationNameStart.uri) == organisation.uri)
    )
    session.add_all(mapping.organisation_starts(organisation))


def _said(record: Record, addresses: Sequence[str]) -> str:
    """What a record adds to the content of its software, even where another one is shown."""
    return documents.json_text(
        [record.id, record.content_hash, record.active, record.vitality, addresses]
    )


def _revision(*texts: str) -> str:
    return documents.content_hash("\n".join(texts).encode())
