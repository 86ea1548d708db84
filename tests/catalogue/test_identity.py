"""Which records are one software, and what becomes of ids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.catalogue import bundles, catalogs, changes, records, software, tombstones
from app.catalogue.bundles import BundleDraft
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import (
    ROOT_ID,
    ChangeType,
    Identifier,
    Outcome,
    Provenance,
    Scheme,
    SoftwareFilter,
    Statement,
)
from app.catalogue.errors import SoftwareNotFound, UrlTaken
from app.catalogue.identity import united
from app.catalogue.records import Held
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.pagination import PageRequest
from app.publiccode import validate
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A, B, C, D = (f"https://git.example.org/storabro/{name}" for name in "abcd")


def saying(
    source_id: str,
    *urls: str,
    name: str = "Felanmälan",
    catalog_id: str = ROOT_ID,
    provenance: Provenance | None = None,
) -> Statement:
    raw = a_file(urls[0], name=name)
    return Statement(catalog_id, source_id, raw, validate(raw), urls, provenance=provenance)


def known_as(source_id: str, url: str, *identifiers: Identifier) -> Statement:
    return saying(source_id, url, provenance=Provenance(identifiers=identifiers))


async def write(database: Database, *statements: Statement, minute: int = 0) -> list[str]:
    """The ids of the software that the statements are about."""
    now = NOON + timedelta(minutes=minute)
    async with transaction(database) as session:
        written = await records.write_all(session, statements, now=now)
    assert not any(each.refusal for each in written)
    return [each.software_id or "" for each in written]


async def listed(database: Database) -> dict[str, str]:
    """`{address: software id}`."""
    async with reading(database) as session:
        page = await software.listing(session, SoftwareFilter(), PageRequest(size=100))
    return {orjson.loads(each.document)["url"]: each.id for each in page.items}


async def held_by_name(database: Database) -> dict[str, Held]:
    """`{source id: its record}`."""
    async with reading(database) as session:
        found = [await records.holder(session, ROOT_ID, [url]) for url in (A, B, C, D)]
    return {each.source_id: each for each in found if each}


async def log(database: Database) -> list[tuple[ChangeType, str]]:
    async with reading(database) as session:
        return [(each.type, each.entity_id) for each in await changes.since(session, 0, 1000)]


async def test_alias_of_other_software_merges_into_the_older(database: Database) -> None:
    [older] = await write(database, saying("a", A))
    [newer] = await write(database, saying("b", B), minute=1)

    [merged] = await write(database, saying("b", B, f"{A}.git"), minute=2)

    assert merged == older != newer
    assert await listed(database) == {A: older}
    assert (await log(database))[-2:] == [(ChangeType.UPDATE, older), (ChangeType.MERGE, newer)]
    async with reading(database) as session:
        assert (await software.get(session, newer)).id == older
        assert (await records.held(session, newer)).software_id == older
        grave = await tombstones.find(session, newer)
    assert grave
    assert (grave.reason, grave.successor) == ("merged", older)


async def test_software_that_splits_gets_its_id_back(database: Database) -> None:
    [older] = await write(database, saying("a", A))
    [newer] = await write(database, saying("b", B), minute=1)
    await write(database, saying("b", B, f"{A}.git"), minute=2)

    [split] = await write(database, saying("b", B), minute=3)

    assert split == newer
    assert await listed(database) == {A: older, B: newer}
    assert (await log(database))[-2:] == [(ChangeType.UPDATE, older), (ChangeType.SPLIT, newer)]
    async with reading(database) as session:
        assert await tombstones.find(session, newer) is None
        document = orjson.loads((await software.get(session, newer)).document)
    assert document["createdAt"] == "2026-11-23T12:01:00Z"
    assert document["updatedAt"] == "2026-11-23T12:03:00Z"


async def test_bridge_that_is_withdrawn_leaves_two_software(database: Database) -> None:
    first, second = await write(database, saying("a", A), saying("b", B))
    older, newer = sorted((first, second))
    [bridge] = await write(database, saying("c", C, f"{A}.git", f"{B}.git"), minute=1)
    assert bridge == older

    async with transaction(database) as session:
        gone = await records.withdraw_sources(
            session, ROOT_ID, ["c", "never"], reason="gone", now=NOON + timedelta(minutes=2)
        )

    assert gone == 1
    assert await listed(database) == {A: first, B: second}
    assert (await log(database))[-1] == (ChangeType.SPLIT, newer)


async def test_id_stays_when_the_record_that_brought_it_goes(database: Database) -> None:
    [older] = await write(database, saying("a", A))
    await write(database, saying("b", f"{A}.git", name="Kopia"), minute=1)

    async with transaction(database) as session:
        await records.withdraw_sources(session, ROOT_ID, ["a"], reason="gone", now=NOON)

    assert await listed(database) == {f"{A}.git": older}


async def test_old_ids_lead_on_through_several_mergers(database: Database) -> None:
    [first] = await write(database, saying("a", A))
    [second] = await write(database, saying("b", B), minute=1)
    [third] = await write(database, saying("c", C), minute=2)
    await write(database, saying("c", C, f"{B}.git"), minute=3)
    await write(database, saying("b", B, f"{A}.git"), minute=4)

    async with reading(database) as session:
        assert {(await software.get(session, id)).id for id in (first, second, third)} == {first}

    async with transaction(database) as session:
        await records.withdraw(session, third, reason="removed", now=NOON)
    async with reading(database) as session:
        for id in (first, second, third):
            with pytest.raises(SoftwareNotFound):
                await software.get(session, id)


@pytest.mark.parametrize(
    "evidence",
    [
        Identifier(Scheme.WIKIDATA, "Q42"),
        Identifier(Scheme.SWHID, "swh:1:ori:8903a90cff8f07159be7aed69f19d66d33db3f86"),
        Identifier(Scheme.REDIRECT, f"{D}/"),
    ],
    ids=lambda each: each.scheme,
)
async def test_asserted_identifiers_unite(database: Database, evidence: Identifier) -> None:
    one = saying("a", D) if evidence.scheme is Scheme.REDIRECT else known_as("a", A, evidence)
    [first] = await write(database, one)

    [second] = await write(database, known_as("b", B, evidence), minute=1)
    [alone] = await write(database, known_as("b", B), minute=2)

    assert first == second != alone


async def test_repository_that_moves_keeps_its_software(database: Database) -> None:
    [before] = await write(database, saying("a", A))

    [after] = await write(database, saying("a", B, A), minute=1)

    assert after == before
    assert (await log(database))[-1] == (ChangeType.MOVE, before)
    assert await listed(database) == {B: before}


async def test_same_name_is_no_evidence(database: Database) -> None:
    assert len(set(await write(database, saying("a", A), saying("b", B)))) == 2


async def test_bundle_holds_the_survivor(database: Database) -> None:
    [older] = await write(database, saying("a", A))
    [newer] = await write(database, saying("b", B), minute=1)
    async with transaction(database) as session:
        draft = BundleDraft(name="Familj", software_ids=(newer, older))
        bundle = await bundles.create(session, draft, now=NOON)

    await write(database, saying("b", B, f"{A}.git"), minute=2)

    async with reading(database) as session:
        document = orjson.loads((await bundles.get(session, bundle.id)).document)
    assert document["softwareIds"] == [older]


async def test_statements_of_one_batch_come_one_after_another(database: Database) -> None:
    async with transaction(database) as session:
        written = await records.write_all(
            session,
            [
                saying("a", A),
                saying("b", A),
                saying("a", B),
                saying("b", A, name="Kopia"),
                saying("b", A, name="Kopia"),
                replace(saying("-", B, name="Ny"), source_id=None),
                replace(saying("-", C), urls=()),
            ],
            now=NOON,
        )

    assert [each.outcome for each in written] == [
        Outcome.CREATED,
        Outcome.QUARANTINED,
        Outcome.UPDATED,
        Outcome.CREATED,
        Outcome.UNCHANGED,
        Outcome.UPDATED,
        Outcome.QUARANTINED,
    ]
    assert isinstance(written[1].refusal, UrlTaken)
    assert written[0].software_id == written[2].software_id == written[5].software_id
    assert await listed(database) == {B: written[0].software_id, A: written[3].software_id}
    async with reading(database) as session:
        held = await records.addressed(session, written[0].software_id or "")
    assert b'"Ny"' in held.raw
    assert len(await log(database)) == 2


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"a": [B], "b": [A]}, {"a": [B], "b": [A]}),
        ({"a": [B], "b": [C], "c": [A]}, {"a": [B], "b": [C], "c": [A]}),
        ({"a": [B, C], "b": [A], "c": [D]}, {"a": [B, C], "b": [A], "c": [D]}),
        ({"a": [B], "b": [C]}, {"a": [A], "b": [B], "c": [C]}),
        ({"a": [B], "b": [A, B]}, {"a": [A], "b": [B]}),
        ({"a": [B], "b": [A], "c": [A]}, {"a": [A], "b": [B], "c": [C]}),
        ({"a": [B], "b": [A], "new": [D]}, {"a": [B], "b": [A], "new": [D]}),
    ],
    ids=("two", "a ring", "one more", "no ring", "one stays", "contested", "beside others"),
)
async def test_records_exchange_their_addresses(
    database: Database, said: dict[str, list[str]], ends: dict[str, list[str]]
) -> None:
    for name, url in {"a": A, "b": B, "c": C}.items():
        await write(database, saying(name, url))
    before = await held_by_name(database)

    async with transaction(database) as session:
        written = await records.write_all(
            session, [saying(name, *urls) for name, urls in said.items()], now=NOON
        )

    expected = {"c": [C], **ends}
    after = await held_by_name(database)
    assert {name: list(each.urls) for name, each in after.items()} == expected
    for done, (name, urls) in zip(written, said.items(), strict=True):
        assert (done.refusal is None) == (expected[name] == urls), name
        assert done.software_id == (None if done.refusal else after[name].software_id)
    assert {name: after[name].software_id for name in before} == {
        name: each.software_id for name, each in before.items()
    }


async def test_batch_that_follows_depends_on_the_order_within(database: Database) -> None:
    """What is unchanged when it is looked up may not be, once those before it are written."""
    await write(database, saying("a", A))

    async with transaction(database) as session:
        written = await records.write_all(
            session,
            [saying("a", B), saying("a", A), replace(saying("-", B), source_id=None)],
            now=NOON + timedelta(minutes=1),
        )

    assert [each.outcome for each in written] == ["updated", "updated", "created"]


async def test_two_catalogues_tell_of_one_software(database: Database) -> None:
    async with transaction(database) as session:
        entry = await catalogs.create(session, CatalogDraft(name="Grannen"), now=NOON)
    ours, theirs = saying("a", A), saying("a", A, name="Annat", catalog_id=entry.id)
    [first] = await write(database, ours)
    [second] = await write(database, theirs, minute=1)
    assert first == second

    async with transaction(database) as session:
        await records.withdraw(session, first, catalog_ids=[ROOT_ID], reason="removed", now=NOON)

    assert await listed(database) == {A: first}


def test_those_who_share_keys_are_united() -> None:
    keys = {"1": ["x"], "2": ["y"], "3": ["z"], "4": ["y", "x"], "5": [], "6": ["w", "z"]}

    assert united(keys) == [["1", "2", "4"], ["3", "6"], ["5"]]
