"""Software that is alike, the same on both engines, and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.catalogue import records
from app.catalogue.entry import ROOT_ID
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.tables import Tombstone
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.editing import SoftwareEdit, revise
from app.ingest.submission import RECORD, Source, prepare, submit
from app.publiccode.translations import languages
from app.search import traits
from app.search.reasons import Reason, Shared, codes
from app.search.similar import Similar, similar
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIBRARY = {"softwareType": "library"}
STORABRO = {"name": "Storabro kommun", "uri": "https://storabro.example.org/"}


def described(short: str, *features: str, language: str = "sv") -> Mapping[str, Any]:
    return {language: texts(shortDescription=short, features=list(features))}


SOFTWARE: Mapping[str, Mapping[str, Any]] = {
    "felanmalan": {
        "name": "Felanmälan",
        "categories": ["task-management", "crm"],
        "organisation": STORABRO,
        "dependsOn": {"open": [{"name": "GeoServer"}, {"name": "PostgreSQL"}]},
        "description": described("Anmäl trasiga gatlyktor och skräp", "Karta över ärenden"),
    },
    "skrap": {
        "name": "Skräpkoll",
        "categories": ["task-management"],
        "description": described("Kommunen ser skräp och trasiga gatlyktor på en karta"),
    },
    "melding": {
        "name": "Melding",
        "categories": ["task-management", "crm"],
        "dependsOn": {"open": [{"name": "GeoServer"}]},
        "description": described("Meldingen openbare ruimte", language="nl"),
    },
    "turlista": {
        "name": "Turlista",
        **LIBRARY,
        "organisation": STORABRO,
        "description": described("Turer för vaktmästare"),
    },
    "kaffe": {"name": "Kaffe", **LIBRARY, "description": described("Brygger kaffe")},
}


async def store(database: Database, key: str, **content: Any) -> str:
    """The id of the software that this file makes."""
    data = a_file(f"https://git.example.org/invented/{key}", **content)
    async with transaction(database) as session:
        submitted = await submit(session, Source(ROOT_ID, key), data, await prepare(data), now=NOON)
    assert submitted.software_id
    return submitted.software_id


@pytest.fixture
async def ids(database: Database) -> dict[str, str]:
    return {key: await store(database, key, **content) for key, content in SOFTWARE.items()}


async def alike(
    database: Database, id: str, limit: int = 10, language: str = "en"
) -> list[Similar]:
    async with reading(database) as session:
        return await similar(
            session, id, limit=limit, choose=lambda tags: tags[0], language=language
        )


def names(found: list[Similar]) -> list[str]:
    return [each.shown["name"] for each in found]


async def test_what_has_most_in_common_comes_first(database: Database, ids: dict[str, str]) -> None:
    found = await alike(database, ids["felanmalan"])

    assert names(found) == ["Skräpkoll", "Melding", "Turlista"]
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0 < each.score <= 1 for each in found)
    assert names(await alike(database, ids["felanmalan"], limit=1)) == ["Skräpkoll"]


async def test_reasons_say_what_is_in_common(database: Database, ids: dict[str, str]) -> None:
    by_name = {each.shown["name"]: each for each in await alike(database, ids["felanmalan"])}

    def reasons(name: str) -> dict[str, list[str]]:
        return {
            reason.code: [each.label for each in reason.shared] for reason in by_name[name].reasons
        }

    assert reasons("Melding") == {
        "category": ["CRM", "Task management"],
        "dependency": ["GeoServer"],
        "softwareType": ["Web application"],
    }
    assert reasons("Skräpkoll")["words"] == ["gatlyktor", "Karta", "skräp", "trasiga"]
    assert reasons("Turlista") == {"organisation": ["Storabro kommun"]}
    (organisation,) = by_name["Turlista"].reasons
    assert organisation.shared[0].value == STORABRO["uri"]
    assert organisation.sentence("sv") == "Samma organisation står bakom: Storabro kommun."


async def test_what_has_nothing_telling_in_common_is_not_alike(
    database: Database, ids: dict[str, str]
) -> None:
    assert await alike(database, ids["kaffe"]) == []


async def test_what_is_gone_or_inactive_is_not_shown(
    database: Database, ids: dict[str, str]
) -> None:
    async with transaction(database) as session:
        await records.withdraw(session, ids["melding"], reason="deleted", now=NOON)
        edit = SoftwareEdit(active=False)
        held = await records.held(session, ids["skrap"])
        await revise(session, held, edit, report=None, policy=RECORD, now=NOON)

    assert names(await alike(database, ids["felanmalan"])) == ["Turlista"]
    with pytest.raises(SoftwareNotFound):
        await alike(database, ids["melding"])


async def test_what_was_merged_is_compared_as_what_it_is_now(
    database: Database, ids: dict[str, str]
) -> None:
    async with transaction(database) as session:
        former = Tombstone(software_id="former", reason="merged", successor=ids["skrap"], at=NOON)
        session.add(former)

    assert await alike(database, "former") == await alike(database, ids["skrap"]) != []


async def test_what_many_have_finds_nobody_but_still_counts(
    database: Database, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traits, "MOST_BEARERS", 2)

    found = await alike(database, ids["skrap"])

    assert names(found) == ["Felanmälan"], "Melding shares but the category, which three have"
    assert "category" in [reason.code for reason in found[0].reasons]


async def test_a_description_without_any_text_has_nothing_in_common(database: Database) -> None:
    bare = await store(database, "bare", name="1 2 3", description={}, softwareType=None)
    assert await alike(database, bare) == []


async def test_however_much_a_file_lists_it_is_compared(database: Database) -> None:
    listed = [{"name": f"dependency {number}"} for number in range(200)]
    long = {
        "dependsOn": {"open": listed},
        "categories": [f"category-{number}" for number in range(200)],
        "description": described(
            "ord", *(f"ord{'x' * (number % 30)} quux" for number in range(200))
        ),
    }
    first = await store(database, "long", name="Long", **long)
    await store(database, "longer", name="Longer", **long)

    assert names(await alike(database, first)) == ["Longer"]


def test_every_kind_has_a_sentence_in_every_language() -> None:
    assert codes() == frozenset(traits.WORTHS)
    for code in codes():
        reason = Reason(code, [Shared("x", "X")])
        sentences = {reason.sentence(language) for language in languages()}
        assert len(sentences) == len(languages())
        assert all("X" in sentence for sentence in sentences)


def test_the_worths_leave_room_for_no_more_than_one() -> None:
    assert sum(traits.WORTHS.values()) == pytest.approx(1.0)
