"""Files that cannot become records, kept with their report until somebody puts them right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, documents, identity
from app.catalogue.entry import QuarantinedFile
from app.catalogue.tables import Quarantine
from app.pagination import Cursor, Page, PageRequest
from app.publiccode import Report


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is to be kept, why, and the address in question."""

    catalog_id: str
    source_id: str
    raw: bytes
    report: Report
    reason: str
    url: str | None


async def put(session: AsyncSession, waiting: Sequence[Waiting], *, now: datetime) -> None:
    """Keep these files, in place of what the same sources sent before; one of each source."""
    if not waiting:
        return
    known = {
        (row.catalog_id, row.source_id): row
        for (row,) in await bulk.among(
            session,
            select(Quarantine),
            col(Quarantine.source_id),
            [each.source_id for each in waiting],
        )
    }
    for each in waiting:
        row = known.get((each.catalog_id, each.source_id))
        if row is None:
            row = Quarantine(
                id=identity.new_id(),
                catalog_id=each.catalog_id,
                source_id=each.source_id,
                first_seen=now,
                **_content(each, now),
            )
            session.add(row)
        else:
            for name, value in _content(each, now).items():
                setattr(row, name, value)
    await session.flush()


async def release(session: AsyncSession, sources: Sequence[tuple[str, str]]) -> None:
    """Forget the files of these (catalogue, source), which have sent usable ones."""
    for catalog_id in dict.fromkeys(catalog_id for catalog_id, _ in sources):
        for some in bulk.portions(source for owner, source in sources if owner == catalog_id):
            await session.execute(
                delete(Quarantine).where(
                    col(Quarantine.catalog_id) == catalog_id, col(Quarantine.source_id).in_(some)
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


def _content(waiting: Waiting, now: datetime) -> dict[str, Any]:
    return {
        "reason": waiting.reason,
        "url": waiting.url,
        "raw": waiting.raw,
        "content_hash": documents.content_hash(waiting.raw),
        "report": documents.report_json(waiting.report),
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
