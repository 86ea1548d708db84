"""How soon followers hear of a commit, and what a thousand of them cost while nothing happens."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from statistics import quantiles
from time import monotonic
from urllib.parse import urlsplit

import httpx2

from app.catalogue import changes
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.database import Database, open_database, upgrade
from tests.api.files import publiccode_yml
from tests.bench._engines import ENGINES
from tests.federation.followers import SECONDS_TO_WAIT, Copy, Follow, long_poll, stream
from tests.services import AUTHORIZATION, Service, serving

COMMITS = 200
PAUSE = 0.02
"""Seconds between two commits, so that each finds everybody waiting."""

IDLE = 1000
REQUEST = "GET /v1/changes?feed=sse&since={since} HTTP/1.1\r\nHost: samkod.test\r\n\r\n"

Commit = Callable[[int], Awaitable[int]]
"""Commits something, and returns its number in the log."""


def run() -> list[tuple[str, str]]:
    """Milliseconds from a commit to its followers, and the memory that they take."""
    rows = []
    for engine, opened in ENGINES:
        with opened() as url:
            measured = asyncio.run(_measure(url))
        rows += [(f"{engine}: {what}", figure) for what, figure in measured]
    return rows


async def _measure(url: str) -> list[tuple[str, str]]:
    database = open_database(url)
    await upgrade(database)
    rows = []
    with serving(url) as service:
        async with httpx2.AsyncClient(base_url=service.address, headers=AUTHORIZATION) as client:
            ways: tuple[tuple[str, Commit], ...] = (
                ("the service", lambda number: _create(client, number)),
                ("another process", lambda number: _append(database, number)),
            )
            for follow in (long_poll, stream):
                for by, commit in ways:
                    lags = await _lags(service, follow, commit)
                    rows.append((f"{follow.__name__}, committed by {by}", _shown(lags)))
        rows += await _idle(service, database)
    await database.close()
    return rows


async def _lags(service: Service, follow: Follow, commit: Commit) -> list[float]:
    """Seconds from when the commit was known to its author to when the follower has it."""
    last = await commit(-1)
    copy, committed = Copy(seen=[last]), {}
    async with (
        httpx2.AsyncClient(base_url=service.address, timeout=SECONDS_TO_WAIT) as client,
        asyncio.timeout(SECONDS_TO_WAIT),
    ):
        following = asyncio.create_task(follow(client, copy))
        await asyncio.sleep(0.5)
        for number in range(COMMITS):
            last = await commit(number)
            committed[last] = monotonic()
            await asyncio.sleep(PAUSE)
        while copy.last < last:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(PAUSE)
        following.cancel()
    return [copy.times[number] - moment for number, moment in committed.items()]


async def _idle(service: Service, database: Database) -> list[tuple[str, str]]:
    """The memory of streams that wait, and how long it takes until all have heard of a commit."""
    since = await _append(database, -1)
    parts = urlsplit(service.address)
    request = REQUEST.format(since=since).encode()
    async with AsyncExitStack() as stack, asyncio.timeout(SECONDS_TO_WAIT):
        before = service.memory()
        readers = []
        for _ in range(IDLE):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            stack.callback(writer.close)
            writer.write(request)
            readers.append(reader)
        await asyncio.gather(*(reader.readuntil(b"retry: 3000\n\n") for reader in readers))
        await asyncio.sleep(1)
        grown = service.memory() - before
        await _append(database, 0)
        committed = monotonic()
        await asyncio.gather(*(reader.readuntil(b"event: change") for reader in readers))
        took = monotonic() - committed
    return [
        (f"{IDLE:,} idle streams", f"{grown / 1024 / 1024:.0f} MB"),
        ("until all of them have one change", f"{took * 1000:.0f} ms"),
    ]


async def _create(client: httpx2.AsyncClient, number: int) -> int:
    url = f"https://git.example.org/{monotonic()}/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    response = await client.post("/v1/software", json=body)
    return int(response.headers["samkod-sequence"])


async def _append(database: Database, number: int) -> int:
    async with transaction(database) as session:
        now = datetime.now(UTC)
        changes.append(session, ChangeType.UPDATE, f"s{number}", revision=None, now=now)
    assert database.head.newest is not None
    return database.head.newest.sequence


def _shown(lags: list[float]) -> str:
    percentiles = quantiles(lags, n=100)
    return f"p50 {percentiles[49] * 1000:.1f} ms, p99 {percentiles[98] * 1000:.1f} ms"
