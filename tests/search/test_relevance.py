"""What people look for comes first, and both engines find the same."""

from statistics import mean

import pytest

from app.database import Database
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


async def test_both_engines_find_the_same(both: list[Database]) -> None:
    found = []
    for database in both:
        await fill(database)
        found.append({wish.words: sorted(await answer(database, wish)) for wish in wishes()})
        await database.close()

    assert found[0] == found[1]
