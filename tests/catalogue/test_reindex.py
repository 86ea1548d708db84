"""Search words made anew, while others write, and as often as one likes."""

from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.catalogue import changes, records
from app.catalogue.entry import ROOT_ID
from app.catalogue.reindex import count, reindex
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.find import find
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from app.search.suggestions import suggest
from app.search.tantivy import Tantivy
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILES = 5
ENTITIES = ("software", "publisher", "catalog", "bundle")
NEEDED = (
    "SELECT * FROM software_words ORDER BY id",
    "SELECT * FROM software_name_starts ORDER BY software_id, position",
    "SELECT * FROM organisation_name_starts ORDER BY uri, position",
    "SELECT * FROM vocabulary ORDER BY spelling",
    "SELECT count(*) FROM vocabulary_trigrams",
    "SELECT id, sort_name, updated_at, revision FROM software ORDER BY id",
)
FORGET = (
    "UPDATE software_words SET name = '', summary = '', titles = '', spellings = ''",
    "UPDATE software SET sort_name = ''",
    "DELETE FROM software_name_starts",
    "DELETE FROM organisation_name_starts",
    "DELETE FROM vocabulary",
    "DELETE FROM vocabulary_trigrams",
)


async def write(database: Database, number: int, name: str) -> str:
    url = f"https://git.example.org/invented/{number}"
    organisation = {"name": f"Organ {number}", "uri": f"https://organ.example.org/{number}"}
    data = a_file(url, name=name, description={"sv": texts()}, organisation=organisation)
    async with transaction(database) as session:
        submitted = await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)
    return submitted.software_id or ""


async def state(database: Database) -> list[list[Any]]:
    async with reading(database) as session:
        return [[*map(tuple, await session.execute(text(query)))] for query in NEEDED]


async def forget(database: Database) -> None:
    async with transaction(database) as session:
        for statement in FORGET:
            await session.execute(text(statement))


async def found(database: Database, word: str) -> tuple[int, int]:
    """How many software a search finds, and how many names are suggested."""
    async with reading(database) as session:
        query = SearchQuery(q=word)
        result = await find(session, Mirror(), query, choose=lambda tags: tags[0], now=NOON)
        return result.total, len(await suggest(session, word, reader="en", limit=10))


async def test_reindexing_brings_back_what_search_needs_and_tells_no_follower(
    database: Database,
) -> None:
    for number in range(FILES):
        await write(database, number, f"Felanmälan {number}")
    before = await state(database)
    async with reading(database) as session:
        head = await changes.head(session)
    await forget(database)
    assert await found(database, "felanmalan") == (0, 0)

    for _ in range(2):
        assert sum([done async for done in reindex(database, now=NOON, batch=2)]) == FILES
        assert await state(database) == before

    assert await count(database) == FILES
    assert await found(database, "felanmalan") == (FILES, FILES)
    async with reading(database) as session:
        assert await changes.since(session, head.sequence, 10, entities=ENTITIES) == []
        assert await changes.has_other_words(session, head.sequence)


async def test_a_service_that_runs_searches_by_the_new_words(
    database: Database, tmp_path: Path
) -> None:
    await write(database, 0, "Felanmälan")
    await forget(database)
    mirror, index = Mirror(), Tantivy(tmp_path)

    async def numbers(word: str) -> set[int]:
        async with reading(database) as session:
            query, choose = SearchQuery(q=word), itemgetter(0)
            return {
                (await find(session, mirror, query, index=each, choose=choose, now=NOON)).total
                for each in (None, index)
            }

    assert await numbers("felanmalan") == {0}
    assert [done async for done in reindex(database, now=NOON)] == [1]
    assert await numbers("felanmalan") == {1}


async def test_others_write_and_delete_meanwhile(database: Database) -> None:
    ids = [await write(database, number, f"Felanmälan {number}") for number in range(FILES)]
    await forget(database)

    indexing = reindex(database, now=NOON, batch=1)
    await anext(indexing)
    async with transaction(database) as session:
        await records.withdraw(session, max(ids), reason="test", now=NOON)
    await write(database, ids.index(min(ids)), "Snöröj")
    await write(database, FILES, "Plogbilen")
    async for _ in indexing:
        assert (await found(database, "plogbilen"))[0] == 1

    assert await found(database, "felanmalan") == (FILES - 2, FILES - 2)
    assert await found(database, "snoroj") == (1, 1)
    assert await found(database, "plogb") == (0, 1)


async def test_interrupted_reindexing_may_begin_again(database: Database) -> None:
    for number in range(FILES):
        await write(database, number, f"Felanmälan {number}")
    await forget(database)

    interrupted = reindex(database, now=NOON, batch=2)
    await anext(interrupted)
    await interrupted.aclose()
    assert await found(database, "felanmalan") == (2, 2)

    assert sum([done async for done in reindex(database, now=NOON, batch=2)]) == FILES
    assert await found(database, "felanmalan") == (FILES, FILES)


async def test_an_empty_catalogue_has_nothing_to_index(database: Database) -> None:
    assert [done async for done in reindex(database, now=NOON)] == []
