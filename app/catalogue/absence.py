"""Records of which their catalogue does not speak any more, and what waits in quarantine with them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, quarantine, records
from app.catalogue.tables import Record


async def listings_missed(
    session: AsyncSession, catalog_id: str, source_ids: Collection[str]
) -> dict[str, int]:
    """`{source id: how many listings in a row did not have it}` of those that are records."""
    statement = select(col(Record.source_id), col(Record.missing_runs)).where(
        col(Record.catalog_id) == catalog_id
    )
    rows = await bulk.among(session, statement, col(Record.source_id), source_ids)
    return {row.source_id: row.missing_runs for row in rows}


async def note(
    session: AsyncSession, catalog_id: str, source_ids: Collection[str], *, now: datetime
) -> None:
    """Say of these sources that another listing did not have them."""
    for some in bulk.portions(source_ids):
        await session.execute(
            update(Record)
            .where(col(Record.catalog_id) == catalog_id, col(Record.source_id).in_(some))
            .values(
                missing_since=func.coalesce(col(Record.missing_since), now),
                missing_runs=Record.missing_runs + 1,
            )
        )


async def deny(session: AsyncSession, catalog_id: str, source_ids: Collection[str]) -> None:
    """Say of these sources that they are still there, whatever listings did not have them."""
    for some in bulk.portions(source_ids):
        await session.execute(
            update(Record)
            .where(
                col(Record.catalog_id) == catalog_id,
                col(Record.source_id).in_(some),
                col(Record.missing_runs) > 0,
            )
            .values(missing_since=None, missing_runs=0)
        )


async def withdraw(
    session: AsyncSession,
    catalog_id: str,
    source_ids: Collection[str],
    *,
    reason: str,
    now: datetime,
) -> int:
    """Forget what these sources say, stored or in quarantine; returns how many records went."""
    await quarantine.release(session, [(catalog_id, source_id) for source_id in source_ids])
    return await records.withdraw_sources(session, catalog_id, source_ids, reason=reason, now=now)
