"""Search words made anew from what is stored: after a new stemmer, or for rows that were migrated.

Nothing that readers follow changes, so nothing is logged. Everything that is done is committed in
batches, between which others write; whoever is interrupted may begin again.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue import mapping, vocabulary
from app.catalogue.remake import describe, records_of, write_starts
from app.catalogue.tables import Organisation, Software, SoftwareNameStart, SoftwareWords
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


async def reindex(database: Database, *, batch: int = BATCH) -> AsyncGenerator[int, None]:
    """Write the search words of all software anew; yields how many more are done, once they are."""
    async for uris in _batches(database, col(Organisation.uri), batch):
        async with transaction(database) as session:
            for uri in uris:
                if organisation := await session.get(Organisation, uri):
                    await write_starts(session, organisation)
    async for ids in _batches(database, col(Software.id), batch):
        async with transaction(database) as session:
            for software_id in ids:
                if software := await session.get(Software, software_id):
                    await _index(session, software)
        yield len(ids)


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


async def _index(session: AsyncSession, software: Software) -> None:
    description = describe(await records_of(session, software.id))
    for name, value in mapping.columns(description).items():
        setattr(software, name, value)
    taught = await vocabulary.learnt_from(session, software.id)
    made = mapping.search_words(software.id, description)
    row = await session.scalar(
        select(SoftwareWords).where(col(SoftwareWords.software_id) == software.id)
    )
    if row is None:
        session.add(made)
    else:
        # In its place: the full-text index knows it by its number.
        for name, value in made.model_dump(exclude={"id"}).items():
            setattr(row, name, value)
    await session.execute(
        delete(SoftwareNameStart).where(col(SoftwareNameStart.software_id) == software.id)
    )
    session.add_all(mapping.name_starts(software.id, description))
    await session.flush()
    await vocabulary.change(session, taught, made.spellings.split())
