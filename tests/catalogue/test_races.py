"""What two transactions at once make of the same software: as if one had come after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from app.catalogue import changes, quarantine, records, software
from app.catalogue.entry import ROOT_ID, ChangeType, Outcome, SoftwareFilter, Submitted
from app.catalogue.transaction import transaction
from app.database import Database, Session, reading
from app.ingest.submission import Source, prepare, submit
from app.pagination import PageRequest
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"
SECONDS_TO_MEET = 0.3
SECONDS_TO_HANG = 60

T = TypeVar("T")


async def say(session: Session, source_id: str, data: bytes) -> Submitted:
    return await submit(session, Source(ROOT_ID, source_id), data, await prepare(data), now=NOON)


async def put(database: Database, source_id: str, data: bytes) -> Submitted:
    async with transaction(database) as session:
        return await say(session, source_id, data)


async def withdraw(database: Database, software_id: str) -> None:
    async with transaction(database) as session:
        await records.withdraw(session, software_id, reason="removed", now=NOON)


async def while_open(
    database: Database, deed: Callable[[Session], Awaitable[object]], other: Awaitable[T]
) -> T:
    """What comes of `other`, which begins when `deed` is done but not committed."""
    async with transaction(database) as session:
        await deed(session)
        begun = asyncio.ensure_future(other)
        await asyncio.wait({begun}, timeout=SECONDS_TO_MEET)
    return await asyncio.wait_for(begun, SECONDS_TO_HANG)


async def at_once(deeds: Iterable[Awaitable[T]]) -> list[T]:
    return await asyncio.wait_for(asyncio.gather(*deeds), SECONDS_TO_HANG)


async def types_of_changes(database: Database) -> list[ChangeType]:
    async with reading(database) as session:
        return [change.type for change in await changes.since(session, 0, 1000)]


async def addresses(database: Database) -> list[str]:
    async with reading(database) as session:
        page = await software.listing(session, SoftwareFilter(), PageRequest())
    return [entry.id for entry in page.items]


async def test_withdrawal_takes_the_record_that_is_just_being_added(database: Database) -> None:
    first = await put(database, "a.yml", a_file())
    assert first.software_id

    await while_open(
        database,
        lambda session: say(session, "b.yml", a_file(f"{URL}.git")),
        withdraw(database, first.software_id),
    )

    assert await addresses(database) == []
    assert (await types_of_changes(database))[-1] is ChangeType.DELETE


async def test_record_that_comes_while_its_software_goes_makes_a_new_one(
    database: Database,
) -> None:
    first = await put(database, "a.yml", a_file())
    assert first.software_id

    async def go(session: Session) -> None:
        await records.withdraw(session, first.software_id or "", reason="removed", now=NOON)

    again = await while_open(database, go, put(database, "b.yml", a_file(f"{URL}.git")))

    assert again.outcome is Outcome.CREATED
    assert await addresses(database) == [again.software_id]


async def test_many_records_of_one_software_come_at_once(database: Database) -> None:
    first = await put(database, "a.yml", a_file())

    submitted = await at_once(
        put(database, f"{number}.yml", a_file(f"{URL}{spelling}", name=f"Nummer {number}"))
        for number, spelling in enumerate((".git", "?a", "?b", "?c", "?d", "?e"))
    )

    assert {each.software_id for each in submitted} == {first.software_id}
    assert {each.outcome for each in submitted} == {Outcome.CREATED}


async def test_many_records_of_one_new_software_come_at_once(database: Database) -> None:
    submitted = await at_once(
        put(database, f"{number}.yml", a_file(f"{URL}{spelling}"))
        for number, spelling in enumerate((".git", "?a", "?b", "?c", "?d", "?e"))
    )

    assert len({each.software_id for each in submitted}) == 1
    assert (await types_of_changes(database)).count(ChangeType.CREATE) == 1


async def test_one_source_that_is_told_of_twice_at_once_has_one_record(database: Database) -> None:
    submitted = await at_once(put(database, "a.yml", a_file()) for _ in range(6))

    assert sorted(each.outcome for each in submitted) == ["created", *["unchanged"] * 5]


async def test_one_source_that_is_quarantined_twice_at_once_waits_once(database: Database) -> None:
    await at_once(put(database, "a.yml", b"name: no address") for _ in range(6))

    async with reading(database) as session:
        assert len((await quarantine.listing(session, PageRequest())).items) == 1


async def test_organisation_that_is_named_twice_at_once_is_one(database: Database) -> None:
    organisation = {"uri": "https://storabro.example.org", "name": "Storabro"}

    submitted = await at_once(
        put(database, f"{number}.yml", a_file(f"{URL}/{number}", organisation=organisation))
        for number in range(6)
    )

    assert {each.outcome for each in submitted} == {Outcome.CREATED}
