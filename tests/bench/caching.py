"""How many kept pages are served a second, beside a route that does nothing, in the same process:
that route comes first of all, and nothing but the middleware is before it.

Over real sockets: one server, sixteen connections that ask again as soon as they are answered.
"""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import Response
from fastapi.routing import APIRoute

from app.database import open_database, upgrade
from app.ingest.batch import files, ingest
from app.main import create_app
from app.settings import Settings
from tests.builders import a_file, texts

NUMBER = 200
CONNECTIONS = 16
ROUNDS = 5
SECONDS = 1.5
PAGE = "/v1/software?page[size]=25"
NOOP = "/noop"
ASKED = {
    "a route that does nothing": f"GET {NOOP} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a page of 25, kept, zstd": f"GET {PAGE} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: zstd\r\n\r\n",
    "a page of 25, kept, as it is": f"GET {PAGE} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a page of 25, not kept": f"GET {PAGE} HTTP/1.1\r\nHost: x\r\nAuthorization: -\r\n\r\n",
}


def run() -> list[tuple[str, str]]:
    """Replies a second: the median of several rounds, in which all take turns."""
    with TemporaryDirectory() as folder, _served(Path(folder)) as port:
        rates, size = asyncio.run(_measure(port))
    noop, *_ = rates.values()
    return [
        *((name, f"{rate:.0f}/s, {rate / noop:.2f} × nothing") for name, rate in rates.items()),
        ("such a page", f"{size / 1024:.0f} KiB"),
    ]


async def _measure(port: int) -> tuple[dict[str, float], int]:
    rates: dict[str, list[float]] = {name: [] for name in ASKED}
    size = 0
    for _ in range(ROUNDS):
        for name, request in ASKED.items():
            until = time.perf_counter() + SECONDS
            counted = await asyncio.gather(
                *(_ask(port, request.encode(), until) for _ in range(CONNECTIONS))
            )
            rates[name].append(sum(count for count, _ in counted) / SECONDS)
            size = counted[0][1]
    return {name: median(several) for name, several in rates.items()}, size


async def _ask(port: int, request: bytes, until: float) -> tuple[int, int]:
    """How many replies came, and how many bytes the last body had."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024 * 1024)
    count = length = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        count += 1
    writer.close()
    await writer.wait_closed()
    return count, length


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """The port of a server with a catalogue, in a process of its own."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/bench.db", data_dir=folder, log_level="warning"
    )
    asyncio.run(_fill(settings.database_url, folder))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = get_context("spawn").Process(target=_serve, args=(settings, listener))
        process.start()
        try:
            yield listener.getsockname()[1]
        finally:
            process.terminate()
            process.join()


def _serve(settings: Settings, listener: socket.socket) -> None:
    app = create_app(settings)
    app.router.routes.insert(0, APIRoute(NOOP, _nothing))
    uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None)).run([listener])


async def _nothing() -> Response:
    return Response()


async def _fill(address: str, folder: Path) -> None:
    database = open_database(address)
    await upgrade(database)
    sources = folder / "files"
    sources.mkdir()
    for number in range(NUMBER):
        url = f"https://git.example.org/storabro/{number}"
        described = {tag: texts(longDescription="Residents report. " * 100) for tag in ("en", "sv")}
        file = a_file(url, name=f"Felanmälan {number}", description=described)
        (sources / f"{number}.yml").write_bytes(file)
    async for _outcome in ingest(
        database, files([sources]), max_bytes=1024 * 1024, now=lambda: datetime.now(UTC)
    ):
        pass
    await database.close()
