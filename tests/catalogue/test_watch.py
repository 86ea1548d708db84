"""What a process knows of the head: what it commits itself at once, and what others commit soon."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from app.catalogue import changes, watch
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.catalogue.watch import watching
from app.database import Database, open_database, upgrade
from app.head import Head, HeadWatch

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HANG = 30.0


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[Database]:
    """The same database, as another process has it."""
    database = open_database(database_url)
    yield database
    await database.close()


async def commit(database: Database) -> None:
    async with transaction(database) as session:
        changes.append(session, ChangeType.UPDATE, "s1", revision=None, now=NOW)


async def test_a_commit_is_known_when_it_returns(database: Database) -> None:
    await commit(database)
    await commit(database)

    assert database.head.newest is not None
    assert database.head.newest.sequence == 2


async def test_what_was_there_is_known_soon(database: Database, elsewhere: Database) -> None:
    await commit(elsewhere)
    async with watching(database):
        assert await database.head.beyond(None, HANG)

    assert database.head.newest == elsewhere.head.newest


async def test_what_another_process_commits_is_known_soon(
    database: Database, elsewhere: Database
) -> None:
    async with watching(database):
        assert await database.head.beyond(None, HANG)
        known = database.head.newest
        await commit(elsewhere)
        assert await database.head.beyond(known, HANG)

    assert database.head.newest == elsewhere.head.newest


async def test_postgresql_tells_by_itself(
    database: Database, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.reading.dialect.name != "postgresql":
        pytest.skip("SQLite has nobody who could tell")
    monkeypatch.setattr(watch, "LOOK_SECONDS", HANG)
    async with watching(database):
        assert await database.head.beyond(None, HANG)
        for _ in range(3):
            known = database.head.newest
            await commit(elsewhere)
            assert await database.head.beyond(known, HANG / 2)


async def test_a_database_that_comes_late_is_waited_for(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    async with watching(database):
        assert not await database.head.beyond(None, 0.1)
        await upgrade(database)
        assert await database.head.beyond(None, HANG)
    await database.close()


async def test_any_number_wait_for_one_head() -> None:
    head = HeadWatch()
    waiting = [asyncio.create_task(head.beyond(Head(1, "e"), HANG)) for _ in range(1000)]
    await asyncio.sleep(0)
    head.tell(Head(1, "e"))
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    head.tell(Head(2, "e"))

    assert all(await asyncio.gather(*waiting))


async def test_what_is_older_is_passed_over_but_another_log_is_not() -> None:
    head = HeadWatch()
    for told, newest in ((Head(5, "e"), 5), (Head(4, "e"), 5), (Head(1, "f"), 1)):
        head.tell(told)
        assert head.newest is not None
        assert head.newest.sequence == newest


async def test_nobody_waits_for_a_closed_watch() -> None:
    head = HeadWatch()
    head.tell(Head(1, "e"))
    waiting = asyncio.create_task(head.beyond(Head(1, "e"), HANG))
    await asyncio.sleep(0)
    head.close()

    assert not await waiting
    assert not await head.beyond(Head(1, "e"), HANG)
