"""How long replies of OAI-PMH take in a catalogue of 100,000 software, on each engine."""

import asyncio
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnClause,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    update,
)

from app.catalogue.standings import SETTLING
from app.catalogue.tables import ChangeHead, Record, SetMember, Software, SoftwareUrl
from app.catalogue.transaction import transaction
from app.database import Database, Table, open_database, upgrade
from app.federation.oai.arguments import utc_seconds
from tests.bench._engines import ENGINES
from tests.federation.repositories import Catalogue
from tests.federation.repositories import text as text_of

ORIGINALS = 100
COPIES = 1_000
TIMES = 5
COPIED: Mapping[type[Table], Mapping[str, str]] = {
    Software: {"id": "id || '-' || n"},
    Record: {
        name: f"{name} || '-' || n"
        for name in ("id", "source_id", "software_id", "own_software_id")
    },
    SoftwareUrl: {name: f"{name} || '-' || n" for name in ("record_id", "url", "key")},
    SetMember: {"software_id": "software_id || '-' || n", "sequence": f"sequence * {COPIES} + n"},
}
"""What differs in a copy."""


def run() -> list[tuple[str, str]]:
    """Milliseconds in the middle of five."""
    rows = []
    for engine, opened in ENGINES:
        with opened() as url:
            took = asyncio.run(_measure(url))
        rows += [(f"{engine}: {what}", f"{ms:.0f} ms") for what, ms in took.items()]
    return rows


async def _measure(url: str) -> dict[str, float]:
    database = open_database(url)
    await upgrade(database)
    catalogue = Catalogue(database)
    for number in range(ORIGINALS):
        status = "beta" if number == ORIGINALS // 2 else "stable"
        countries = {"countries": ["SE"] if number % 2 else []}
        await catalogue.put(number, developmentStatus=status, intendedAudience=countries)
    await _copy(database)
    latest = utc_seconds(catalogue.now + SETTLING)
    lists = {
        prefix: {"metadataPrefix": prefix} for prefix in ("oai_dc", "dcat_ap", "publiccode_json")
    }
    first = await catalogue.ask("ListRecords", **lists["oai_dc"])
    resumed = {"resumptionToken": text_of(first, "resumptionToken") or ""}
    asked = {
        **{f"first page, {prefix}": ("ListRecords", given) for prefix, given in lists.items()},
        "next page": ("ListRecords", resumed),
        "headers": ("ListIdentifiers", lists["oai_dc"]),
        "first page of a common set": ("ListRecords", {**lists["oai_dc"], "set": "status:stable"}),
        "first page of a rare set": ("ListRecords", {**lists["oai_dc"], "set": "status:beta"}),
        "first page of a kind": ("ListRecords", {**lists["oai_dc"], "set": "country"}),
        "what changed last": ("ListRecords", {**lists["oai_dc"], "from": latest}),
        "all sets": ("ListSets", {}),
        "who it is": ("Identify", {}),
    }
    took = {what: await _time(catalogue, *question) for what, question in asked.items()}
    await database.close()
    return took


async def _time(catalogue: Catalogue, verb: str, arguments: Mapping[str, str]) -> float:
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        await catalogue.ask(verb, **arguments)
        took.append(time.perf_counter() - started)
    return median(took) * 1000


async def _copy(database: Database) -> None:
    async with transaction(database) as session:
        for model, changed in COPIED.items():
            table = Table.metadata.tables[str(model.__tablename__)]
            names = [column.name for column in table.columns]
            values: list[ColumnClause[Any]] = [
                literal_column(changed.get(name, name)) for name in names
            ]
            copies = select(*values).select_from(table.join(_numbers(), true()))
            await session.execute(insert(table).from_select(names, copies))
        await session.execute(update(ChangeHead).values(sequence=ORIGINALS * 2 * COPIES))
    async with database.writing.begin() as connection:
        await connection.execute(text("ANALYZE"))


def _numbers() -> CTE:
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < COPIES - 1))
