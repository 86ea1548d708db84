"""What is suggested to somebody who types, the same on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.catalogue import records
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.nearest import letters_apart, nearest, slips
from app.search.suggestions import Kind, suggest
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _files() -> Iterator[tuple[str, bytes]]:
    described: dict[str, dict[str, Any]] = {
        "Felanmälan": {
            "categories": ["crm", "document-management"],
            "description": {"sv": texts(), "en": texts(localisedName="Street Reports")},
            "organisation": {"name": "Storåbro kommun", "uri": "https://storabro.example.org/"},
        },
        "OS2mo": {"organisation": {"name": "Skovby", "uri": "https://skovby.example.org/"}},
        "Felsökning": {"usedBy": ["Granmora", "Älvsunda"]},
        "Mitt Felanmälan": {},
        "Segnalazioni": {},
        "Biblioteket": {},
    }
    for number, (name, changes) in enumerate(described.items()):
        url = f"https://git.example.org/invented/{number}"
        yield url, a_file(url, name=name, **changes)


async def fill(database: Database) -> dict[str, str]:
    """`{address: id}`"""
    ids = {}
    async with transaction(database) as session:
        for url, data in _files():
            submitted = await submit(
                session, Source(ROOT_ID, url), data, await prepare(data), now=NOON
            )
            ids[url] = submitted.software_id or ""
    return ids


async def suggested(
    database: Database, typed: str, limit: int = 5, reader: str = "en"
) -> list[str]:
    """Names, those that are guessed behind a question mark."""
    async with reading(database) as session:
        found = await suggest(session, typed, reader=reader, limit=limit)
    return [f"?{each.name}" if each.guessed else each.name for each in found]


SUGGESTED = {
    "f": ["Felsökning", "Felanmälan", "Mitt Felanmälan"],
    "FELAN": ["Felanmälan", "Mitt Felanmälan"],
    "felanmälan": ["Felanmälan", "Mitt Felanmälan"],
    "mitt fel": ["Mitt Felanmälan"],
    "stre": ["Street Reports"],
    "os2": ["OS2mo"],
    "mo": ["OS2mo"],
    "kom": ["Storåbro kommun"],
    "docum": ["Document management"],
    "management": ["Document management"],
    "felnam": ["?Felanmälan", "?Mitt Felanmälan"],
    "segnalzaioni": ["?Segnalazioni"],
    "bibliotkeet": ["?Biblioteket"],
    "mitt felanmlan": ["?Mitt Felanmälan"],
    "mtit felan": [],
    "mittt felan": ["?Mitt Felanmälan"],
    "storbaro": ["?Storåbro kommun"],
    "mangement": ["?Document management"],
    "zzzzzz": [],
    "": [],
    '-*"': [],
    "\0": [],
}


async def test_categories_are_suggested_by_the_readers_names(database: Database) -> None:
    await fill(database)

    assert await suggested(database, "dokument", reader="sv") == ["Dokumenthantering"]
    assert await suggested(database, "docum", reader="sv") == ["Dokumenthantering"]
    assert await suggested(database, "dokumnet", reader="de") == ["?Dokumentenverwaltung"]


async def test_names_are_suggested_alike_on_both_engines(both: list[Database]) -> None:
    found = []
    for database in both:
        await fill(database)
        found.append({typed: await suggested(database, typed) for typed in SUGGESTED})
        await database.close()

    assert found == [SUGGESTED, SUGGESTED]


async def test_there_are_at_most_as_many_of_a_kind_as_wanted(database: Database) -> None:
    await fill(database)

    assert await suggested(database, "fel", limit=1) == ["Felsökning"]


async def test_an_empty_catalogue_suggests_nothing(database: Database) -> None:
    assert await suggested(database, "crm") == []
    assert await suggested(database, "felanmalna") == []


async def test_what_is_deleted_or_renamed_is_neither_suggested_nor_known(
    database: Database,
) -> None:
    ids = await fill(database)
    renamed, url = ids["https://git.example.org/invented/1"], "https://git.example.org/invented/1"
    async with transaction(database) as session:
        for software_id in ids.values():
            if software_id != renamed:
                await records.withdraw(session, software_id, reason="test", now=NOON)
        data = a_file(url, name="Vejviser", description={"da": texts(shortDescription="Kort")})
        await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)

    assert await suggested(database, "fel") == []
    assert await suggested(database, "crm") == []
    assert await suggested(database, "skovby") == []
    assert await suggested(database, "vejv") == ["Vejviser"]
    async with reading(database) as session:
        known = await session.execute(text("SELECT spelling, documents FROM vocabulary"))
        lengths = await session.execute(text("SELECT DISTINCT spelling FROM vocabulary_trigrams"))
        assert {row.spelling: row.documents for row in known} == {
            "vejviser": 1,
            "kort": 1,
            "map": 1,
        }
        assert set(lengths.scalars()) == {"vejviser", "kort", "map"}


async def test_words_that_were_lost_are_not_counted_below_zero(database: Database) -> None:
    ids = await fill(database)
    async with transaction(database) as session:
        await session.execute(text("DELETE FROM vocabulary"))
        await records.withdraw(session, min(ids.values()), reason="test", now=NOON)

    async with reading(database) as session:
        known = await session.execute(text("SELECT * FROM vocabulary"))
        assert known.all() == []


async def test_what_is_inactive_is_not_suggested(database: Database) -> None:
    await fill(database)
    async with transaction(database) as session:
        await session.execute(text("UPDATE software SET active = false"))

    for typed in ("fel", "kom", "crm"):
        assert await suggested(database, typed) == []


async def test_the_nearest_word_is_the_one_most_software_has(database: Database) -> None:
    async with transaction(database) as session:
        for number, word in enumerate(["skatt", "skola", "skolan", "skola"]):
            url = f"https://git.example.org/invented/{number}"
            data = a_file(url, name=f"Om {word}", description={"sv": texts(features=[word])})
            await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)

    async with reading(database) as session:
        assert [each.spelling for each in await nearest(session, "skolla")] == ["skola", "skolan"][
            :1
        ]
        assert [each.spelling for each in await nearest(session, "skol", begun=False)] == ["skola"]
        assert await nearest(session, "sko") == []


@given(st.text("abcå ", min_size=1, max_size=40), st.text("abcå ", max_size=40), st.booleans())
def test_a_word_is_no_letter_away_from_itself(word: str, other: str, begun: bool) -> None:
    assert letters_apart(word, word, begun=begun) == 0
    assert letters_apart(word, word + other, begun=True) == 0
    assert letters_apart(word, other, begun=begun) >= 0
    assert slips(word) in (0, 1, 2)


def test_kinds_come_in_their_order() -> None:
    assert list(Kind) == ["software", "organisation", "category"]
