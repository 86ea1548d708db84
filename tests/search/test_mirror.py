"""Columns in step with the catalogue: whatever happens to it, they are as if they were read anew."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from app.catalogue import changes, records
from app.catalogue.entry import ROOT_ID
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.transaction import transaction
from app.database import Database, Session, open_database, reading
from app.ingest.editing import SoftwareEdit, revise
from app.ingest.submission import Source, prepare, submit
from app.search import mirror as followed
from app.search.find import SearchResult, find
from app.search.matching import matches, matching
from app.search.mirror import Mirror, reading_ahead
from app.search.query import SearchQuery
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HANGS = 60
QUERIES: tuple[dict[str, object], ...] = (
    {},
    {"sort": "name"},
    {"sort": "updated", "platform": ["web"]},
    {"sort": "released"},
    {"q": "snow"},
    {"q": "snow -ice", "country": ["SE"]},
    {"q": "-snow"},
    {"q": '-ice -"snow ploughs" -plo*'},
    {"usedBy": ["kommun 1"], "explain": True},
    {"organisation": ["kommun 2", "https://kommun.example.org/1"]},
    {"catalog": [ROOT_ID], "license": ["copyleft"]},
)


async def write(database: Database, key: int, chance: Random, turn: int = 0) -> str:
    data = a_file(
        f"https://git.example.org/mirror/{key}",
        name=f"{chance.choice('åzab')} {chance.choice(['snow', 'ice'])}",
        platforms=chance.sample(["web", "ios", "linux"], 2),
        releaseDate=chance.choice(["2026-01-01", "2020-02-02", None]),
        usedBy=[f"Kommun {chance.randrange(3)}"],
        organisation={
            "name": f"Kommun {chance.randrange(3)}",
            "uri": f"https://kommun.example.org/{chance.randrange(3)}",
        },
        intendedAudience={"countries": chance.sample(["SE", "IT", "NL"], 2)},
        legal={"license": chance.choice(["MIT", "EUPL-1.2"])},
        description={"en": texts(shortDescription=chance.choice(["Snow and ice", "Ploughs"]))},
    )
    async with transaction(database) as session:
        submitted = await submit(
            session,
            Source(ROOT_ID, str(key)),
            data,
            await prepare(data),
            now=NOON + timedelta(seconds=turn),
        )
    return submitted.software_id or ""


async def ask(session: Session, mirror: Mirror, query: dict[str, object]) -> SearchResult:
    asked = SearchQuery.model_validate(query)
    return await find(session, mirror, asked, choose=lambda tags: tags[0], now=NOON)


async def test_columns_follow_whatever_happens(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed, "MOST_CHANGES", 5)
    chance, mirror = Random(5), Mirror()
    ids = [await write(database, key, chance) for key in range(8)]
    for turn in range(1, 7):
        for key in chance.sample(range(8), turn):
            match chance.randrange(4):
                case 0:
                    async with transaction(database) as session:
                        try:
                            await records.withdraw(session, ids[key], reason="over", now=NOON)
                        except SoftwareNotFound:
                            continue
                case 1:
                    async with transaction(database) as session:
                        try:
                            edit = SoftwareEdit(active=bool(turn % 2))
                            held = await records.held(session, ids[key])
                            await revise(session, held, edit, now=NOON)
                        except SoftwareNotFound:
                            continue
                case _:
                    ids[key] = await write(database, key, chance, turn)
        async with reading(database) as session:
            for query in QUERIES:
                assert await ask(session, mirror, query) == await ask(session, Mirror(), query)


async def test_one_is_found_alone_as_it_is_among_all(database: Database) -> None:
    chance = Random(6)
    ids = [await write(database, key, chance) for key in range(8)]
    async with reading(database) as session:
        for query in map(SearchQuery.model_validate, QUERIES):
            alone = [id for id in ids if await matches(session, query, id)]
            assert sorted(alone) == sorted(await matching(session, Mirror(), query))
        assert not await matches(session, SearchQuery(), "unheard-of")


async def test_session_that_is_behind_begins_anew(database: Database) -> None:
    mirror, chance = Mirror(), Random(7)
    await write(database, 1, chance)
    async with reading(database) as early, reading(database) as late:
        assert (await ask(early, Mirror(), {})).total == 1
        await write(database, 2, chance)
        assert (await ask(late, mirror, {})).total == 2
        assert (await ask(early, mirror, {})).total == 2


async def test_another_log_is_read_from_its_beginning(database: Database) -> None:
    mirror = Mirror()
    await write(database, 1, Random(8))
    async with reading(database) as session:
        assert (await ask(session, mirror, {})).total == 1
    async with database.writing.begin() as connection:
        await connection.execute(text("UPDATE software SET active = false"))
        await connection.execute(text("UPDATE change_head SET epoch = 'another'"))
    async with reading(database) as session:
        assert (await ask(session, mirror, {})).total == 0


async def test_searches_agree_with_themselves_while_others_write(database: Database) -> None:
    mirror, chance = Mirror(), Random(9)
    await write(database, 0, chance)
    is_over = asyncio.Event()

    async def searching() -> None:
        while not is_over.is_set():
            async with reading(database) as session:
                found = await ask(session, mirror, {"q": "snow", "page[size]": 100})
            counted = sum(each.count for each in found.facets["developmentStatus"])
            assert found.total == len(found.items) == counted

    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(searching())
        for turn in range(15):
            await write(database, chance.randrange(10), chance, turn)
        is_over.set()


async def test_columns_are_read_before_anybody_asks(database: Database) -> None:
    mirror = Mirror()
    await write(database, 1, Random(10))
    async with reading(database) as session:
        head = await changes.head(session)
    async with reading_ahead(mirror, database) as task:
        await asyncio.wait_for(task, HANGS)

    assert mirror.head == head


async def test_whoever_ends_at_once_does_not_wait_for_columns(database: Database) -> None:
    async with reading_ahead(Mirror(), database):
        pass


async def test_a_service_begins_without_tables_to_read(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/empty.db")
    async with reading_ahead(Mirror(), database) as task:
        await asyncio.wait_for(task, HANGS)
    await database.close()
