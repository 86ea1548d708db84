"""Software is the same whichever way its file came: alone, with many others, or from a peer."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from app.catalogue import parts, records
from app.catalogue.entry import ROOT_ID
from app.catalogue.tables import (
    Software,
    SoftwareNameStart,
    SoftwareWords,
    VocabularyTrigram,
    VocabularyWord,
)
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation.driver import HarvestedRecord
from app.ingest.reports import reports
from app.ingest.submission import Source, Submission, prepare, submit, submit_all
from app.publiccode import validate
from tests.federation.scripted import Stage, page, url_of

pytestmark = pytest.mark.anyio

CONFORMANCE = Path(__file__).parents[1] / "conformance"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILES = {
    url_of(f"{file.parent.name}-{file.stem}"): content
    for file in sorted(CONFORMANCE.glob("*/*.yml"))[::6]
    if validate(content := file.read_bytes()).description
}
TABLES: tuple[type[SQLModel], ...] = (
    Software,
    *parts.PARTS.values(),
    SoftwareWords,
    SoftwareNameStart,
    VocabularyWord,
    VocabularyTrigram,
)
THEIR_OWN = {"id", "software_id", "created_at", "updated_at", "revision", "document", "item"}
"""Columns that tell the moment, the catalogue and the ids, which are never the same again."""


async def alone(database: Database) -> None:
    for url, content in FILES.items():
        async with transaction(database) as session:
            source, report = Source(ROOT_ID, url), await prepare(content)
            await submit(session, source, content, report, url=url, now=NOON)


async def together(database: Database) -> None:
    read = await reports(database, list(FILES.values()), major=0)
    submissions = [
        Submission(Source(ROOT_ID, url), content, report, url, rendering=rendering)
        for (url, content), (report, rendering) in zip(FILES.items(), read, strict=True)
    ]
    async with transaction(database) as session:
        await submit_all(session, submissions, now=NOON)


async def from_a_peer(database: Database) -> None:
    stage = Stage(database)
    said = [HarvestedRecord(source_id=url, url=url, text=content) for url, content in FILES.items()]
    middle = len(said) // 2
    run = await stage.harvest(
        await stage.follow(), page(*said[:middle], cursor="1"), page(*said[middle:])
    )
    assert run.error is None


WAYS: tuple[Callable[[Database], Awaitable[None]], ...] = (alone, together, from_a_peer)


async def stored(database: Database) -> dict[str, list[str]]:
    """`{table: its rows}`, of software by its address."""
    async with reading(database) as session:
        urls = {row.id: row.url for row in (await session.execute(select(Software))).scalars()}
        return {
            table.__name__: sorted(
                repr((urls.get(getattr(row, "software_id", "")), row.model_dump(exclude=THEIR_OWN)))
                for row in (await session.execute(select(table))).scalars()
            )
            for table in TABLES
        }


async def forget(database: Database) -> None:
    async with transaction(database) as session:
        for software in (await session.execute(select(Software))).scalars().all():
            await records.withdraw(session, software.id, reason="test", now=NOON)


async def test_software_is_the_same_whichever_way_it_came(database: Database) -> None:
    assert len(FILES) > 20
    found = []
    for take in WAYS:
        await take(database)
        found.append(await stored(database))
        await forget(database)
        assert not any((await stored(database)).values())
    first, *others = found
    for other in others:
        assert other == first
