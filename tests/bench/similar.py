"""How long it takes to find what is similar among many, on each engine."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from statistics import quantiles
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import SQLModel

from app.catalogue import mapping, wording
from app.catalogue.entry import Tier
from app.catalogue.parts import PARTS
from app.catalogue.tables import Organisation, Software, SoftwareWords
from app.catalogue.transaction import transaction
from app.database import Database, open_database, reading, upgrade
from app.publiccode import Description, validate, vocabulary
from app.search.similar import similar
from tests.bench._engines import ENGINES
from tests.builders import a_file

NUMBER = 20_000
ASKED = 200
WORDS = 40_000
LOT = 500
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def run() -> list[tuple[str, str]]:
    """Milliseconds for ten similar ones."""
    rows = []
    for engine, opened in ENGINES:
        with opened() as url:
            took, found = asyncio.run(_measure(url))
        percentiles = quantiles(took, n=100)
        rows += [
            (f"{engine}: p50 among {NUMBER:,}", f"{percentiles[49] * 1000:.0f} ms"),
            (f"{engine}: p99", f"{percentiles[98] * 1000:.0f} ms"),
            (f"{engine}: found on average", f"{found:.1f} of 10"),
        ]
    return rows


async def _measure(url: str) -> tuple[list[float], float]:
    database = open_database(url)
    await upgrade(database)
    chance = random.Random(1)
    await _fill(database, chance)
    took, found = [], 0
    for number in chance.sample(range(NUMBER), ASKED):
        started = time.perf_counter()
        async with reading(database) as session:
            found += len(
                await similar(
                    session, _id(number), limit=10, choose=lambda tags: tags[0], language="en"
                )
            )
        took.append(time.perf_counter() - started)
    await database.close()
    return took, found / ASKED


async def _fill(database: Database, chance: random.Random) -> None:
    described = _descriptions(chance)
    for start in range(0, NUMBER, LOT):
        rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        for number in range(start, min(start + LOT, NUMBER)):
            description = next(described)
            rows[Software].append(
                {
                    **dict.fromkeys(("revision", "described", "document"), ""),
                    "id": _id(number),
                    "active": True,
                    "valid": True,
                    "stale": False,
                    "tier": Tier.PUBLISHED,
                    "created_at": NOON,
                    "updated_at": NOON,
                    "item": _item(number),
                    **mapping.columns(description),
                }
            )
            rows[SoftwareWords].append(
                {"software_id": _id(number), **wording.search_words(description)}
            )
            for name, several in mapping.parts(description).items():
                rows[PARTS[name]] += ({"software_id": _id(number), **row} for row in several)
        async with transaction(database) as session:
            if start == 0:
                named = [{"uri": _uri(number), "name": f"Kommun {number}"} for number in range(500)]
                await session.execute(insert(Organisation), named)
            for table, values in rows.items():
                await session.execute(insert(table), values)
    async with transaction(database) as session:
        await session.execute(text("ANALYZE"))


def _descriptions(chance: random.Random) -> Iterator[Description]:
    """Words and categories by Zipf's law: the first in half of all descriptions, most in a few."""
    described = validate(a_file()).description or Description()
    template = described.to_json()
    words = [f"w{number:x}q" for number in range(WORDS)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(WORDS)))
    categories = sorted(vocabulary.categories())
    popular = list(accumulate(1 / (rank + 1) for rank in range(len(categories))))

    def text_of(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=length))

    while True:
        number = chance.randrange(500)
        yield Description.from_json(
            template
            | {
                "name": text_of(2),
                "description": {
                    tag: {
                        "shortDescription": text_of(12),
                        "longDescription": text_of(200),
                        "features": [text_of(4) for _ in range(5)],
                    }
                    for tag in chance.sample(["sv", "en", "it", "de"], k=chance.choice((1, 1, 2)))
                },
                "categories": list(
                    dict.fromkeys(chance.choices(categories, cum_weights=popular, k=3))
                ),
                "organisation": {"uri": _uri(number), "name": f"Kommun {number}"},
                "dependsOn": {"open": [{"name": f"d{int(chance.paretovariate(0.6))}"}]},
            }
        )


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def _uri(number: int) -> str:
    return f"https://kommun-{number}.example.org/"


def _item(number: int) -> str:
    return f'{{"id": "{_id(number)}", "language": "en", "name": "Software {number}"}}'
