"""Waiting for changes: who is woken, what is read for whom, and when a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from app.catalogue import changes
from app.catalogue.copies import Kind
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.catalogue.watch import watching
from app.database import Database
from app.federation.feed import Feed, FeedPage, Wanted

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HANG = 60.0
SHORT = 0.05
ANYTHING = Wanted(kinds=tuple(Kind))


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[Feed]:
    async with watching(database):
        yield Feed(database, unreachable=[OSError])


async def commit(database: Database, *ids: str) -> None:
    async with transaction(database) as session:
        for id in ids:
            changes.append(session, ChangeType.UPDATE, id, revision=None, now=NOW)


def numbers(page: FeedPage) -> list[int]:
    return [number for number, _ in page.results]


async def test_followers_who_want_the_same_read_it_together(database: Database, feed: Feed) -> None:
    waiting = [asyncio.create_task(feed.next_page(ANYTHING, 0, HANG)) for _ in range(200)]
    others = [asyncio.create_task(feed.next_page(Wanted(), 0, HANG)) for _ in range(200)]
    await asyncio.sleep(0.5)
    read: list[str] = []

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM changes" in statement:
            read.append(statement)

    event.listen(database.reading.sync_engine, "before_cursor_execute", on_execute)
    await commit(database, "a")
    pages = await asyncio.wait_for(asyncio.gather(*waiting, *others), HANG)

    assert all(numbers(page) == [1] for page in pages)
    assert len(read) <= len(pages) / 20


class Slow(Feed):
    """Hands over what it read only once it is let."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, unreachable=[OSError])
        self.has_read, self.may_tell = asyncio.Event(), asyncio.Event()
        self.is_told = False

    async def _read(self, wanted: Wanted, since: int) -> FeedPage:
        page = await super()._read(wanted, since)
        self.has_read.set()
        await self.may_tell.wait()
        self.is_told = True
        return page


async def test_who_joins_a_reading_that_is_older_than_a_commit_misses_nothing(
    database: Database,
) -> None:
    async with watching(database):
        feed = Slow(database)
        first = asyncio.create_task(feed.next_page(ANYTHING, 0, HANG))
        await asyncio.wait_for(feed.has_read.wait(), HANG)
        await commit(database, "a")
        joining = asyncio.create_task(feed.next_page(ANYTHING, 0, HANG))
        await asyncio.sleep(0)
        feed.may_tell.set()

        for page in await asyncio.wait_for(asyncio.gather(first, joining), HANG / 2):
            assert numbers(page) == [1]


async def test_who_comes_the_moment_that_a_reading_ended_reads_anew(database: Database) -> None:
    async with watching(database):
        feed = Slow(database)
        first = asyncio.create_task(feed.next_page(ANYTHING, 0, HANG))
        await asyncio.wait_for(feed.has_read.wait(), HANG)
        await commit(database, "a")
        feed.may_tell.set()
        while not feed.is_told:  # noqa: ASYNC110 - an event would let others go first
            await asyncio.sleep(0)

        at_once = await feed.next_page(ANYTHING, 0, HANG)

    assert numbers(at_once) == [1]
    assert numbers(await first) == [1]


async def test_a_quiet_log_has_a_pulse(database: Database, feed: Feed) -> None:
    await commit(database, "a")
    async with asyncio.timeout(HANG), aclosing(feed.pages(ANYTHING, 0, SHORT)) as pages:
        assert numbers(await anext(pages)) == [1]
        for _ in range(3):
            page = await anext(pages)
            assert (numbers(page), page.last) == ([], 1)
        await commit(database, "b", "c")
        following = await anext(pages)
        while not following.results:
            following = await anext(pages)
        assert (numbers(following), following.last) == ([2, 3], 3)


async def test_what_others_want_moves_a_follower_on(database: Database, feed: Feed) -> None:
    await commit(database, "a", "b")
    page = await asyncio.wait_for(feed.next_page(Wanted(kinds=(Kind.BUNDLE,)), 0, SHORT), HANG)

    assert (numbers(page), page.last, page.pending) == ([], 2, 0)


async def test_a_page_ends_where_it_is_large_enough(
    database: Database, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.feed.READ_AT_ONCE", 2)
    monkeypatch.setattr("app.federation.feed.ENOUGH_BYTES", 500)
    await commit(database, *(f"s{number}" for number in range(7)))
    since, read = 0, list[int]()
    while since < 7:
        page = await asyncio.wait_for(feed.next_page(ANYTHING, since, SHORT), HANG)
        assert 0 < len(page.results) < 7
        assert page.last == page.results[-1][0] == 7 - page.pending
        since, read = page.last, read + numbers(page)
    assert read == [1, 2, 3, 4, 5, 6, 7]


async def test_one_who_gives_up_takes_nothing_from_the_others(
    database: Database, feed: Feed
) -> None:
    waiting = [asyncio.create_task(feed.next_page(ANYTHING, 0, HANG)) for _ in range(20)]
    await asyncio.sleep(0.1)
    await commit(database, "a")
    for _ in range(3):
        await asyncio.sleep(0)
    waiting[0].cancel()

    pages = await asyncio.wait_for(asyncio.gather(*waiting[1:]), HANG)
    assert all(numbers(page) == [1] for page in pages)


async def test_streams_end_with_the_service(database: Database, feed: Feed) -> None:
    async def follow() -> list[int]:
        return [n async for page in feed.pages(ANYTHING, 0, HANG) for n in numbers(page)]

    await commit(database, "a")
    following = [asyncio.create_task(follow()) for _ in range(20)]
    await asyncio.sleep(0.2)
    database.head.close()

    for seen in await asyncio.wait_for(asyncio.gather(*following), HANG):
        assert seen in ([], [1])


async def test_a_stream_ends_with_its_log(database: Database, feed: Feed) -> None:
    await commit(database, "a")
    async with aclosing(feed.pages(ANYTHING, 0, HANG)) as pages:
        assert numbers(await anext(pages)) == [1]
        async with database.writing.begin() as connection:
            await connection.execute(
                text("UPDATE change_head SET epoch = 'restored', sequence = 0")
            )
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(pages), HANG)


async def test_a_stream_ends_when_the_database_is_gone(database: Database) -> None:
    broken = Feed(database, unreachable=[Exception])
    await database.close()
    async with database.writing.begin() as connection:
        await connection.execute(text("DROP TABLE changes" + _cascade(database)))

    assert [page async for page in broken.pages(ANYTHING, 0, HANG)] == []


def _cascade(database: Database) -> str:
    return " CASCADE" if database.writing.dialect.name == "postgresql" else ""
