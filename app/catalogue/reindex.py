"""Search words made anew from what is stored: after a new stemmer, or for rows that were migrated.

Nothing that readers follow changes. That it was done is logged, for those who keep a copy.
Everything that is done is committed in batches, between which others write; whoever is interrupted
may begin again.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue import bulk, changes, holdings, parts
from app.catalogue.remake import describe
from app.catalogue.rendering import Rendering
from app.catalogue.tables import Organisation, Record, Software
from app.catalogue.transaction import transaction
from app.database import Database, reading

BATCH = 50
"""Software of one transaction, during which nobody else writes: well below a second."""

SECONDS_BETWEEN = 0.1
"""As long as a writer on SQLite sleeps at most before it tries again."""


async def count(database: Database) -> int:
    """How many software there are."""
    async with reading(database) as session:
        return (await session.execute(select(func.count()).select_from(Software))).scalar_one()


async def reindex(
    database: Database, *, now: datetime, batch: int = BATCH
) -> AsyncGenerator[int, None]:
    """Write the search words of all software anew; yields how many more are done, once they are."""
    async for uris in _batches(database, col(Organisation.uri), batch):
        async with transaction(database) as session:
            names = select(col(Organisation.uri), col(Organisation.name))
            rows = await bulk.among(session, names, col(Organisation.uri), uris)
            await parts.write_starts(session, dict(rows))
    async for ids in _batches(database, col(Software.id), batch):
        async with transaction(database) as session:
            await _index(session, ids)
        yield len(ids)
    async with transaction(database) as session:
        changes.append_words(session, now)


async def _batches(database: Database, key: Mapped[str], size: int) -> AsyncIterator[Sequence[str]]:
    """Keys in their order, as they are when their turn comes; others write in between."""
    last = ""
    while True:
        async with reading(database) as session:
            keys = await session.scalars(select(key).where(key > last).order_by(key).limit(size))
            batch = keys.all()
        if not batch:
            return
        yield batch
        last = batch[-1]
        await asyncio.sleep(SECONDS_BETWEEN)


async def _index(session: AsyncSession, software_ids: Sequence[str]) -> None:
    known = await holdings.load(session, software_ids)
    records: dict[str, list[Record]] = {id: [] for id in known.software}
    for holding in known.held.values():
        records[holding.record.software_id].append(holding.record)
    rendered = {
        id: Rendering(describe(some, known.overrides.get(id))) for id, some in records.items()
    }
    for id, software in known.software.items():
        for name, value in rendered[id].columns.items():
            setattr(software, name, value)
    await session.flush()
    await parts.index(session, rendered)
