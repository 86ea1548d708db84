"""Files that cannot become records, kept with their report until somebody puts them right."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import documents, identity
from app.catalogue.entry import QuarantinedFile, Statement
from app.catalogue.tables import Quarantine
from app.pagination import Cursor, Page, PageRequest


async def put(
    session: AsyncSession, statement: Statement, *, reason: str, url: str | None, now: datetime
) -> None:
    """Keep this file, in place of what the same source sent before."""
    row = await _by_source(session, statement)
    if row is None:
        row = Quarantine(
            id=identity.new_id(),
            catalog_id=statement.catalog_id,
            source_id=statement.source_id,
            first_seen=now,
            **_content(statement, reason, url, now),
        )
    else:
        for name, value in _content(statement, reason, url, now).items():
            setattr(row, name, value)
    session.add(row)
    await session.flush()


async def release(session: AsyncSession, statement: Statement) -> None:
    """Forget the file that this source once sent: it has sent a usable one."""
    await session.execute(
        delete(Quarantine).where(
            col(Quarantine.catalog_id) == statement.catalog_id,
            col(Quarantine.source_id) == statement.source_id,
        )
    )


async def listing(session: AsyncSession, page: PageRequest) -> Page[QuarantinedFile]:
    """Quarantined files, the longest waiting first; read forward only."""
    place = (col(Quarantine.first_seen), col(Quarantine.id))
    statement = select(Quarantine).order_by(*place).limit(page.size + 1)
    if page.after:
        statement = statement.where(tuple_(*place) > (page.after.created_at, page.after.id))
    rows = list((await session.execute(statement)).scalars())
    files = [_file(row) for row in rows[: page.size]]
    more = len(rows) > page.size
    return Page(
        files,
        previous=None,
        next=Cursor(files[-1].first_seen, files[-1].id) if more else None,
    )


async def _by_source(session: AsyncSession, statement: Statement) -> Quarantine | None:
    rows = await session.execute(
        select(Quarantine).where(
            col(Quarantine.catalog_id) == statement.catalog_id,
            col(Quarantine.source_id) == statement.source_id,
        )
    )
    return rows.scalar_one_or_none()


def _content(statement: Statement, reason: str, url: str | None, now: datetime) -> dict[str, Any]:
    return {
        "reason": reason,
        "url": url,
        "raw": statement.raw,
        "content_hash": documents.content_hash(statement.raw),
        "report": documents.report_json(statement.report),
        "last_seen": now,
    }


def _file(row: Quarantine) -> QuarantinedFile:
    return QuarantinedFile(
        id=row.id,
        catalog_id=row.catalog_id,
        source_id=row.source_id,
        reason=row.reason,
        url=row.url,
        raw=row.raw,
        findings=documents.read_findings(row.report),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )
