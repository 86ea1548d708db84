"""What people look for comes first, and both engines find the same."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import URL

from app.database import Database, open_database
from tests import postgres
from tests.search.relevance import answer, fill, ndcg, wishes

pytestmark = pytest.mark.anyio

ENOUGH = 0.9


def test_the_set_is_large_enough() -> None:
    assert len(wishes()) >= 60
    assert len({wish.language for wish in wishes()}) >= 8


async def test_what_is_meant_comes_first(database: Database) -> None:
    await fill(database)

    gains = {wish.words: ndcg(await answer(database, wish), wish.grades) for wish in wishes()}

    worst = sorted(gains.items(), key=lambda gain: gain[1])[:10]
    assert mean(gains.values()) >= ENOUGH, worst


@pytest.fixture
def both(
    migrated_sqlite: Path, postgres_server: URL, migrated_postgres: URL, tmp_path: Path
) -> Iterator[list[Database]]:
    """An empty catalogue on each engine."""
    copy = shutil.copy(migrated_sqlite, tmp_path / "catalogue.db")
    with postgres.database(postgres_server, template=migrated_postgres) as address:
        urls = [f"sqlite:///{copy}", address.render_as_string(hide_password=False)]
        yield [open_database(url) for url in urls]


async def test_both_engines_find_the_same(both: list[Database]) -> None:
    found = []
    for database in both:
        await fill(database)
        found.append({wish.words: sorted(await answer(database, wish)) for wish in wishes()})
        await database.close()

    assert found[0] == found[1]
