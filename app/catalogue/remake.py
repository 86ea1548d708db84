"""Make a software anew from its records: merged, written for readers, logged if it is different."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import changes, documents, events, mapping
from app.catalogue.entry import ChangeType
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.merge import by_authority, merge, primary
from app.catalogue.tables import Organisation, Record, Software, SoftwareUrl
from app.publiccode import Description

ENTITY = "software"
"""What events are said to be about."""

PUBLISHED = "published"
"""The tier of software whose own publiccode.yml we have read."""


async def remake(session: AsyncSession, software_id: str, now: datetime) -> None:
    """Merge the records of a software, write what readers get, and log it if it is different."""
    software = await session.get(
        Software, software_id, with_for_update=True, populate_existing=True
    )
    if software is None:
        raise SoftwareNotFound(software_id)
    records = await records_of(session, software_id)
    shown = primary(records)
    addresses = await addresses_of(session, shown.id)
    ranked = [record for record in by_authority(records) if record.description is not None]
    described = [documents.read_description(record.description or "") for record in ranked]
    description = merge(described) if described else Description()
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

    revision = _revision(*texts(software.created_at), documents.description_json(description))
    if revision == software.revision:
        return
    software.document, software.item = texts(written_at)
    for name, value in mapping.columns(description).items():
        setattr(software, name, value)
    software.url = addresses[0]
    software.active, software.valid, software.stale = active, best.valid, best.stale
    software.updated_at, software.revision = written_at, revision
    await session.flush()
    await _write_parts(session, software_id, description, fresh=created)
    kind = ChangeType.CREATE if created else ChangeType.UPDATE
    changes.append(session, kind, software_id, revision=revision, now=written_at)
    await events.record(session, kind, ENTITY, software_id, now=written_at)


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


async def records_of(
    session: AsyncSession, software_id: str, *, lock: bool = False
) -> list[Record]:
    """What is said about a software, by id; records are locked before their software."""
    statement = select(Record).where(col(Record.software_id) == software_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    rows = await session.execute(statement.order_by(col(Record.id)))
    return list(rows.scalars())


async def addresses_of(session: AsyncSession, record_id: str) -> tuple[str, ...]:
    rows = await session.execute(
        select(col(SoftwareUrl.url))
        .where(col(SoftwareUrl.record_id) == record_id)
        .order_by(col(SoftwareUrl.position))
    )
    return tuple(rows.scalars())


async def _write_parts(
    session: AsyncSession, software_id: str, description: Description, *, fresh: bool
) -> None:
    if not fresh:
        for table in mapping.PARTS:
            await session.execute(delete(table).where(col(table.software_id) == software_id))
    for organisation in mapping.organisations(description):
        await _name_organisation(session, organisation)
    session.add_all(mapping.parts(software_id, description))
    await session.flush()


async def _name_organisation(session: AsyncSession, organisation: Organisation) -> None:
    """Make sure the organisation has a row; two transactions may want the same one at once."""
    known = await session.get(Organisation, organisation.uri)
    if known is None:
        try:
            async with session.begin_nested():
                session.add(organisation)
        except IntegrityError:
            return
    elif organisation.name:
        known.name = organisation.name


def _revision(*texts: str) -> str:
    return documents.content_hash("\n".join(texts).encode())
