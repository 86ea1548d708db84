"""What is answered to people who slip, the same on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from app.api.negotiation import negotiate
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.answer import answer, last_begun
from app.search.find import find
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _files() -> Iterator[tuple[str, bytes]]:
    described: dict[str, dict[str, Any]] = {
        "Felanmälan": {"sv": texts(shortDescription="Trasiga gatlyktor i kommunen")},
        "Segnalazioni": {"it": texts(shortDescription="Guasti in città, e rifiuti")},
        "Melding": {"nl": texts(shortDescription="Meldingen openbare ruimte")},
        "Bibliotekslån": {"sv": texts(shortDescription="Böcker i kommunen och skatteverket")},
        "Lån av lokaler": {
            "sv": texts(shortDescription="Boka lokaler i kommunen, men ej kommuner")
        },
    }
    for number, (name, description) in enumerate(described.items()):
        url = f"https://git.example.org/invented/{number}"
        yield url, a_file(url, name=name, description=description)


async def fill(database: Database) -> None:
    async with transaction(database) as session:
        for url, data in _files():
            await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)


async def answered(database: Database, **query: object) -> tuple[int, str, str | None]:
    """How many results, for which words, and what may have been meant."""
    asked = SearchQuery.model_validate(query)
    async with reading(database) as session:
        one = partial(find, session, Mirror(), choose=partial(negotiate, "sv"), now=NOON)
        found = await answer(session, asked, one)
    return found.result.total, found.q, found.meant.q if found.meant else None


ANSWERED = {
    "felanmälan": (1, "felanmälan", None),
    "felanm": (1, "felanm*", None),
    "trasiga felanm": (1, "trasiga felanm*", None),
    "felanmlan": (0, "felanmlan", "felanmälan"),
    "FELNAMÄLAN": (0, "FELNAMÄLAN", "felanmälan"),
    "gatlyktr felanmlan": (0, "gatlyktr felanmlan", "gatlyktor felanmälan"),
    '"openbare rumte"': (0, '"openbare rumte"', '"openbare ruimte"'),
    '"rumte openbare"': (0, '"rumte openbare"', None),
    "segnalazzioni -felanmlan": (0, "segnalazzioni -felanmlan", "segnalazioni -felanmlan"),
    "felanml*": (0, "felanml*", None),
    "openbre mel*": (0, "openbre mel*", "openbare mel*"),
    "skattevrekets": (0, "skattevrekets", "skatteverket"),
    "zzzzzzzz": (0, "zzzzzzzz", None),
    "felanmälan guasti": (0, "felanmälan guasti", None),
    "residents felanmlan": (0, "residents felanmlan", "residents felanmälan"),
    "-felanmlan": (5, "-felanmlan", None),
    "": (5, "", None),
    "*": (5, "*", None),
}


async def test_slips_are_answered_alike_on_both_engines(both: list[Database]) -> None:
    answers = []
    for database in both:
        await fill(database)
        given = {q: await answered(database, q=q) for q in ANSWERED}
        answers.append({q: given[q] for q in ANSWERED if given[q] != ANSWERED[q]})
        await database.close()

    assert answers == [{}, {}]


async def test_filters_hold_for_what_may_have_been_meant(database: Database) -> None:
    await fill(database)

    assert await answered(database, q="felanmlan", license=["MIT"]) == (0, "felanmlan", None)
    assert await answered(database, q="felanm", license=["MIT"]) == (0, "felanm", None)


async def test_a_slip_that_some_software_has_itself_leads_to_what_most_have(
    database: Database,
) -> None:
    async with transaction(database) as session:
        for number in range(11):
            url = f"https://git.example.org/invented/{number}"
            word = "parkering" if number else "parkreing"
            data = a_file(url, description={"sv": texts(shortDescription=f"Om {word}")})
            await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)

    assert await answered(database, q="parkreing") == (1, "parkreing", "parkering")
    assert await answered(database, q="parkering") == (10, "parkering", None)


async def test_an_empty_catalogue_knows_no_better(database: Database) -> None:
    assert await answered(database, q="felanmlan och annat") == (0, "felanmlan och annat", None)


@pytest.mark.parametrize(
    ("q", "begun"),
    [
        ("snöröj plog", "snöröj plog*"),
        ("plog.", "plog.*"),
        ("plog ", "plog* "),
        ("e-ark", "e-ark*"),
        ("pl", None),
        ("plog*", None),
        ("-plog", None),
        ('"plog"', None),
        ("plog --", None),
        ("", None),
    ],
)
def test_the_last_word_may_be_only_begun(q: str, begun: str | None) -> None:
    assert last_begun(q) == begun
