"""Keeping a process up with what others commit: one connection looks, however many wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import changes
from app.database import Database

LOOK_SECONDS = 0.25
"""PostgreSQL says by itself that others have committed, unless something between us keeps it back."""

SECONDS_AFTER_A_FAULT = 1.0
SECONDS_TO_END = 5.0

log = structlog.get_logger("samkod.watch")


@asynccontextmanager
async def watching(database: Database) -> AsyncIterator[None]:
    """As long as the block lasts, `database.head` hears of all commits; then nobody waits for it."""
    stop = asyncio.Event()
    looking = asyncio.create_task(_look(database, stop))
    try:
        yield
    finally:
        database.head.close()
        stop.set()
        # A connection that is being made must not be dropped half-way, unless that takes for ever.
        await asyncio.wait({looking}, timeout=SECONDS_TO_END)
        looking.cancel()


async def _look(database: Database, stop: asyncio.Event) -> None:
    """Regularly, by the one connection of its pool, which PostgreSQL talks to in the meantime."""
    is_there = True
    while not stop.is_set():
        pause = LOOK_SECONDS
        try:
            async with AsyncSession(database.watching) as session:
                database.head.tell(await changes.head(session))
        except Exception as error:  # noqa: BLE001 - it may pass, and nobody else looks
            if is_there:
                log.warning("the head cannot be read", cause=str(error).partition("\n")[0])
            is_there, pause = False, SECONDS_AFTER_A_FAULT
        else:
            is_there = True
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()
