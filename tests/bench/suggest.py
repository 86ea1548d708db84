"""How long suggestions take while somebody types, among many names, on each engine."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate, islice
from statistics import quantiles
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import SQLModel

from app import words
from app.catalogue import mapping, vocabulary
from app.catalogue.entry import Tier
from app.catalogue.tables import (
    Software,
    SoftwareNameStart,
    VocabularyTrigram,
    VocabularyWord,
)
from app.catalogue.transaction import transaction
from app.database import Database, open_database, reading, upgrade
from app.publiccode import Description
from app.search.suggestions import suggest
from tests.bench._engines import ENGINES

NUMBER = int(os.environ.get("SAMKOD_BENCH_SOFTWARE", "100000"))
WORDS = 60_000
WORDS_OF_A_SUMMARY = 25
ASKED = 200
LOT = 5000
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SYLLABLES = [first + last for first in "bdfghjklmnprstv" for last in ("a", "e", "i", "or", "un")]


def run() -> list[tuple[str, str]]:
    """Milliseconds for five suggestions of each kind."""
    rows = []
    for engine, opened in ENGINES:
        with opened() as url:
            for typed, took in asyncio.run(_measure(url)).items():
                parts = quantiles(took, n=100)
                rows.append(
                    (
                        f"{engine}: {typed} among {NUMBER:,}",
                        f"p50 {parts[49] * 1000:.1f} ms, p99 {parts[98] * 1000:.1f} ms",
                    )
                )
    return rows


async def _measure(url: str) -> dict[str, list[float]]:
    database = open_database(url)
    await upgrade(database)
    chance = random.Random(1)
    names = list(islice(_names(chance), NUMBER))
    await _fill(database, names, chance)
    took: dict[str, list[float]] = {"warm-up": []}
    for name in chance.sample(names, ASKED):
        slipped = _slipped(name, chance)
        for label, typed in {
            "1 letter": name[:1],
            "3 letters": name[:3],
            "6 letters": name[:6],
            "6 letters, one of them wrong": slipped[:6],
            "a name with a slip": slipped,
        }.items():
            started = time.perf_counter()
            async with reading(database) as session:
                await suggest(session, typed, reader="en", limit=5)
            took.setdefault(label, []).append(time.perf_counter() - started)
    await database.close()
    del took["warm-up"]
    return took


async def _fill(database: Database, names: list[str], chance: random.Random) -> None:
    lexicon = [_word(chance) for _ in range(WORDS)]
    weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    known: Counter[str] = Counter()
    for start in range(0, len(names), LOT):
        software: list[dict[str, Any]] = []
        starts: list[dict[str, Any]] = []
        for number, name in enumerate(names[start : start + LOT], start):
            id, described = f"{number:08}", Description(name=name)
            software.append(
                {
                    **dict.fromkeys(("revision", "described", "document", "item"), ""),
                    "id": id,
                    "active": True,
                    "valid": True,
                    "stale": False,
                    "tier": Tier.PUBLISHED,
                    "created_at": NOON,
                    "updated_at": NOON,
                    **mapping.columns(described),
                    "users": number % 7,
                }
            )
            starts += ({"software_id": id, **row} for row in mapping.name_starts(described))
            summary = chance.choices(lexicon, cum_weights=weights, k=WORDS_OF_A_SUMMARY)
            known.update({*words.spellings(name), *summary})
        await _insert(database, Software, software)
        await _insert(database, SoftwareNameStart, starts)
    spellings = sorted(known)
    for start in range(0, len(spellings), LOT):
        lot = [(each, vocabulary.folded(each)) for each in spellings[start : start + LOT]]
        counted = [
            {"spelling": each, "folded": folded, "documents": known[each]} for each, folded in lot
        ]
        trigrams = [
            {"trigram": trigram, "length": len(folded), "spelling": each}
            for each, folded in lot
            for trigram in words.trigrams(folded)
        ]
        await _insert(database, VocabularyWord, counted)
        await _insert(database, VocabularyTrigram, trigrams)
    async with transaction(database) as session:
        await session.execute(text("ANALYZE"))


async def _insert(database: Database, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    async with transaction(database) as session:
        await session.execute(insert(table), rows)


def _names(chance: random.Random) -> Iterator[str]:
    """One to three words, of which the first is mostly the software's own."""
    while True:
        yield " ".join(_word(chance).capitalize() for _ in range(chance.randint(1, 3)))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 6)))


def _slipped(name: str, chance: random.Random) -> str:
    place = chance.randrange(2, max(3, min(len(name), 6)))
    return name[: place - 1] + "x" + name[place:]
