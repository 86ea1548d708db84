"""How fast files are taken in: new, again unchanged, and changed; and in how much memory.

They are as many as a large peer has, and as long as real ones; `RECORDS=500` takes fewer. Each engine
has a process of its own, whose memory is that of taking files in. Time of the processor is only that
of this process, not the database server's.
"""

import asyncio
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import orjson

from app.database import Database, open_database, upgrade
from app.ingest.batch import SourceFile, files, ingest
from tests.bench._engines import ENGINES
from tests.bench.synthetic.descriptions import as_real, descriptions

RECORDS = int(os.environ.get("RECORDS") or 20_000)
MAX_BYTES = 1024 * 1024
MEGABYTE = 1_000_000


class Run(NamedTuple):
    """Files a second, milliseconds of processor for each, and bytes that the peak of memory grew by."""

    rate: float
    processor: float
    growth: int

    def __str__(self) -> str:
        return (
            f"{self.rate:.0f}/s, {self.processor:.2f} ms of processor each, "
            f"memory grows by {self.growth / MEGABYTE:.0f} MB"
        )


def run() -> Iterator[tuple[str, str]]:
    """A row for each engine and state of the files."""
    with TemporaryDirectory() as folder:
        _write(Path(folder))
        for engine, database in ENGINES:
            with (
                database() as url,
                multiprocessing.get_context("spawn").Pool(1) as process,
            ):
                new, unchanged, changed = process.apply(_measure, (url, folder))
            yield f"{engine}: {RECORDS:,} new files", str(new)
            yield f"{engine}: unchanged", f"{unchanged}; {unchanged.rate / new.rate:.1f} × as fast"
            yield f"{engine}: with another name", str(changed)


def _measure(url: str, folder: str) -> list[Run]:
    return asyncio.run(_runs(url, Path(folder)))


async def _runs(url: str, folder: Path) -> list[Run]:
    database = open_database(url)
    await upgrade(database)
    taken = files([folder])
    found = [await _run(database, taken), await _run(database, taken)]
    _write(folder, suffix=" II")
    found.append(await _run(database, taken))
    _write(folder)
    await database.close()
    return found


async def _run(database: Database, taken: list[SourceFile]) -> Run:
    before, processor, started = _peak(), time.process_time(), time.perf_counter()
    async for _outcome in ingest(
        database, taken, max_bytes=MAX_BYTES, now=lambda: datetime.now(UTC)
    ):
        pass
    seconds, spent = time.perf_counter() - started, time.process_time() - processor
    return Run(len(taken) / seconds, spent * 1000 / len(taken), _peak() - before)


def _write(folder: Path, suffix: str = "") -> None:
    for number, content in enumerate(descriptions(RECORDS, letters=as_real)):
        named = {**content, "name": f"{content['name']}{suffix}"}
        Path(folder, f"{number}.yml").write_bytes(orjson.dumps(named))


def _peak() -> int:
    """Bytes; macOS counts them, Linux kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
