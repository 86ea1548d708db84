"""How fast files are taken in, and taken again unchanged, on each engine."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.database import open_database, upgrade
from app.ingest.batch import SourceFile, files, ingest
from tests import postgres
from tests.builders import a_file

NUMBER = 300
MAX_BYTES = 1024 * 1024


def run() -> list[tuple[str, str]]:
    """Files a second, new and unchanged."""
    rows = []
    with TemporaryDirectory() as folder:
        for number in range(NUMBER):
            url = f"https://git.example.org/storabro/{number}"
            Path(folder, f"{number}.yml").write_bytes(a_file(url, name=f"Felanmälan {number}"))
        taken = files([Path(folder)])
        for engine, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
            with database() as url:
                new, unchanged = asyncio.run(_measure(url, taken))
            rows += [
                (f"{engine}: new files", f"{new:.0f}/s"),
                (f"{engine}: unchanged files", f"{unchanged:.0f}/s, {unchanged / new:.1f} × new"),
            ]
    return rows


async def _measure(url: str, taken: list[SourceFile]) -> tuple[float, float]:
    database = open_database(url)
    await upgrade(database)
    rates = []
    for _ in range(2):
        started = time.perf_counter()
        async for _outcome in ingest(
            database, taken, max_bytes=MAX_BYTES, now=lambda: datetime.now(UTC)
        ):
            pass
        rates.append(len(taken) / (time.perf_counter() - started))
    await database.close()
    return rates[0], rates[1]


@contextmanager
def _sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as address:
        yield address.render_as_string(hide_password=False)
