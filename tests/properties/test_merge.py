"""Whatever comes first: the same statements make the same software, with the same fields."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogue import catalogs, profiles, records, software
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import Identifier, Provenance, Scheme, SoftwareFilter, Statement
from app.catalogue.transaction import transaction
from app.database import Database, open_database, reading
from app.federation import provenance
from app.pagination import PageRequest
from app.publiccode import validate
from tests.builders import a_file

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCES = 5


@dataclass(frozen=True)
class Said:
    """What one of the catalogues says: which addresses, which item of Wikidata, and how it came."""

    addresses: tuple[int, ...]
    item: int | None
    origin: int | None
    via: int
    priority: int
    status: str
    user: str
    valid: bool

    def statement(self, number: int, catalog_id: str) -> Statement:
        urls = tuple(f"https://git.example.org/storabro/{each}" for each in self.addresses)
        raw = a_file(
            urls[0],
            name=f"Namn {number}",
            developmentStatus=self.status if self.valid else "finished",
            usedBy=[self.user],
        )
        items = () if self.item is None else (Identifier(Scheme.WIKIDATA, f"Q{self.item}"),)
        come = Provenance(
            origin_catalog=None if self.origin is None else f"https://{self.origin}.example",
            via=tuple(f"https://via{each}.example" for each in range(self.via)),
            priority=self.priority,
            modified=NOON + timedelta(days=number % 2),
            identifiers=items,
        )
        return Statement(catalog_id, f"s{number}", raw, validate(raw), urls, provenance=come)


SAID = st.builds(
    Said,
    addresses=st.lists(st.integers(0, 5), min_size=1, max_size=2, unique=True).map(tuple),
    item=st.none() | st.integers(0, 1),
    origin=st.none() | st.integers(0, 1),
    via=st.integers(0, 1),
    priority=st.integers(0, 1),
    status=st.sampled_from(["stable", "beta", "concept"]),
    user=st.sampled_from(["Storabro", "STORABRO", "Roma"]),
    valid=st.booleans(),
)
SEVERAL = st.lists(SAID, min_size=SOURCES, max_size=SOURCES)
ORDER = st.permutations(range(SOURCES))


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(said=SEVERAL, one=ORDER, other=ORDER, passing=SAID, size=st.integers(1, SOURCES))
def test_order_of_arrival_is_nothing(
    migrated_sqlite: Path,
    said: list[Said],
    one: list[int],
    other: list[int],
    passing: Said,
    size: int,
) -> None:
    """Nor does it matter how many come at once, or what was there for a time and has gone."""
    expected = asyncio.run(_union(migrated_sqlite, said, one, size=1))

    assert asyncio.run(_union(migrated_sqlite, said, other, size=size, passing=passing)) == expected


async def _union(
    template: Path,
    said: list[Said],
    order: Sequence[int],
    *,
    size: int,
    passing: Said | None = None,
) -> list[Any]:
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{shutil.copy(template, folder)}")
        try:
            await _write(database, said, order, size, passing)
            return await _seen(database)
        finally:
            await database.close()


async def _write(
    database: Database, said: list[Said], order: Sequence[int], size: int, passing: Said | None
) -> None:
    async with transaction(database) as session:
        ids = [
            (
                await catalogs.create(
                    session,
                    CatalogDraft(name=f"K {number}", alternative_id=f"k{number}"),
                    now=NOON,
                )
            ).id
            for number in range(SOURCES + 1)
        ]
    statements = [said[number].statement(number, ids[number]) for number in order]
    if passing:
        statements.insert(size, passing.statement(SOURCES, ids[SOURCES]))
    for start in range(0, len(statements), size):
        async with transaction(database) as session:
            now = NOON + timedelta(minutes=start)
            await records.write_all(session, statements[start : start + size], now=now)
    if passing:
        async with transaction(database) as session:
            await records.withdraw_sources(
                session, ids[SOURCES], [f"s{SOURCES}"], reason="gone", now=NOON
            )


async def _seen(database: Database) -> list[Any]:
    """Of each software its sources in their order, and its fields: all that has no id or time of ours."""
    async with reading(database) as session:
        page = await software.listing(session, SoftwareFilter(), PageRequest(size=100))
        found = []
        for entry in page.items:
            explained = await provenance.explain(session, entry.id)
            named = {each.id: each.source_id for each in explained.sources}
            profile = await profiles.get(session, entry.id)
            found.append(
                [
                    [each.source_id for each in explained.sources],
                    {field: [named[id] for id in ids] for field, ids in explained.fields.items()},
                    profile.description.to_json(),
                ]
            )
    return sorted(found, key=lambda each: orjson.dumps(each))
