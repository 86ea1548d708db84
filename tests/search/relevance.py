"""The relevance set: invented software, what people look for in it, and how good an answer is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import log2
from pathlib import Path
from typing import Any

import yaml

from app.api.negotiation import negotiate
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.find import find
from app.search.index import SearchIndex
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from tests.builders import a_file, texts

HERE = Path(__file__).parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESS = "https://git.example.org/invented/"
LANGUAGES = frozenset({"sv", "da", "nb", "de", "nl", "fr", "it", "es", "fi", "en"})
BEST = 10


@dataclass(frozen=True)
class Wish:
    """What somebody looks for, and what they hope to find: `{key of the software: grade}`."""

    language: str
    words: str
    grades: Mapping[str, int]


def wishes() -> list[Wish]:
    """The relevance set."""
    return [
        Wish(language, str(words), grades)
        for language, queries in _read("relevance.yml").items()
        for words, grades in queries.items()
    ]


async def fill(database: Database) -> None:
    """Store the invented software."""
    async with transaction(database) as session:
        for key, data in _files():
            source = Source(ROOT_ID, key)
            await submit(session, source, data, await prepare(data), now=NOON)


async def answer(database: Database, wish: Wish, index: SearchIndex | None = None) -> list[str]:
    """The keys of what is found, best first; by the database's own index if no other is given."""
    query = SearchQuery.model_validate({"q": wish.words, "page[size]": 100})
    async with reading(database) as session:
        result = await find(
            session,
            Mirror(),
            query,
            index=index,
            choose=partial(negotiate, wish.language),
            now=NOON,
        )
    return [item["url"].removeprefix(ADDRESS) for item in result.items]


def ndcg(found: list[str], grades: Mapping[str, int]) -> float:
    """How near the first ten are to the best order there is, from 0 to 1.

    Normalised discounted cumulative gain. Where nothing fits, finding nothing is perfect.
    """
    best = _gain(sorted(grades.values(), reverse=True))
    if not best:
        return 0.0 if found else 1.0
    return _gain([grades.get(key, 0) for key in found]) / best


def _gain(grades: list[int]) -> float:
    return sum(float(2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:BEST]))


def _files() -> Iterator[tuple[str, bytes]]:
    for key, said in _read("catalogue.yml").items():
        yield (
            key,
            a_file(
                ADDRESS + key,
                name=said["name"],
                developmentStatus=said.get("status", "stable"),
                usedBy=[f"Kommun {number}" for number in range(said.get("users", 0))] or None,
                description={
                    language: _texts(*said[language]) for language in said if language in LANGUAGES
                },
            ),
        )


def _texts(short: str, *features: str) -> Mapping[str, Any]:
    long = f"{short}. {'. '.join(features)}. " * 4
    return texts(shortDescription=short, features=list(features), longDescription=long)


def _read(name: str) -> dict[str, Any]:
    text = (HERE / name).read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)  # noqa: TID251 - our own file, and not deep
    return read
