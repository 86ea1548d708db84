"""What people decide about fields and records, which no harvest undoes."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from app.catalogue import changes, curation, overrides, profiles, records, sources
from app.catalogue.entry import ChangeType
from app.catalogue.errors import (
    OverrideMisplaced,
    OverrideNotFound,
    OverrideRefused,
    RecordsInseparable,
    SoftwareNotFound,
)
from app.catalogue.overrides import Decision
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.publiccode import validate
from tests.catalogue.test_identity import A, B, C, listed, log, saying, write

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def decide(
    database: Database,
    id: str,
    path: str,
    value: Any,
    *,
    until: datetime | None = None,
    minute: int = 5,
) -> None:
    decision = Decision(path, value, "kurator", "vi vet", until, NOON + timedelta(minutes=minute))
    async with transaction(database) as session:
        await curation.decide(session, id, decision, partial(validate, major=1))


async def described(database: Database, id: str) -> dict[str, Any]:
    async with reading(database) as session:
        return (await profiles.get(session, id)).description.to_json()


async def records_of(database: Database, id: str) -> dict[str, str]:
    """`{source: record id}`."""
    async with reading(database) as session:
        return {each.source_id: each.id for each in (await sources.of(session, id))[1]}


async def test_override_stands_above_what_is_harvested_later(database: Database) -> None:
    [id] = await write(database, saying("a", A))

    await decide(database, id, "legal.license", "MIT")
    await decide(database, id, "description.en.features", ["Karta", "App"])
    await write(database, saying("a", A, name="Nytt namn"), minute=6)

    wire = await described(database, id)
    assert (wire["name"], wire["legal"]["license"]) == ("Nytt namn", "MIT")
    assert wire["description"]["en"]["features"] == ["Karta", "App"]
    assert [kind for kind, _ in await log(database)] == [
        ChangeType.CREATE,
        *[ChangeType.UPDATE] * 3,
    ]


async def test_override_that_is_taken_back_or_ends_leaves_what_records_say(
    database: Database,
) -> None:
    [id] = await write(database, saying("a", A))
    before = await described(database, id)
    await decide(database, id, "name", "Tills vidare", until=NOON + timedelta(hours=1))
    await decide(database, id, "developmentStatus", "beta")

    async with transaction(database) as session:
        await curation.expire(session, now=NOON + timedelta(minutes=59))
        assert len(await overrides.of(session, id)) == 2
        await curation.expire(session, now=NOON + timedelta(hours=1))
        await curation.retract(session, id, "developmentStatus", now=NOON + timedelta(hours=1))

    assert await described(database, id) == before
    with pytest.raises(OverrideNotFound):
        async with transaction(database) as session:
            await curation.retract(session, id, "name", now=NOON)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "url",
        "publiccodeYmlVersion",
        "it.countryExtensionVersion",
        "legal",
        "legal.",
        "legal.license.x",
        "nothing",
        "description",
        "description.en",
        "description.en.nothing",
        "categories.0",
        "maintenance.contacts.0.name",
    ],
)
async def test_what_is_no_single_field_cannot_be_overridden(database: Database, path: str) -> None:
    [id] = await write(database, saying("a", A))
    with pytest.raises(OverrideMisplaced):
        await decide(database, id, path, "x")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("legal.license", "no licence"),
        ("legal.license", None),
        ("name", ["x"]),
        ("name", {"x": {"y": 1}}),
        ("categories", 5),
        ("categories", ["no-such-category"]),
        ("description.en.features", "x"),
        ("description.nb.shortDescription", "Bare dette"),
        ("maintenance.contacts", [{"nobody": 1}]),
        ("localisation.localisationReady", "perhaps"),
    ],
)
async def test_value_that_breaks_the_standard_is_refused(
    database: Database, path: str, value: object
) -> None:
    [id] = await write(database, saying("a", A))
    with pytest.raises(OverrideRefused) as refused:
        await decide(database, id, path, value)
    assert refused.value.findings
    async with reading(database) as session:
        assert await overrides.of(session, id) == []


@pytest.mark.parametrize(
    ("path", "value", "kept"),
    [
        ("name", 1, "1"),
        ("name", True, "true"),
        ("softwareVersion", 1.5, "1.5"),
        ("platforms", [None], [""]),
        ("platforms", [1], ["1"]),
        ("isBasedOn", "https://git.example.org/a/b", ["https://git.example.org/a/b"]),
        ("localisation.localisationReady", False, False),
    ],
)
async def test_value_is_taken_as_in_a_file(
    database: Database, path: str, value: object, kept: object
) -> None:
    [id] = await write(database, saying("a", A))

    await decide(database, id, path, value)

    async with reading(database) as session:
        [decision] = await overrides.of(session, id)
    assert decision.value == kept
    found: Any = await described(database, id)
    for name in path.split("."):
        found = found[name]
    assert found == kept


async def test_override_goes_with_software_that_is_merged(database: Database) -> None:
    [older] = await write(database, saying("a", A))
    [newer] = await write(database, saying("b", B), minute=1)
    await decide(database, older, "name", "Den äldre")
    await decide(database, newer, "name", "Den nyare")
    await decide(database, newer, "legal.license", "MIT")

    await write(database, saying("b", B, f"{A}.git"), minute=6)

    wire = await described(database, older)
    assert (wire["name"], wire["legal"]["license"]) == ("Den äldre", "MIT")
    async with reading(database) as session:
        assert [each.path for each in await overrides.of(session, older)] == [
            "legal.license",
            "name",
        ]


async def test_records_that_are_set_apart_stay_so_until_they_are_rejoined(
    database: Database,
) -> None:
    [older] = await write(database, saying("a", A))
    await write(database, saying("b", B, f"{A}.git"), minute=1)
    ids = await records_of(database, older)

    async with transaction(database) as session:
        [newer] = await curation.split(session, older, [ids["b"]], now=NOON)
    await write(database, saying("b", B, f"{A}.git", name="Igen"), minute=2)

    assert await listed(database) == {A: older, B: newer}
    assert ChangeType.SPLIT in [kind for kind, _ in await log(database)]

    assert (await write(database, saying("c", f"{B}.git"), minute=3)) == [newer]
    async with transaction(database) as session:
        await curation.rejoin(session, newer, now=NOON + timedelta(minutes=4))
    assert await listed(database) == {A: older}


async def test_records_that_are_set_apart_together_stay_together(database: Database) -> None:
    [id] = await write(database, saying("a", A))
    await write(database, saying("b", B, f"{A}.git"), saying("c", C, f"{A}?c"), minute=1)
    ids = await records_of(database, id)

    async with transaction(database) as session:
        apart = await curation.split(session, id, [ids["b"], ids["c"]], now=NOON)

    assert len(apart) == 1
    assert set(await records_of(database, apart[0])) == {"b", "c"}
    assert set(await records_of(database, id)) == {"a"}


async def test_what_is_not_a_part_cannot_be_set_apart(database: Database) -> None:
    [id] = await write(database, saying("a", A))
    await write(database, saying("b", f"{A}.git"), minute=1)
    ids = await records_of(database, id)
    for faulty in ([], [*ids.values()], ["nobody"], [ids["a"], "nobody"]):
        with pytest.raises(RecordsInseparable):
            async with transaction(database) as session:
                await curation.split(session, id, faulty, now=NOON)
    with pytest.raises(SoftwareNotFound):
        async with transaction(database) as session:
            await curation.split(session, "nobody", [ids["a"]], now=NOON)


async def test_decision_about_nothing_new_is_no_change(database: Database) -> None:
    [id] = await write(database, saying("a", A))
    await decide(database, id, "developmentStatus", "stable")
    async with reading(database) as session:
        assert len(await changes.since(session, 0, 10)) == 1
        record = await records.addressed(session, id)
    assert orjson.loads(record.description or "")["developmentStatus"] == "stable"
