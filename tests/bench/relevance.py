"""How good the first ten results of the relevance set are, on each engine."""

import asyncio
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from app.database import open_database, reading, upgrade
from app.search.tantivy import Tantivy
from tests.bench._engines import postgresql, sqlite
from tests.search.relevance import answer, fill, ndcg, wishes


def run() -> list[tuple[str, str]]:
    """nDCG@10 on average, how many queries are answered perfectly, and the worst one."""
    rows = []
    for engine, database, has_index in (
        ("SQLite", sqlite, False),
        ("PostgreSQL", postgresql, False),
        ("tantivy", sqlite, True),
    ):
        with database() as url:
            gains = asyncio.run(_measure(url, has_index=has_index))
        worst = min(gains, key=lambda words: gains[words])
        perfect = sum(gain > 0.999 for gain in gains.values())
        rows += [
            (f"{engine}: nDCG@10", f"{mean(gains.values()):.3f}"),
            (f"{engine}: perfect answers", f"{perfect} of {len(gains)}"),
            (f"{engine}: worst answer", f"{gains[worst]:.2f} for {worst}"),
        ]
    return rows


async def _measure(url: str, *, has_index: bool) -> dict[str, float]:
    database = open_database(url)
    await upgrade(database)
    await fill(database)
    with TemporaryDirectory() as folder:
        index = Tantivy(Path(folder)) if has_index else None
        if index:
            async with reading(database) as session:
                await index.catch_up(session)
        gains = {
            wish.words: ndcg(await answer(database, wish, index), wish.grades) for wish in wishes()
        }
    await database.close()
    return gains
