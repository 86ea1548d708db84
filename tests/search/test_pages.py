"""Pages in every order, forwards and back."""

from datetime import UTC, datetime

import pytest

from app.database import Database
from app.pagination import CursorInvalid
from app.search.find import SearchResult
from app.search.query import Sort
from tests.builders import a_file
from tests.search import asking

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOFTWARE = (
    ("Ängslan", "2024-01-01", "stable"),
    ("alfa", None, "obsolete"),
    ("Beta", "2026-05-05", "beta"),
    ("Zorn", "2025-02-02", "stable"),
    ("zebra", None, "concept"),
)


@pytest.fixture
async def filled(database: Database) -> Database:
    files = {
        name: a_file(
            f"https://git.example.org/pages/{number}",
            name=name,
            releaseDate=released,
            developmentStatus=status,
        )
        for number, (name, released, status) in enumerate(SOFTWARE)
    }
    await asking.store(database, files, NOON)
    return database


async def search(database: Database, **query: object) -> SearchResult:
    return await asking.search(database, NOON, **query)


def names(result: SearchResult) -> list[str]:
    return [item["name"] for item in result.items]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["alfa", "Ängslan", "Beta", "zebra", "Zorn"]),
        ("updated", ["zebra", "Zorn", "Beta", "alfa", "Ängslan"]),
    ],
)
async def test_order_is_that_of_readers(filled: Database, sort: str, expected: list[str]) -> None:
    assert names(await search(filled, sort=sort)) == expected


async def test_newest_release_is_first_and_what_has_none_last(filled: Database) -> None:
    found = names(await search(filled, sort="released"))
    assert found[:3] == ["Beta", "Zorn", "Ängslan"]
    assert set(found[3:]) == {"alfa", "zebra"}


@pytest.mark.parametrize("words", ["", "residents"])
@pytest.mark.parametrize("sort", list(Sort))
async def test_pages_lead_there_and_back(filled: Database, sort: Sort, words: str) -> None:
    whole = names(await search(filled, sort=sort, q=words))
    query = {"sort": sort, "q": words, "page[size]": 2}
    first = await search(filled, **query)
    second = await search(filled, **query, **{"page[after]": first.next})
    third = await search(filled, **query, **{"page[after]": second.next})

    assert names(first) + names(second) + names(third) == whole
    assert (first.previous, third.next) == (None, None)
    back = await search(filled, **query, **{"page[before]": third.previous})
    assert names(back) == names(second)
    start = await search(filled, **query, **{"page[before]": back.previous})
    assert names(start) == names(first)
    assert start.previous is None
    assert start.next == first.next


async def test_cursor_of_another_order_is_refused(filled: Database) -> None:
    first = await search(filled, sort="name", **{"page[size]": 2})

    with pytest.raises(CursorInvalid):
        await search(filled, sort="updated", **{"page[after]": first.next})
