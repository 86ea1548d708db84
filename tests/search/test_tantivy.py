"""The index beside the database: finds the same, follows the log, and may be lost at any time."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import update

from app.catalogue import records
from app.catalogue.entry import ROOT_ID
from app.catalogue.tables import ChangeHead
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search import tantivy
from app.search.find import SearchResult, find
from app.search.matching import matching
from app.search.mirror import Mirror
from app.search.newest import newest
from app.search.query import SearchQuery
from app.search.tantivy import Tantivy
from tests.builders import a_file, texts
from tests.search.relevance import answer, fill, ndcg, wishes
from tests.search.test_engines import ODD

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENOUGH = 0.9


@pytest.fixture
def index(tmp_path: Path) -> Tantivy:
    return Tantivy(tmp_path / "index")


async def store(database: Database, name: str, **keys: object) -> str:
    data = a_file(f"https://git.example.org/{name}", name=name, **keys)
    async with transaction(database) as session:
        outcome = await submit(session, Source(ROOT_ID, name), data, await prepare(data), now=NOON)
    assert outcome.software_id
    return outcome.software_id


async def caught_up(database: Database, index: Tantivy) -> None:
    async with reading(database) as session:
        assert await index.catch_up(session) == index.head


async def search(database: Database, index: Tantivy | None, q: str) -> SearchResult:
    async with reading(database) as session:
        return await find(
            session,
            Mirror(),
            SearchQuery(q=q),
            index=index,
            choose=lambda tags: tags[0],
            now=NOON,
        )


async def names(database: Database, index: Tantivy | None, q: str) -> list[str]:
    return sorted(item["name"] for item in (await search(database, index, q)).items)


async def test_it_finds_what_the_database_finds_and_the_best_first(
    database: Database, index: Tantivy
) -> None:
    await fill(database)
    await caught_up(database, index)

    found = {wish.words: await answer(database, wish, index) for wish in wishes()}
    expected = {wish.words: await answer(database, wish) for wish in wishes()}

    assert {words: sorted(keys) for words, keys in found.items()} == {
        words: sorted(keys) for words, keys in expected.items()
    }
    assert mean(ndcg(found[wish.words], wish.grades) for wish in wishes()) >= ENOUGH


async def test_words_that_no_language_has_are_found(database: Database, index: Tantivy) -> None:
    await store(database, "Odd", description={"en": texts(shortDescription=ODD)})
    await caught_up(database, index)

    missed = [word for word in ODD.split() if (await search(database, index, word)).total != 1]

    assert missed == []


@pytest.mark.parametrize(
    "q",
    [
        *("", "alpha", "-alpha", "alp*", '"beta gamma"', '"gamma beta"', "alpha beta"),
        *("gamma -alpha", "-alpha -gamma", 'beta -alp* -"gamma beta"'),
    ],
)
async def test_phrases_beginnings_and_exclusions(
    database: Database, index: Tantivy, q: str
) -> None:
    await store(database, "Alpha")
    await store(database, "Beta gamma")
    await store(database, "Alpha beta gamma")
    await store(database, "Gamma beta")
    await caught_up(database, index)

    assert await names(database, index, q) == await names(database, None, q)


async def test_news_and_saved_searches_find_the_same(database: Database, index: Tantivy) -> None:
    ids = [await store(database, name) for name in ("Alpha", "Beta", "Alpha beta")]
    await caught_up(database, index)
    query = SearchQuery(q="alpha")
    async with reading(database) as session:
        for asked in (index, None):
            news = await newest(
                session, Mirror(), query, index=asked, choose=lambda tags: tags[0], now=NOON
            )
            saved = await matching(session, Mirror(), query, index=asked)
            assert {each.id for each in news.items} == set(saved) == {ids[0], ids[2]}


async def test_a_write_is_found_at_once(database: Database, index: Tantivy) -> None:
    await caught_up(database, index)
    id = await store(database, "Alpha")
    assert await names(database, index, "alpha") == ["Alpha"]

    async with transaction(database) as session:
        await records.withdraw(session, id, reason="removed", now=NOON)

    assert await names(database, index, "alpha") == []


async def test_where_much_is_missing_the_database_is_asked(
    database: Database, index: Tantivy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tantivy, "MOST_TO_WAIT_FOR", 1)
    await caught_up(database, index)
    known = index.head
    for name in ("Alpha one", "Alpha two"):
        await store(database, name)

    assert await names(database, index, "alpha") == ["Alpha one", "Alpha two"]
    assert index.head == known


async def test_a_session_that_began_before_sees_what_it_saw(
    database: Database, index: Tantivy
) -> None:
    await store(database, "Alpha one")
    await caught_up(database, index)
    async with reading(database) as session:
        await Mirror().columns(session)
        await store(database, "Alpha two")
        await caught_up(database, index)
        found = await find(
            session,
            Mirror(),
            SearchQuery(q="alpha"),
            index=index,
            choose=lambda tags: tags[0],
            now=NOON,
        )

    assert [item["name"] for item in found.items] == ["Alpha one"]


async def test_it_goes_on_where_it_was_and_follows_by_itself(
    database: Database, tmp_path: Path
) -> None:
    await store(database, "Alpha")
    index = Tantivy(tmp_path)
    await caught_up(database, index)
    known = index.head
    del index
    await store(database, "Beta")

    again = Tantivy(tmp_path)
    assert again.head == known
    async with again.following(database):
        while again.head == known:
            assert await database.head.beyond(known, 30)
            async with reading(database) as session:
                await again.catch_up(session)

    assert await names(database, again, "beta") == ["Beta"]


async def test_another_log_is_read_from_its_beginning(database: Database, index: Tantivy) -> None:
    await store(database, "Alpha")
    await caught_up(database, index)
    async with transaction(database) as session:
        await session.execute(update(ChangeHead).values(epoch="another"))

    await caught_up(database, index)

    assert index.head.epoch == "another"
    assert await names(database, index, "alpha") == ["Alpha"]


async def test_an_index_that_is_no_index_is_made_anew(database: Database, tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "meta.json").write_text("{")
    await store(database, "Alpha")

    index = Tantivy(tmp_path)
    await caught_up(database, index)

    assert await names(database, index, "alpha") == ["Alpha"]


def test_processes_that_share_a_folder_have_an_index_each(tmp_path: Path) -> None:
    script = (
        "import time; from pathlib import Path; from app.search.tantivy import Tantivy;"
        f"index = Tantivy(Path({str(tmp_path)!r})); print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        Tantivy(tmp_path)
        os.kill(other.pid, signal.SIGKILL)
    Tantivy(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
