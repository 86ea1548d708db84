"""What one catalogue says about one piece of software: write it, look it up, withdraw it.

Every write ends in `remake`, which makes the software anew from all that is said about it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import (
    analysis,
    bundles,
    changes,
    documents,
    events,
    identity,
    versions,
    vocabulary,
)
from app.catalogue.entry import ChangeType, Outcome, Statement
from app.catalogue.errors import SoftwareNotFound, UrlMissing, UrlTaken
from app.catalogue.merge import primary
from app.catalogue.remake import ENTITY, addresses_of, blank, records_of, remake
from app.catalogue.tables import (
    Record,
    Software,
    SoftwareUrl,
    Tombstone,
)
from app.publiccode import urls


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it stands: what an edit starts from."""

    catalog_id: str
    source_id: str
    software_id: str
    raw: bytes
    urls: tuple[str, ...]
    active: bool
    vitality: str | None
    untouched: bool
    """Never changed since it was created."""


async def write(
    session: AsyncSession, statement: Statement, *, now: datetime
) -> tuple[Outcome, str]:
    """Create or update the record of this source; returns what happened, and the software's id.

    A statement without addresses keeps those of its record; raises UrlMissing if there is none.
    Raises UrlTaken when another source of the same catalogue holds one of them.
    """
    record = await _by_source(session, statement)
    known = await addresses_of(session, record.id) if record else ()
    wanted = replace(statement, urls=statement.urls or known)
    if record and _says_the_same(record, known, wanted):
        record.last_seen = now
        return Outcome.UNCHANGED, record.software_id
    if not wanted.urls:
        raise UrlMissing(statement.source_id)
    await _refuse_taken(session, wanted, record)
    if record:
        return Outcome.UPDATED, await _update(session, record, wanted, now)
    return Outcome.CREATED, await _create(session, wanted, now)


async def held(session: AsyncSession, software_id: str, *, catalog_id: str | None = None) -> Held:
    """The record of a software that an edit addresses, of this catalogue if one is named.

    Raises SoftwareNotFound.
    """
    return await _held(session, await addressed(session, software_id, catalog_id))


async def addressed(
    session: AsyncSession, software_id: str, catalog_id: str | None = None
) -> Record:
    """The record that stands for a software, in this catalogue if one is named.

    Raises SoftwareNotFound.
    """
    records = [
        record
        for record in await records_of(session, software_id)
        if catalog_id in (None, record.catalog_id)
    ]
    if not records:
        raise SoftwareNotFound(software_id)
    return primary(records)


async def holder(session: AsyncSession, catalog_id: str, addresses: Sequence[str]) -> Held | None:
    """The record of this catalogue that holds the first of these addresses held at all."""
    statement = (
        select(Record, col(SoftwareUrl.url))
        .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
        .where(col(SoftwareUrl.catalog_id) == catalog_id, col(SoftwareUrl.url).in_(addresses))
    )
    found = {url: record for record, url in await session.execute(statement)}
    record = next((found[url] for url in addresses if url in found), None)
    return await _held(session, record) if record else None


async def withdraw(
    session: AsyncSession,
    software_id: str,
    *,
    catalog_ids: Collection[str] | None = None,
    reason: str,
    now: datetime,
) -> None:
    """Delete what these catalogues (by default all) say about a software.

    The software goes with its last record, and leaves a tombstone. Raises SoftwareNotFound.
    """
    records = await records_of(session, software_id)
    gone = [each for each in records if catalog_ids is None or each.catalog_id in catalog_ids]
    if not gone:
        raise SoftwareNotFound(software_id)
    left = {each.catalog_id for each in gone}
    await session.execute(delete(Record).where(col(Record.id).in_([each.id for each in gone])))
    if len(gone) < len(records):
        await identity.release(session, software_id)
        software = await session.get_one(Software, software_id)
        await remake(session, software, now, left=left)
        return
    await bundles.drop_member(session, software_id, now=now)
    await vocabulary.forget(session, software_id)
    await session.execute(delete(Software).where(col(Software.id) == software_id))
    await analysis.forget(session, ENTITY, software_id)
    session.add(Tombstone(software_id=software_id, reason=reason, successor=None, at=now))
    changes.append(
        session, ChangeType.DELETE, software_id, catalog_ids=left, revision=None, now=now
    )
    await events.record(session, ChangeType.DELETE, ENTITY, software_id, now=now)


async def _create(session: AsyncSession, statement: Statement, now: datetime) -> str:
    keys = [urls.key(url) for url in statement.urls]
    owners = await identity.owners(session, keys)
    known = next((owners[key] for key in keys if key in owners), None)
    if known:
        software = await session.get_one(Software, known)
    else:
        software = blank(identity.new_id(), now)
        session.add(software)
        await session.flush()
    await identity.claim(session, software.id, set(keys) - owners.keys())
    record = Record(
        id=identity.new_id(),
        catalog_id=statement.catalog_id,
        source_id=statement.source_id,
        software_id=software.id,
        first_seen=now,
        **_content(None, statement, now),
    )
    session.add(record)
    await session.flush()
    await _write_urls(session, record, statement.urls)
    await remake(session, software, now)
    return software.id


async def _update(
    session: AsyncSession, record: Record, statement: Statement, now: datetime
) -> str:
    software = await session.get_one(Software, record.software_id)
    if statement.anew and not software.active:
        now = software.created_at = max(now, software.updated_at + timedelta(microseconds=1))
    if record.raw != statement.raw:
        await versions.keep(session, record)
    for name, value in _content(record, statement, now).items():
        setattr(record, name, value)
    await session.flush()
    if statement.urls != await addresses_of(session, record.id):
        await session.execute(delete(SoftwareUrl).where(col(SoftwareUrl.record_id) == record.id))
        await _write_urls(session, record, statement.urls)
        await identity.release(session, software.id)
        keys = {urls.key(url) for url in statement.urls}
        await identity.claim(
            session, software.id, keys - (await identity.owners(session, keys)).keys()
        )
    await remake(session, software, now)
    return software.id


def _content(record: Record | None, statement: Statement, now: datetime) -> dict[str, Any]:
    """The columns a statement sets. The last valid description outlives a faulty text."""
    report = statement.report
    described = documents.description_json(report.description) if report.description else None
    stale = False
    if not report.valid and record is not None:
        stale = record.valid or record.stale
        if stale or described is None:
            described = record.description
    return {
        "raw": statement.raw,
        "content_hash": documents.content_hash(statement.raw),
        "valid": report.valid,
        "stale": stale,
        "description": described,
        "report": documents.report_json(report),
        "active": statement.active,
        "vitality": statement.vitality,
        "last_seen": now,
        "updated_at": now,
    }


def _says_the_same(record: Record, known: tuple[str, ...], statement: Statement) -> bool:
    return (
        record.content_hash == documents.content_hash(statement.raw)
        and record.report == documents.report_json(statement.report)
        and (known, record.active, record.vitality)
        == (statement.urls, statement.active, statement.vitality)
    )


async def _refuse_taken(session: AsyncSession, statement: Statement, record: Record | None) -> None:
    rows = await session.execute(
        select(col(SoftwareUrl.url), col(SoftwareUrl.record_id)).where(
            col(SoftwareUrl.catalog_id) == statement.catalog_id,
            col(SoftwareUrl.url).in_(statement.urls),
        )
    )
    for url, holder_id in rows:
        if record is None or holder_id != record.id:
            raise UrlTaken(url)


async def _write_urls(session: AsyncSession, record: Record, addresses: Sequence[str]) -> None:
    session.add_all(
        SoftwareUrl(
            record_id=record.id,
            position=position,
            catalog_id=record.catalog_id,
            url=url,
            key=urls.key(url),
        )
        for position, url in enumerate(addresses)
    )
    await session.flush()


async def _by_source(session: AsyncSession, statement: Statement) -> Record | None:
    rows = await session.execute(
        select(Record).where(
            col(Record.catalog_id) == statement.catalog_id,
            col(Record.source_id) == statement.source_id,
        )
    )
    return rows.scalar_one_or_none()


async def _held(session: AsyncSession, record: Record) -> Held:
    software = await session.get(Software, record.software_id)
    if software is None:
        raise SoftwareNotFound(record.software_id)
    return Held(
        catalog_id=record.catalog_id,
        source_id=record.source_id,
        software_id=record.software_id,
        raw=record.raw,
        urls=await addresses_of(session, record.id),
        active=record.active,
        vitality=record.vitality,
        untouched=software.created_at == software.updated_at,
    )
