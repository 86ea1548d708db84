"""Messages about software, publishers and catalogues: mostly what a crawler has to say."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import documents, identity
from app.catalogue.entry import Entry, ListFilter
from app.catalogue.errors import LogNotFound
from app.catalogue.listing import page_of, within
from app.catalogue.tables import Log
from app.pagination import Page, PageRequest, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter(ListFilter):
    """Which messages a list holds: `message` is compared whole, `search` is a part of it."""

    search: str | None = None
    message: str | None = None
    entity: str | None = None


async def append(
    session: AsyncSession, message: str, *, entity: str | None = None, now: datetime
) -> Entry:
    """Keep a message; `entity` is a path such as `/software/<id>`."""
    log = Log(id=identity.new_id(), message=message, entity=entity, created_at=now, updated_at=now)
    session.add(log)
    await session.flush()
    return _entry(log)


async def get(session: AsyncSession, id: str) -> Entry:
    """One message. Raises LogNotFound."""
    return _entry(await _row(session, id))


async def listing(session: AsyncSession, wanted: LogFilter, page: PageRequest) -> Page[Entry]:
    """Messages, newest first."""
    statement = within(select(Log, col(Log.created_at), col(Log.id)), col(Log.created_at), wanted)
    if wanted.search:
        statement = statement.where(col(Log.message).icontains(wanted.search, autoescape=True))
    if wanted.message:
        statement = statement.where(col(Log.message) == wanted.message)
    if wanted.entity:
        statement = statement.where(col(Log.entity) == wanted.entity)
    place = (col(Log.created_at), col(Log.id))
    found = await page_of(session, statement, place, page, newest_first=True)
    return replace(found, items=[_entry(row.Log) for row in found.items])


async def revise(session: AsyncSession, id: str, message: str, *, now: datetime) -> Entry:
    """Put another message in its place. Raises LogNotFound."""
    log = await _row(session, id)
    if log.message != message:
        log.message, log.updated_at = message, now
    return _entry(log)


async def remove(session: AsyncSession, id: str) -> None:
    """Delete a message. Raises LogNotFound."""
    await session.delete(await _row(session, id))


async def prune(session: AsyncSession, *, before: datetime) -> None:
    """Forget messages older than this."""
    await session.execute(delete(Log).where(col(Log.created_at) < before))


async def _row(session: AsyncSession, id: str) -> Log:
    log = await session.get(Log, id)
    if log is None:
        raise LogNotFound(id)
    return log


def _entry(log: Log) -> Entry:
    text = documents.json_text(
        {
            "id": log.id,
            "message": log.message,
            "createdAt": rfc3339(log.created_at),
            "updatedAt": rfc3339(log.updated_at),
            **({"entity": log.entity} if log.entity else {}),
        }
    )
    return Entry(log.id, text, log.created_at)
