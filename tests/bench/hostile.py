"""How long the longest answers take to queries that are made to hurt, on each engine."""

import asyncio
import time

import httpx2

from app.database import open_database, upgrade
from app.main import create_app
from app.settings import Settings
from tests.bench._engines import ENGINES
from tests.search.hostile import FIELDS, HOSTILE, PARAMETERS
from tests.search.relevance import fill

ORDINARY = ("nothing at all, to compare with",)
"""What is not hostile, beside which the others are seen."""

SHOWN = 3
"""The slowest of each."""

TIMES = 3
"""How often each is asked; the best time counts, since others use the machine as well."""


def run() -> list[tuple[str, str]]:
    """Milliseconds of the slowest answers."""
    rows = []
    for engine, database in ENGINES:
        with database() as url:
            for path, took in asyncio.run(_measure(url)).items():
                slowest = sorted(took, key=lambda name: -took[name])[:SHOWN]
                slowest += [name for name in ORDINARY if name in took]
                rows += [
                    (f"{engine}: {path}, {name}", f"{took[name] * 1000:.0f} ms") for name in slowest
                ]
    return rows


async def _measure(url: str) -> dict[str, dict[str, float]]:
    database = open_database(url)
    await upgrade(database)
    await fill(database)
    await database.close()
    # What is kept would be timed from the second time on.
    app = create_app(Settings(database_url=url, log_level="error", worker=False, cache_bytes=0))
    took: dict[str, dict[str, float]] = {"/v1/search": {}, "/v1/suggest": {}}
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://samkod.test"
        ) as client,
    ):
        for name, text in HOSTILE.items():
            for field in FIELDS:
                took["/v1/search"][f"{name} as {field}"] = await _best(
                    client, "/v1/search", {field: text}
                )
            took["/v1/suggest"][name] = await _best(client, "/v1/suggest", {"q": text[:200]})
        for name, parameters in PARAMETERS.items():
            took["/v1/search"][name] = await _best(client, "/v1/search", parameters)
    return took


async def _best(
    client: httpx2.AsyncClient, path: str, parameters: dict[str, str | list[str]] | dict[str, str]
) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        response = await client.get(path, params=parameters)
        times.append(time.perf_counter() - started)
        if response.status_code not in (200, 422):
            raise RuntimeError(f"{response.status_code} for {parameters}")
    return min(times)
