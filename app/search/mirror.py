"""Keeps the columns in step with the change log, by the session of whoever searches."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace

import structlog
from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import changes
from app.catalogue.tables import SoftwareWords
from app.database import Database, reading
from app.head import Head
from app.search import facts
from app.search.columns import Columns, Facts

AT_ONCE = 200
"""Software that is read in one statement: for some milliseconds nobody else has the event loop."""

MOST_CHANGES = 5_000
"""Changed software that is held in memory at once; where there is more, all is read anew."""

SECONDS_TO_CONNECT = 5.0

log = structlog.get_logger("samkod.search")


class Mirror:
    """The columns of one catalogue, made when somebody first asks for them.

    They are brought up to what a session sees by reading what has changed since they were last
    asked for: no write waits for them, and no search sees more or less than its session does.
    """

    def __init__(self) -> None:
        self._columns = Columns.empty()
        self._lock = asyncio.Lock()

    @property
    def head(self) -> Head:
        """How far the columns have come."""
        return self._columns.head

    async def columns(self, session: AsyncSession) -> Columns:
        """The catalogue as this session sees it, which must be one that only reads.

        A session that sees less than others have seen before begins anew, and sees what they did.
        """
        head = await changes.head(session)
        if head == self._columns.head:
            return self._columns
        async with self._lock:
            if self._is_newer(head):
                await session.rollback()
                head = await changes.head(session)
            if head != self._columns.head:
                self._columns = await self._brought_to(head, session)
            return self._columns

    def _is_newer(self, head: Head) -> bool:
        known = self._columns.head
        return known.epoch == head.epoch and known.sequence > head.sequence

    async def _brought_to(self, head: Head, session: AsyncSession) -> Columns:
        known = self._columns.head
        if known.epoch == head.epoch and known.sequence < head.sequence:
            changed = await _changed(session, known.sequence)
            is_readable = len(changed) <= MOST_CHANGES
            if is_readable and not await changes.has_other_words(session, known.sequence):
                read = await _read(session, changed)
                return await to_thread.run_sync(self._columns.replaced, changed, read, head)
        return await _read_anew(session, head)


@asynccontextmanager
async def reading_ahead(mirror: Mirror, database: Database) -> AsyncIterator[asyncio.Task[None]]:
    """While the block lasts, a task makes the columns before anybody asks for them."""
    connected = asyncio.Event()
    task = asyncio.create_task(_read_ahead(mirror, database, connected))
    try:
        yield task
    finally:
        # A connection that is being made must not be dropped half-way, unless that takes for ever.
        with suppress(TimeoutError):
            await asyncio.wait_for(connected.wait(), SECONDS_TO_CONNECT)
        task.cancel()
        await asyncio.wait({task})


async def _read_ahead(mirror: Mirror, database: Database, connected: asyncio.Event) -> None:
    """Where that fails, the first search will say so."""
    try:
        async with reading(database) as session:
            try:
                await session.connection()
            finally:
                connected.set()
            await mirror.columns(session)
    except (SQLAlchemyError, OSError) as error:
        log.warning("columns cannot be read ahead", cause=str(error).partition("\n")[0])


async def _changed(session: AsyncSession, sequence: int) -> Sequence[str]:
    """The ids of software that changed after a number, each once; too many, if there are more."""
    changed: dict[str, None] = {}
    async with aclosing(changes.changed_after(session, sequence)) as lots:
        async for lot in lots:
            changed.update(dict.fromkeys(lot))
            if len(changed) > MOST_CHANGES:
                break
    return list(changed)


async def _read_anew(session: AsyncSession, head: Head) -> Columns:
    """In the order of the words, in which changes will come as well."""
    columns, last = Columns.empty(), 0
    words_id = col(SoftwareWords.id)
    following = select(words_id, col(SoftwareWords.software_id)).order_by(words_id)
    while True:
        lot = (await session.execute(following.where(words_id > last).limit(MOST_CHANGES))).all()
        if not lot:
            return replace(columns, head=head)
        read = await _read(session, [row.software_id for row in lot])
        columns, last = await to_thread.run_sync(columns.replaced, (), read, head), lot[-1].id


async def _read(session: AsyncSession, ids: Sequence[str]) -> list[Facts]:
    lots = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [each for lot in lots for each in await facts.read(session, lot)]
