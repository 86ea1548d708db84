"""What an index that looks at each software by itself has said is remembered when others change."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import records
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search import selection
from app.search.arrays import LongIntegers
from app.search.find import SearchResult, find
from app.search.index import Matches
from app.search.mirror import Mirror
from app.search.postgres import TextVector
from app.search.query import SearchQuery
from app.search.terms import Term
from tests.builders import a_file

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = -1


class Listening(TextVector):
    """Notes of how much software it was asked for by itself."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        self.asked.append(ALL)
        return await super().matches(session, terms)

    async def matches_among(
        self, session: AsyncSession, terms: Sequence[Term], words_ids: LongIntegers
    ) -> Matches:
        self.asked.append(len(words_ids))
        return await super().matches_among(session, terms, words_ids)


async def write(database: Database, key: int, name: str) -> str:
    data = a_file(f"https://git.example.org/lasting/{key}", name=name)
    async with transaction(database) as session:
        submitted = await submit(
            session, Source(ROOT_ID, str(key)), data, await prepare(data), now=NOON
        )
    assert submitted.software_id
    return submitted.software_id


async def search(database: Database, mirror: Mirror, index: TextVector) -> SearchResult:
    async with reading(database) as session:
        return await find(
            session,
            mirror,
            SearchQuery(q="snow", explain=True),
            index=index,
            choose=lambda tags: tags[0],
            now=NOON,
        )


async def test_only_what_changed_is_asked_for(database: Database) -> None:
    mirror, index = Mirror(), Listening()
    ids = [await write(database, key, f"Snow {key}") for key in range(6)]
    assert (await search(database, mirror, index)).total == 6

    await write(database, 0, "Snow and ice")
    await write(database, 1, "Ice")
    await write(database, 6, "Snow anew")
    async with transaction(database) as session:
        await records.withdraw(session, ids[2], reason="over", now=NOON)
    found = await search(database, mirror, index)

    assert index.asked == [ALL, 3]
    names = sorted(item["name"] for item in found.items)
    assert names == ["Snow 3", "Snow 4", "Snow 5", "Snow and ice", "Snow anew"]
    assert found == await search(database, Mirror(), TextVector())
    assert found == await search(database, mirror, index)
    assert index.asked == [ALL, 3]


async def test_what_came_and_went_is_not_found(database: Database) -> None:
    mirror, index = Mirror(), Listening()
    for key in range(4):
        await write(database, key, f"Snow {key}")
    await search(database, mirror, index)
    passing = await write(database, 4, "Snow in May")
    async with reading(database) as session:
        await mirror.columns(session)
    async with transaction(database) as session:
        await records.withdraw(session, passing, reason="over", now=NOON)

    assert (await search(database, mirror, index)).total == 4
    assert index.asked == [ALL, 0]


async def test_where_much_changed_all_is_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_LATER", 1)
    mirror, index = Mirror(), Listening()
    for key in range(4):
        await write(database, key, f"Snow {key}")
    await search(database, mirror, index)
    for key in range(2):
        await write(database, key, f"Snow and ice {key}")

    assert await search(database, mirror, index) == await search(database, Mirror(), TextVector())
    assert index.asked == [ALL, ALL]


async def test_a_session_that_began_before_finds_what_it_saw(database: Database) -> None:
    mirror, index = Mirror(), Listening()
    first = await write(database, 0, "Snow")
    for key in range(1, 4):
        await write(database, key, f"Snow {key}")
    async with reading(database) as early:
        before = await mirror.columns(early)
        asked = await selection.ask(early, before, index, SearchQuery(), [Term((("snow",),))])
        async with transaction(database) as session:
            await records.withdraw(session, first, reason="over", now=NOON)
        await write(database, 4, "Snow 4")
        assert first not in [item["id"] for item in (await search(database, mirror, index)).items]

        again = await selection.ask(early, before, index, SearchQuery(), [Term((("snow",),))])
        assert first in selection.ids(before, again)
        assert selection.ids(before, again) == selection.ids(before, asked)
