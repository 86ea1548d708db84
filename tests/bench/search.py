"""How long searches take among 100,000 invented descriptions, and what the index costs those who write.

Each search is measured in turns with the bare ranked query of its engine: the same words, the best
25 rows, and nothing else. `SOFTWARE=5000` measures among fewer. `DATABASES` names catalogues that
are filled once and measured again: `sqlite:///kept.db postgresql://…`.
"""

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import text

from app.catalogue import changes, mapping
from app.catalogue.transaction import transaction
from app.database import Database, open_database, reading, upgrade
from app.ingest.submission import Submission, submit_all
from app.publiccode import Description
from app.search.find import SearchResult, find
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from app.search.terms import terms
from tests import postgres
from tests.bench.synthetic.descriptions import COUNTRIES, PLANTED, PLATFORMS, descriptions
from tests.bench.synthetic.filling import fill, submission

SOFTWARE = int(os.environ.get("SOFTWARE") or 100_000)
ROUNDS = int(os.environ.get("ROUNDS") or 200)
WRITTEN = 200
"""Files of which each is written anew with the index and without it."""
DEEP = 40
"""Pages behind the first one."""
NOW = datetime(2026, 11, 24, tzinfo=UTC)

BARE = {
    "sqlite": "SELECT rowid FROM software_fts WHERE software_fts MATCH :words"
    " ORDER BY bm25(software_fts, 1.0, 0.5, 0.3, 0.1) LIMIT 25",
    "postgresql": "SELECT id FROM software_words WHERE document_vector @@ to_tsquery('simple', :words)"
    " ORDER BY ts_rank('{0.1, 0.3, 0.5, 1.0}', document_vector, to_tsquery('simple', :words)) DESC"
    " LIMIT 25",
}
WITHOUT_INDEX = {
    "sqlite": [f"DROP TRIGGER software_words_{moment}" for moment in ("ai", "ad", "au")],
    "postgresql": ["ALTER TABLE software_words DROP COLUMN document_vector"],
}
SIGNS = {"sqlite": '" OR "', "postgresql": "' | '"}
"""Between the forms of a word, which are quoted in both."""


def run() -> Iterator[tuple[str, str]]:
    """How long searches take, and what writing costs, on each engine."""
    if named := os.environ.get("DATABASES", "").split():
        for url in named:
            yield from asyncio.run(_searches(url))
        return
    for database in (_sqlite, _postgresql):
        with database() as url:
            yield from asyncio.run(_searches(url))
        with database() as with_index, database() as without:
            yield from asyncio.run(_writes(with_index, without))


async def _searches(url: str) -> list[tuple[str, str]]:
    async with _filled(url, SOFTWARE) as database:
        mirror, engine = Mirror(), database.reading.dialect.name
        rows = [await _reading_in(database, mirror)]
        bench = Bench(database, mirror)
        for kind, (_, planted) in PLANTED.items():
            number = ROUNDS if kind != "common" else ROUNDS // 2
            rows.append((f"{engine}: {kind} words", await bench.words(planted, number)))
        rows.append((f"{engine}: filters only", _spread(await bench.timed(_filters(), ROUNDS))))
        for name, first in (
            ("words", {"q": PLANTED["common"][1][0]}),
            ("filters", {"platform": ["web"]}),
        ):
            deep = await bench.deep(first)
            rows.append(
                (f"{engine}: page {DEEP} of {name}", _spread(await bench.timed([deep], 20)))
            )
        return rows


class Bench:
    """One catalogue, and the columns of it."""

    def __init__(self, database: Database, mirror: Mirror) -> None:
        self._database, self._mirror = database, mirror

    async def find(self, query: Mapping[str, Any]) -> SearchResult:
        """A page of 25 with all facets, as a request would get it."""
        async with reading(self._database) as session:
            return await find(
                session,
                self._mirror,
                SearchQuery.model_validate(query),
                choose=lambda tags: tags[0],
                now=NOW,
            )

    async def bare(self, word: str) -> None:
        """The best 25 by nothing but their words."""
        engine = self._database.reading.dialect.name
        sign = SIGNS[engine]
        forms = sign.join(row[0] for row in terms(word)[0].alternatives)
        asked = {"words": f"{sign[0]}{forms}{sign[0]}"}
        async with reading(self._database) as session:
            (await session.execute(text(BARE[engine]), asked)).all()

    async def timed(self, queries: Iterable[Mapping[str, Any]], number: int) -> list[float]:
        """Seconds of each of so many searches."""
        return [await _seconds(self.find(query)) for query in islice(cycle(queries), number)]

    async def words(self, planted: Sequence[str], number: int) -> str:
        """Searches for these words, in turns with the bare queries."""
        await self.bare(planted[0])
        await self.find({"q": planted[0]})
        bare, found = [], []
        for word in islice(cycle(planted), number):
            bare.append(await _seconds(self.bare(word)))
            found.append(await _seconds(self.find({"q": word})))
        ratios = (f"{_at(found, part) / _at(bare, part):.2f}" for part in (50, 99))
        return f"{_spread(found)}; bare {_spread(bare)}; ratios {', '.join(ratios)}"

    async def deep(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The query for a page far behind the first."""
        after = None
        for _ in range(DEEP // 4):
            whole = {**query, "page[size]": 100} | ({"page[after]": after} if after else {})
            after = (await self.find(whole)).next or after
        return {**query, "page[after]": after}


async def _reading_in(database: Database, mirror: Mirror) -> tuple[str, str]:
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    async with reading(database) as session:
        columns = await mirror.columns(session)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    seconds = time.perf_counter() - begin
    label = f"{database.reading.dialect.name}: {len(columns):,} software read into columns"
    return label, f"{seconds:.1f} s, {grown / 1024:.0f} MB"


def _filters() -> Iterator[dict[str, Any]]:
    """Two or three filters each."""
    chance = Random(5)  # noqa: S311 - nothing secret
    while True:
        yield {
            "platform": [chance.choice(PLATFORMS)],
            "country": chance.sample(COUNTRIES, 2),
            **chance.choice(
                (
                    {},
                    {"license": ["copyleft"]},
                    {"developmentStatus": ["stable"]},
                    {"organisation": ["kommun 12"]},
                    {"sort": "name"},
                    {"sort": "updated"},
                )
            ),
        }


async def _writes(with_index: str, without: str) -> list[tuple[str, str]]:
    async with _filled(with_index, WRITTEN * 10) as one, _filled(without, WRITTEN * 10) as other:
        engine = one.reading.dialect.name
        async with other.writing.begin() as connection:
            for statement in WITHOUT_INDEX[engine]:
                await connection.execute(text(statement))
        took: dict[Database, list[float]] = {one: [], other: []}
        stemming = []
        for content in descriptions(WRITTEN):
            content["description"] = dict(reversed(content["description"].items()))
            anew = await submission({**content, "softwareVersion": "anew"})
            for database in (one, other):
                took[database].append(await _seconds(_write(database, anew)))
            begin = time.perf_counter()
            mapping.search_words("", anew.report.description or Description())
            stemming.append(time.perf_counter() - begin)
        indexed, bare, stems = (_at(each, 50) * 1000 for each in (*took.values(), stemming))
        return [
            (
                f"{engine}: a write",
                f"{indexed:.1f} ms with index, {bare:.1f} without: {indexed / bare:.2f} ×",
            ),
            (
                f"{engine}: and without stemming",
                f"{bare - stems:.1f} ms: {indexed / (bare - stems):.2f} ×",
            ),
        ]


async def _write(database: Database, anew: Submission) -> None:
    async with transaction(database) as session:
        await submit_all(session, [anew], now=NOW)


@asynccontextmanager
async def _filled(url: str, number: int) -> AsyncIterator[Database]:
    """A catalogue with so much software, unless it has some already."""
    database = open_database(url)
    await upgrade(database)
    async with reading(database) as session:
        is_empty = (await changes.head(session)).sequence == 0
    if is_empty:
        await fill([database], descriptions(number))
    yield database
    await database.close()


async def _seconds(work: Awaitable[object]) -> float:
    begin = time.perf_counter()
    await work
    return time.perf_counter() - begin


def _at(seconds: Sequence[float], percent: int) -> float:
    return float(np.percentile(seconds, percent))


def _spread(seconds: Sequence[float]) -> str:
    return f"p50 {_at(seconds, 50) * 1000:.1f}, p99 {_at(seconds, 99) * 1000:.1f} ms"


@contextmanager
def _sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as address:
        yield address.render_as_string(hide_password=False)
