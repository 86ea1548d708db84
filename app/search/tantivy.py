"""Full text on tantivy: an index beside the database, for catalogues beyond 100,000 entries.

It follows the change log. What it has not caught up with, the database is asked for: a search
never finds less than was committed before it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
import tantivy
from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from tantivy import Query, Searcher

from app.catalogue import changes
from app.catalogue.tables import SoftwareWords
from app.database import Database, reading
from app.head import Head
from app.search.arrays import LongIntegers
from app.search.engines import text_table
from app.search.index import WEIGHTS, Matches
from app.search.tantivy_words import NUMBER, Words
from app.search.terms import Term

AT_ONCE = 500
"""Software that is read in one statement."""

MOST_TO_WAIT_FOR = 100
"""Changes that a search brings in itself; where more are missing, it asks the database."""

STATES_KEPT = 4
"""For sessions that began before the last commit."""

MOST_PROCESSES = 64
"""That may share a folder; each has an index of its own in it."""

SECONDS_AFTER_A_FAULT = 5.0
SECONDS_TO_LOOK = 60.0
HEAP_BYTES = 64 * 1024 * 1024

_OWNER, _STATE = "owner", "state"
_HEAD = "head"
"""The owner of the document that says how far the index has come; no software has such an id."""

log = structlog.get_logger("samkod.search")


class Tantivy:
    """https://github.com/quickwit-oss/tantivy, as https://tantivy-py.readthedocs.io has it."""

    def __init__(self, folder: Path) -> None:
        """Takes the first index in the folder that no other process has, or makes one.

        Raises OSError where that cannot be written.
        """
        self._index, self._writer = _open(folder)
        self._lock = asyncio.Lock()
        self._states: dict[Head, Words] = {}
        self._remember()

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        words = await self._words(session)
        if words is None:
            return await text_table(session).matches(session, terms)
        return await to_thread.run_sync(words.matches, terms)

    async def holding_any(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        words = await self._words(session)
        if words is None:
            return await text_table(session).holding_any(session, terms)
        return await to_thread.run_sync(words.holding_any, terms)

    @property
    def head(self) -> Head:
        """How far the index has come."""
        return next(reversed(self._states))

    @asynccontextmanager
    async def following(self, database: Database) -> AsyncIterator[None]:
        """As long as the block lasts, what is committed is brought into the index."""
        task = asyncio.create_task(self._follow(database))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def catch_up(self, session: AsyncSession) -> Head:
        """Bring the index to what this session sees; returns how far that is.

        Where the log is another one, or all words were, the index is made anew.
        """
        async with self._lock:
            head = await changes.head(session)
            if head.is_beyond(self.head):
                await self._bring_to(head, session)
            return head

    async def _words(self, session: AsyncSession) -> Words | None:
        """The index as this session sees the catalogue, if that is there or nearly so."""
        head = await changes.head(session)
        missing = head.sequence - self.head.sequence
        if head.epoch == self.head.epoch and 0 < missing <= MOST_TO_WAIT_FOR:
            await self.catch_up(session)
        return self._states.get(head)

    async def _follow(self, database: Database) -> None:
        head = None
        while not database.head.is_closed:
            try:
                async with reading(database) as session:
                    head = await self.catch_up(session)
            except (SQLAlchemyError, OSError, ValueError) as error:
                log.warning("the index cannot follow", cause=str(error).partition("\n")[0])
                await asyncio.sleep(SECONDS_AFTER_A_FAULT)
            await database.head.beyond(head, SECONDS_TO_LOOK)

    async def _bring_to(self, head: Head, session: AsyncSession) -> None:
        known = self.head
        goes_on = known.epoch == head.epoch and not await changes.has_other_words(
            session, known.sequence
        )
        try:
            if goes_on:
                async for owners in changes.changed_after(session, known.sequence):
                    rows = await _read(session, owners)
                    await to_thread.run_sync(self._replace, owners, rows)
            else:
                await to_thread.run_sync(self._writer.delete_all_documents)
                async for owners in _everything(session):
                    await to_thread.run_sync(self._replace, (), await _read(session, owners))
            await to_thread.run_sync(self._commit, head)
        except BaseException:
            self._writer.rollback()
            raise
        self._remember()

    def _replace(self, changed: Sequence[str], rows: Sequence[SoftwareWords]) -> None:
        for owner in changed:
            self._writer.delete_documents_by_term(_OWNER, owner)
        for row in rows:
            texts = {name: getattr(row, name) for name in WEIGHTS}
            document = tantivy.Document(**{_OWNER: row.software_id, NUMBER: row.id}, **texts)
            self._writer.add_document(document)

    def _commit(self, head: Head) -> None:
        self._writer.delete_documents_by_term(_OWNER, _HEAD)
        state = f"{head.sequence} {head.epoch}"
        self._writer.add_document(tantivy.Document(**{_OWNER: _HEAD, _STATE: state}))
        self._writer.commit()

    def _remember(self) -> None:
        self._index.reload()
        searcher = self._index.searcher()
        head = _head(self._index.schema, searcher)
        self._states.pop(head, None)
        self._states[head] = Words(self._index.schema, searcher)
        while len(self._states) > STATES_KEPT:
            del self._states[next(iter(self._states))]


def _open(folder: Path) -> tuple[tantivy.Index, tantivy.IndexWriter]:
    for number in range(MOST_PROCESSES):
        own = folder / str(number)
        own.mkdir(parents=True, exist_ok=True)
        try:
            index = tantivy.Index(_schema(), str(own))
        except ValueError:
            # Of another version, with other fields. Nothing is lost: the database has all.
            shutil.rmtree(own)
            own.mkdir()
            index = tantivy.Index(_schema(), str(own))
        try:
            return index, index.writer(HEAP_BYTES, 1)
        except ValueError:
            continue
    raise OSError(f"{MOST_PROCESSES} processes have an index in {folder}.")


def _schema() -> tantivy.Schema:
    fields = tantivy.SchemaBuilder()
    fields.add_text_field(_OWNER, tokenizer_name="raw", index_option="basic")
    fields.add_text_field(_STATE, tokenizer_name="raw", index_option="basic", stored=True)
    fields.add_integer_field(NUMBER, fast=True)
    for name in WEIGHTS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return fields.build()


def _head(schema: tantivy.Schema, searcher: Searcher) -> Head:
    """What the last commit said; before the first one no log that there is."""
    found = searcher.search(Query.term_query(schema, _OWNER, _HEAD), 1).hits
    if not found:
        return Head(0, "")
    sequence, _, epoch = str(searcher.doc(found[0][1])[_STATE][0]).partition(" ")
    return Head(int(sequence), epoch)


async def _everything(session: AsyncSession) -> AsyncIterator[Sequence[str]]:
    """The ids of all software, in lots."""
    owner = col(SoftwareWords.software_id)
    last = ""
    following = select(owner).order_by(owner).limit(AT_ONCE)
    while lot := (await session.scalars(following.where(owner > last))).all():
        yield lot
        last = lot[-1]


async def _read(session: AsyncSession, owners: Sequence[str]) -> Sequence[SoftwareWords]:
    words = select(SoftwareWords).where(col(SoftwareWords.software_id).in_(owners))
    return (await session.scalars(words)).all()
