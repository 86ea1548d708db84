"""How long searches take among 100,000 invented descriptions, and what the index costs those who write.

Each search is measured in turns with the bare ranked query of its engine: the same words, the best
25 rows, and nothing else. It is asked as if for the first time, when the index has to look, and
again, when what the index said is remembered; and again after a change to one software. Beside the seconds on the clock stand those of the
processor in this process, which other processes do not disturb.

`SOFTWARE=5000` measures among fewer. `DATABASES` names catalogues that are filled once and measured
again: `sqlite:///kept.db postgresql://…`.
"""

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app import garbage
from app.catalogue import changes, wording
from app.catalogue.transaction import transaction
from app.database import Database, open_database, reading, upgrade
from app.ingest.submission import Submission, submit_all
from app.publiccode import Description
from app.search.arrays import LongIntegers
from app.search.engines import text_table
from app.search.find import SearchResult, find
from app.search.index import Matches, SearchIndex
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from app.search.tantivy import Tantivy
from app.search.terms import Term, terms
from tests import postgres
from tests.bench.synthetic.descriptions import COUNTRIES, PLANTED, PLATFORMS, descriptions
from tests.bench.synthetic.filling import fill, submission

SOFTWARE = int(os.environ.get("SOFTWARE") or 100_000)
ROUNDS = int(os.environ.get("ROUNDS") or 200)
WRITTEN = 200
"""Files of which each is written anew with the index and without it."""
CHANGES = 20
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
        garbage.look_rarely()
        garbage.spare_what_is_loaded()  # As the service does when it has begun.
        mirror, engine = Mirror(), database.reading.dialect.name
        rows = [await _reading_in(database, mirror)]
        async with reading(database) as session:
            index = text_table(session)
        rows += [row async for row in _kinds(engine, Bench(database, mirror, index, engine))]
        if engine == "sqlite":
            with TemporaryDirectory() as folder:
                beside = Tantivy(Path(folder))
                rows.append(await _catching_up(database, beside))
                rows += [row async for row in _kinds("tantivy", Bench(database, mirror, beside))]
        return rows


async def _kinds(engine: str, bench: "Bench") -> AsyncIterator[tuple[str, str]]:
    for kind, (_, planted) in PLANTED.items():
        number = ROUNDS if kind != "common" else ROUNDS // 2
        yield f"{engine}: {kind} words, first", await bench.words_first(planted, number)
        again = await bench.again([{"q": word} for word in planted], number)
        yield f"{engine}: {kind} words, again", again.spread
    changed = await bench.after_changes(PLANTED["common"][1][0], CHANGES)
    yield f"{engine}: common words, after a change", changed.spread
    yield f"{engine}: filters only", (await bench.timed(_filters(), ROUNDS)).spread
    for name, first in (
        ("words", {"q": PLANTED["common"][1][0]}),
        ("filters", {"platform": ["web"]}),
    ):
        deep = await bench.deep(first)
        yield f"{engine}: page {DEEP} of {name}", (await bench.again([deep], 20)).spread


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of several runs, by the clock and of the processor."""

    clock: Sequence[float]
    processor: Sequence[float]

    @classmethod
    async def by(cls, runs: Iterable[Awaitable[object]]) -> "Took":
        """These, one after the other."""
        clock, processor = [], []
        for run in runs:
            begin, busy = time.perf_counter(), time.process_time()
            await run
            clock.append(time.perf_counter() - begin)
            processor.append(time.process_time() - busy)
        return cls(clock, processor)

    @property
    def spread(self) -> str:
        """In milliseconds."""
        busy = ", ".join(f"{_at(self.processor, part) * 1000:.1f}" for part in (50, 99))
        return f"{_spread(self.clock)} (processor {busy})"

    def compared_with(self, other: "Took") -> str:
        """How many times as long."""
        return "ratios " + ", ".join(
            f"{_at(mine, part) / _at(others, part):.2f}"
            for mine, others in ((self.clock, other.clock), (self.processor, other.processor))
            for part in (50, 99)
        )


@dataclass(frozen=True, eq=False, slots=True)
class Anew:
    """An index of which nothing is remembered, since it is another one each time."""

    index: SearchIndex

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        """What the index finds."""
        return await self.index.matches(session, terms)

    async def holding_any(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        """What the index finds."""
        return await self.index.holding_any(session, terms)


class Bench:
    """One catalogue, the columns of it, and the index that is asked.

    `engine` is the one whose bare query it is compared with, if any.
    """

    def __init__(
        self, database: Database, mirror: Mirror, index: SearchIndex, engine: str | None = None
    ) -> None:
        self._database, self._mirror, self._index = database, mirror, index
        self._engine = engine

    async def find(
        self, query: Mapping[str, Any], index: SearchIndex | None = None
    ) -> SearchResult:
        """A page of 25 with all facets, as a request would get it."""
        async with reading(self._database) as session:
            return await find(
                session,
                self._mirror,
                SearchQuery.model_validate(query),
                index=index or self._index,
                choose=lambda tags: tags[0],
                now=NOW,
            )

    async def bare(self, word: str, engine: str) -> None:
        """The best 25 by nothing but their words."""
        sign = SIGNS[engine]
        forms = sign.join(row[0] for row in terms(word)[0].alternatives)
        asked = {"words": f"{sign[0]}{forms}{sign[0]}"}
        async with reading(self._database) as session:
            (await session.execute(text(BARE[engine]), asked)).all()

    async def timed(self, queries: Iterable[Mapping[str, Any]], number: int) -> Took:
        """So many searches."""
        return await Took.by(self.find(query) for query in islice(cycle(queries), number))

    async def again(self, queries: Sequence[Mapping[str, Any]], number: int) -> Took:
        """So many searches, all of which have been asked before."""
        await self.timed(queries, len(queries))
        return await self.timed(queries, number)

    async def words_first(self, planted: Sequence[str], number: int) -> str:
        """Searches for these words, in turns with the bare queries."""
        await self.find({"q": planted[0]})
        if self._engine is None:
            asked = islice(cycle(planted), number)
            return (await Took.by(self._first(word) for word in asked)).spread
        await self.bare(planted[0], self._engine)
        turns = await Took.by(
            run
            for word in islice(cycle(planted), number)
            for run in (self.bare(word, self._engine), self._first(word))
        )
        bare = Took(turns.clock[::2], turns.processor[::2])
        found = Took(turns.clock[1::2], turns.processor[1::2])
        return f"{found.spread}; bare {bare.spread}; {found.compared_with(bare)}"

    async def _first(self, word: str) -> SearchResult:
        return await self.find({"q": word}, Anew(self._index))

    async def after_changes(self, word: str, number: int) -> Took:
        """So many searches for a word, before each of which one software changes."""
        await self.find({"q": word})
        turns = await Took.by(
            run for turn in range(number) for run in (self._change(turn), self.find({"q": word}))
        )
        return Took(turns.clock[1::2], turns.processor[1::2])

    async def _change(self, turn: int) -> None:
        """Of the first software: its version."""
        content = next(descriptions(1))
        await _write(self._database, await submission({**content, "softwareVersion": f"1.{turn}"}))

    async def deep(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The query for a page far behind the first."""
        after = None
        for _ in range(DEEP // 4):
            whole = {**query, "page[size]": 100} | ({"page[after]": after} if after else {})
            after = (await self.find(whole)).next or after
        return {**query, "page[after]": after}


async def _catching_up(database: Database, index: Tantivy) -> tuple[str, str]:
    async with reading(database) as session:
        seconds = await _seconds(index.catch_up(session))
    return "tantivy: the whole catalogue read into the index", f"{seconds:.1f} s"


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
    chance = Random(5)
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
            wording.search_words(anew.report.description or Description())
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
