"""What it costs to follow a catalogue of 100,000: a first copy, ten changes, and waiting for more.

Beside each stands what a client without a change feed has to do: read every page again. Followers
are counted over real sockets, from a service in a process of its own. `SOFTWARE=5000` measures with
fewer, `FOLLOWERS=100` with fewer who wait. `DATABASES` names catalogues that were filled before. Last come the replies that
are kept.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from tempfile import TemporaryDirectory
from typing import TypeVar

import httpx2

from app.database import open_database, upgrade
from tests.bench import caching
from tests.bench._engines import ENGINES
from tests.bench.synthetic.descriptions import descriptions
from tests.bench.synthetic.filling import fill
from tests.services import AUTHORIZATION, Service, serving

SOFTWARE = int(os.environ.get("SOFTWARE") or 100_000)
FOLLOWERS = int(os.environ.get("FOLLOWERS") or 1_000)
CHANGES = 10
HANG_LIMIT = 1800
MEGABYTE = 1_000_000

Row = tuple[str, str]
T = TypeVar("T")


def run() -> Iterator[Row]:
    """Requests, bytes, seconds and memory, on each engine."""
    named = os.environ.get("DATABASES", "").split()
    for url in named:
        yield from _rows(url.partition(":")[0], url)
    for engine, database in () if named else ENGINES:
        with database() as url:
            asyncio.run(_fill(url))
            yield from _rows(engine, url)
    yield from caching.run()


def _rows(engine: str, url: str) -> Iterator[Row]:
    with TemporaryDirectory() as folder, serving(url, SAMKOD_DATA_DIR=folder) as service:
        for label, figure in asyncio.run(_measure(service)):
            yield f"{engine}: {label}", figure


async def _fill(url: str) -> None:
    database = open_database(url)
    await upgrade(database)
    await fill([database], descriptions(SOFTWARE))
    await database.close()


async def _measure(service: Service) -> list[Row]:
    async with httpx2.AsyncClient(
        base_url=service.address, headers=AUTHORIZATION, timeout=HANG_LIMIT
    ) as client:
        rows = await _first_copy(service, client)
        rows += await _incremental(client)
        rows += await _waiting(service, client)
        return rows


async def _first_copy(service: Service, client: httpx2.AsyncClient) -> list[Row]:
    """The snapshot is made for the first who asks, and is there for all others."""
    made, growth = await _grown(service, lambda: _timed(_snapshot_is_made(client)))
    (copied, seconds), sending = await _grown(service, lambda: _timed(_copy(client)))
    return [
        ("making a snapshot", f"{made[1]:.1f} s, memory grows by {growth / MEGABYTE:.0f} MB"),
        (
            "first copy of all software",
            f"requests: 1, {copied / MEGABYTE:.1f} MB in {seconds:.1f} s, "
            f"memory grows by {sending / MEGABYTE:.0f} MB",
        ),
    ]


async def _snapshot_is_made(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/v1/exports/manifest.json")
    if reply.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
        await asyncio.sleep(1)
        await _snapshot_is_made(client)
    else:
        reply.raise_for_status()


async def _copy(client: httpx2.AsyncClient) -> int:
    """The bytes of a file that holds everything, which is not kept here."""
    async with client.stream("GET", "/v1/exports/software.jsonl.zst") as reply:
        reply.raise_for_status()
        async for _ in reply.aiter_raw():
            pass
        return reply.num_bytes_downloaded


async def _incremental(client: httpx2.AsyncClient) -> list[Row]:
    """A few changes, by the feed; and by reading all pages, where there is no feed."""
    page = (await client.get(f"/v1/software?page[size]={CHANGES}")).json()
    since = (await client.get("/v1/changes?include=none&limit=1")).headers["samkod-sequence"]
    for each in page["data"]:
        changed = await client.patch(f"/v1/software/{each['id']}", json={"vitality": "80"})
        changed.raise_for_status()

    (requests, sent, found), seconds = await _timed(_read_changes(client, int(since)))
    (pages, all_sent), all_seconds = await _timed(_read_pages(client))
    return [
        (
            f"{found} changes by the feed",
            f"requests: {requests}, {sent / 1000:.1f} kB, {seconds * 1000:.0f} ms",
        ),
        (
            f"{found} changes by reading all pages again",
            f"requests: {pages}, {all_sent / MEGABYTE:.1f} MB, {all_seconds:.1f} s",
        ),
        (
            "the feed needs",
            f"1/{pages // requests} of the requests, 1/{all_sent // sent} of the bytes",
        ),
    ]


async def _read_changes(client: httpx2.AsyncClient, since: int) -> tuple[int, int, int]:
    """Requests, bytes and changes until nothing is pending."""
    requests = sent = found = 0
    pending = True
    while pending:
        reply = await client.get(f"/v1/changes?since={since}")
        page = reply.json()
        requests, sent = requests + 1, sent + reply.num_bytes_downloaded
        found += len(page["results"])
        since, pending = page["lastSeq"], page["pending"] > 0
    return requests, sent, found


async def _read_pages(client: httpx2.AsyncClient) -> tuple[int, int]:
    """Requests and bytes, in pages as large as they may be, compressed like the feed."""
    requests = sent = 0
    query = "?all=true&page[size]=100"
    while query:
        reply = await client.get(f"/v1/software{query}")
        requests, sent = requests + 1, sent + reply.num_bytes_downloaded
        query = reply.json()["links"]["next"]
    return requests, sent


async def _waiting(service: Service, client: httpx2.AsyncClient) -> list[Row]:
    """Followers of the stream who hear nothing, and then all of them of one change."""
    (software,) = (first := await client.get("/v1/software?page[size]=1")).json()["data"]
    stream = f"/v1/changes?feed=sse&since={first.headers['samkod-sequence']}"
    before = service.memory()
    async with AsyncExitStack() as stack:
        followers = [
            await stack.enter_async_context(_streaming(service, stream)) for _ in range(FOLLOWERS)
        ]
        await asyncio.gather(*(_pulse(follower) for follower in followers))
        growth = service.memory() - before
        telling = asyncio.gather(*(_told(follower) for follower in followers))
        started = time.perf_counter()
        changed = await client.patch(f"/v1/software/{software['id']}", json={"vitality": "70"})
        changed.raise_for_status()
        await telling
        seconds = time.perf_counter() - started
    return [
        (
            f"{FOLLOWERS} idle followers of the stream",
            f"{growth / MEGABYTE:.0f} MB, {growth / FOLLOWERS / 1000:.0f} kB each",
        ),
        ("all of them told of a change", f"{seconds * 1000:.0f} ms after it was sent"),
    ]


async def _pulse(reader: asyncio.StreamReader) -> None:
    """By which the service says that it is there, and has nothing to tell."""
    while not (await reader.readline()).startswith(b":"):
        pass


async def _told(reader: asyncio.StreamReader) -> None:
    while not (await reader.readline()).startswith(b"data:"):
        pass


@asynccontextmanager
async def _streaming(service: Service, path: str) -> AsyncIterator[asyncio.StreamReader]:
    """A follower that takes less memory and time than what is measured."""
    host, port = service.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    try:
        yield reader
    finally:
        writer.close()


async def _grown(service: Service, deed: Callable[[], Awaitable[T]]) -> tuple[T, int]:
    """What comes of it, and by how many bytes the service's memory grows meanwhile, at most."""
    before = most = service.memory()
    doing = asyncio.ensure_future(deed())
    while not doing.done():
        await asyncio.wait({doing}, timeout=0.1)
        most = max(most, service.memory())
    return doing.result(), most - before


async def _timed(deed: Awaitable[T]) -> tuple[T, float]:
    started = time.perf_counter()
    return await deed, time.perf_counter() - started
