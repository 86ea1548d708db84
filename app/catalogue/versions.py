"""The texts that records had before: nothing that was ever given to us is lost while it is here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Record, RecordVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a record; the highest number is the current one."""

    number: int
    raw: bytes
    content_hash: str
    valid: bool
    at: datetime


async def keep(session: AsyncSession, record: Record) -> None:
    """Put the record's present text away, before it gets another."""
    last = await session.execute(
        select(func.max(RecordVersion.number)).where(col(RecordVersion.record_id) == record.id)
    )
    session.add(
        RecordVersion(
            record_id=record.id,
            number=(last.scalar_one() or 0) + 1,
            raw=record.raw,
            content_hash=record.content_hash,
            valid=record.valid,
            at=record.updated_at,
        )
    )


async def of_record(session: AsyncSession, record: Record) -> list[Version]:
    """Every text of a record, oldest first, the current one last."""
    rows = await session.execute(
        select(RecordVersion)
        .where(col(RecordVersion.record_id) == record.id)
        .order_by(col(RecordVersion.number))
    )
    earlier = [
        Version(row.number, row.raw, row.content_hash, row.valid, row.at) for row in rows.scalars()
    ]
    return [
        *earlier,
        Version(len(earlier) + 1, record.raw, record.content_hash, record.valid, record.updated_at),
    ]
