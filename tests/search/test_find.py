"""Words and filters to results, the same on both engines."""

from datetime import UTC, datetime
from itertools import islice, product

import pytest

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database
from app.ingest.submission import Source, prepare, submit
from app.pagination import CursorInvalid
from app.search.find import SearchResult
from tests.builders import a_file, texts
from tests.search import asking

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def filled(database: Database) -> Database:
    files = {
        "felanmalan": a_file(
            name="Felanmälan",
            description={"sv": texts(shortDescription="Anmäla trasiga gatlyktor och skräp")},
        ),
        "melding": a_file(
            name="Melding",
            description={"nl": texts(shortDescription="Meldingen openbare ruimte in gemeenten")},
            developmentStatus="beta",
        ),
        "segnala": a_file(
            name="Segnala",
            description={"it": texts(shortDescription="Segnalazioni di guasti in città")},
            legal={"license": "AGPL-3.0-or-later OR EUPL-1.2"},
            categories=["crm"],
        ),
        "skrap": a_file(
            name="Skräp",
            description={"sv": texts(shortDescription="En bok om städning")},
        ),
    }
    addressed = {name: data.replace(b"felanmalan", name.encode()) for name, data in files.items()}
    await asking.store(database, addressed, NOON)
    return database


async def search(database: Database, **query: object) -> SearchResult:
    return await asking.search(database, NOON, **query)


async def names(database: Database, **query: object) -> list[str]:
    return [item["name"] for item in (await search(database, **query)).items]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("anmala", ["Felanmälan"]),
        ("ANMÄLA gatlykta", ["Felanmälan"]),
        ("gemeente meldingen", ["Melding"]),
        ("segnalazione citta", ["Segnala"]),
        ("guasto", ["Segnala"]),
        ("gatlyktor guasti", []),
        ("skräp", ["Skräp", "Felanmälan"]),
        ("broken residents", ["Felanmälan", "Melding", "Segnala", "Skräp"]),
        ("nothing like it", []),
    ],
)
async def test_words_are_found_whatever_their_case_accents_and_endings(
    filled: Database, words: str, expected: list[str]
) -> None:
    found = await names(filled, q=words)
    assert (found if words == "skräp" else sorted(found)) == expected


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        "AND OR NOT",
        "a* NEAR(b)",
        "'; DROP TABLE software; --",
        "\0",
        "😀",
        "(((",
        "&|!:*",
    ],
)
async def test_engine_syntax_in_a_query_is_only_text(filled: Database, text: str) -> None:
    assert (await search(filled, q=text)).total in range(5)


async def test_filters_narrow_and_facets_ignore_their_own_choice(filled: Database) -> None:
    result = await search(filled, developmentStatus=["beta"])

    assert [item["name"] for item in result.items] == ["Melding"]
    assert result.total == 1
    statuses = {
        each.value: (each.count, each.selected) for each in result.facets["developmentStatus"]
    }
    assert statuses == {"stable": (3, False), "beta": (1, True)}
    assert [each.value for each in result.facets["license"]] == ["EUPL-1.2"]


async def test_every_licence_of_an_expression_is_found(filled: Database) -> None:
    assert await names(filled, license=["AGPL-3.0-or-later"]) == ["Segnala"]


async def test_chosen_value_without_results_stays_in_its_facet(filled: Database) -> None:
    result = await search(filled, category=["library-management"])
    assert result.total == 0
    assert ("library-management", 0, True) in [
        (each.value, each.count, each.selected) for each in result.facets["category"]
    ]


@pytest.mark.parametrize("words", ["", "broken"])
async def test_pages_hold_every_result_once(filled: Database, words: str) -> None:
    whole = await names(filled, q=words)
    cursor: str | None = None
    paged = []
    while True:
        query = {"q": words, "page[size]": 1} | ({"page[after]": cursor} if cursor else {})
        result = await search(filled, **query)
        paged += [item["name"] for item in result.items]
        if (cursor := result.next) is None:
            break
    assert paged == whole
    assert len(paged) == 4


@pytest.mark.parametrize("cursor", ["x", "WzFd", "eyJhIjoxfQ==", "WzAuMCwiXHUwMDAwIl0="])
async def test_foreign_cursor_is_refused(filled: Database, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        await search(filled, **{"page[after]": cursor})


@pytest.mark.parametrize("query", ["os2", "OS2mo", "os2 mo", "desk", "vejby"])
async def test_compound_names_and_owners_are_found_by_their_parts(
    database: Database, query: str
) -> None:
    data = a_file(name="OS2mo openDesk", legal={"license": "MIT", "repoOwner": "Vejby Kommune"})
    async with transaction(database) as session:
        await submit(session, Source(ROOT_ID, "a.yml"), data, await prepare(data), now=NOON)

    assert await names(database, q=query) == ["OS2mo openDesk"]
    assert await names(database, organisation=["vejby"]) == ["OS2mo openDesk"]


async def test_text_that_grows_when_it_is_folded_is_indexed_as_far_as_it_goes(
    database: Database,
) -> None:
    """`㌖` is six letters once it is folded; PostgreSQL indexes at most a megabyte per file."""
    squared = [chr(0x3300 + number) for number in range(0x57)]
    grown = ("".join(letters) for letters in product(squared, repeat=3))
    name, summary, body, feature = (" ".join(islice(grown, 8000)) for _ in range(4))
    description = texts(shortDescription=summary, longDescription=body, features=[feature])
    data = a_file(name=f"Kvitto {name}", description={"ja": description})
    report = await prepare(data)

    async with transaction(database) as session:
        await submit(session, Source(ROOT_ID, "a.yml"), data, report, now=NOON)

    assert (await search(database, q="kvitto")).total == 1
