"""What becomes of the files that one catalogue holds, and what readers see of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from app.catalogue import changes, quarantine, records, software
from app.catalogue.entry import (
    ROOT_ID,
    ChangeType,
    LoggedChange,
    Outcome,
    SoftwareFilter,
    Submitted,
)
from app.catalogue.errors import SoftwareNotFound, UrlTaken
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.editing import SoftwareDraft, SoftwareEdit, create, revise
from app.ingest.submission import Source, prepare, submit
from app.pagination import PageRequest
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"


async def put(
    database: Database, data: bytes, source_id: str = "a.yml", *, minute: int = 0
) -> Submitted:
    async with transaction(database) as session:
        return await submit(
            session,
            Source(ROOT_ID, source_id),
            data,
            await prepare(data),
            now=NOON + timedelta(minutes=minute),
        )


async def seen(database: Database, software_id: str | None) -> dict[str, Any]:
    assert software_id is not None
    async with reading(database) as session:
        document: dict[str, Any] = orjson.loads((await software.get(session, software_id)).document)
        return document


async def log(database: Database) -> list[LoggedChange]:
    async with reading(database) as session:
        return await changes.since(session, 0, 1000)


async def test_new_file_creates_software_and_one_change(database: Database) -> None:
    submitted = await put(database, a_file())

    assert submitted.outcome is Outcome.CREATED
    document = await seen(database, submitted.software_id)
    assert document["url"] == URL
    assert document["aliases"] == []
    assert document["createdAt"] == document["updatedAt"] == "2026-11-23T12:00:00Z"
    assert document["publiccodeYml"].encode() == a_file()
    [change] = await log(database)
    assert (change.sequence, change.type) == (1, ChangeType.CREATE)
    assert change.entity_id == document["id"]


async def test_same_file_again_changes_nothing(database: Database) -> None:
    first = await put(database, a_file())
    before = await seen(database, first.software_id)

    second = await put(database, a_file(), minute=5)

    assert second.outcome is Outcome.UNCHANGED
    assert second.software_id == first.software_id
    assert await seen(database, first.software_id) == before
    assert len(await log(database)) == 1


async def test_changed_file_updates_and_moves_updated_at(database: Database) -> None:
    first = await put(database, a_file())

    second = await put(database, a_file(name="Trasig lampa"), minute=5)

    assert second.outcome is Outcome.UPDATED
    document = await seen(database, first.software_id)
    assert document["createdAt"] == "2026-11-23T12:00:00Z"
    assert document["updatedAt"] == "2026-11-23T12:05:00Z"
    assert [change.type for change in await log(database)] == [
        ChangeType.CREATE,
        ChangeType.UPDATE,
    ]


async def test_invalid_file_is_stored_and_marked(database: Database) -> None:
    submitted = await put(database, a_file(developmentStatus="finished"))

    assert submitted.outcome is Outcome.CREATED
    assert not submitted.report.valid
    assert (await seen(database, submitted.software_id))["url"] == URL


async def test_last_valid_description_outlives_broken_text(database: Database) -> None:
    first = await put(database, a_file())

    second = await put(database, b"name: [broken", minute=5)

    assert second.outcome is Outcome.UPDATED
    assert second.software_id == first.software_id
    document = await seen(database, first.software_id)
    assert document["url"] == URL
    assert document["publiccodeYml"] == "name: [broken"


async def test_file_without_address_waits_in_quarantine_until_repaired(
    database: Database,
) -> None:
    data = a_file(url="not an address")
    assert (await put(database, data)).outcome is Outcome.QUARANTINED
    assert (await put(database, data)).outcome is Outcome.QUARANTINED
    async with reading(database) as session:
        [waiting] = (await quarantine.listing(session, PageRequest())).items
    assert (waiting.source_id, waiting.reason, waiting.raw) == ("a.yml", "url-missing", data)
    assert waiting.findings

    assert (await put(database, a_file())).outcome is Outcome.CREATED
    async with reading(database) as session:
        assert (await quarantine.listing(session, PageRequest())).items == []


async def test_address_of_another_source_leads_to_quarantine(database: Database) -> None:
    await put(database, a_file(), "a.yml")

    submitted = await put(database, a_file(name="Kopia"), "b.yml")

    assert (submitted.outcome, submitted.reason) == (Outcome.QUARANTINED, "url-taken")
    assert len(await log(database)) == 1


async def test_two_spellings_of_one_repository_are_one_software(database: Database) -> None:
    first = await put(database, a_file(f"{URL}.git"), "a.yml")

    second = await put(database, a_file(URL, name="Samma"), "b.yml", minute=1)

    assert second.outcome is Outcome.CREATED
    assert second.software_id == first.software_id


async def test_withdrawn_software_leaves_a_tombstone_and_frees_its_address(
    database: Database,
) -> None:
    first = await put(database, a_file())
    assert first.software_id

    async with transaction(database) as session:
        await records.withdraw(session, first.software_id, reason="removed", now=NOON)

    async with reading(database) as session:
        with pytest.raises(SoftwareNotFound):
            await software.get(session, first.software_id)
    *_, last = await log(database)
    assert (last.type, last.entity_id, last.reason) == (
        ChangeType.DELETE,
        first.software_id,
        "removed",
    )
    again = await put(database, a_file(), minute=9)
    assert again.outcome is Outcome.CREATED
    assert again.software_id != first.software_id


async def test_withdrawing_what_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(SoftwareNotFound):
        async with transaction(database) as session:
            await records.withdraw(session, "nobody", reason="removed", now=NOON)


async def test_created_software_echoes_normalised_addresses(database: Database) -> None:
    draft = SoftwareDraft(
        "HTTPS://www.Git.Example.org/a/b.git/", "-", aliases=("https://git.example.org/a/b",)
    )
    async with transaction(database) as session:
        entry = await create(session, draft, now=NOON)
    document = orjson.loads(entry.document)
    assert document["url"] == "https://git.example.org/a/b.git"
    assert document["aliases"] == ["https://git.example.org/a/b"]


async def test_inactive_untouched_software_comes_back_to_life(database: Database) -> None:
    async with transaction(database) as session:
        dead = await create(session, SoftwareDraft(URL, "-", active=False), now=NOON)
    text = a_file().decode()

    async with transaction(database) as session:
        alive = await create(session, SoftwareDraft(URL, text), now=NOON + timedelta(hours=1))

    assert alive.id == dead.id
    assert orjson.loads(alive.document)["active"] is True
    with pytest.raises(UrlTaken):
        async with transaction(database) as session:
            await create(session, SoftwareDraft(URL, text), now=NOON + timedelta(hours=2))


async def test_edit_keeps_what_it_does_not_mention(database: Database) -> None:
    draft = SoftwareDraft(URL, a_file().decode(), aliases=(f"{URL}.git",), vitality="90,90")
    async with transaction(database) as session:
        entry = await create(session, draft, now=NOON)

    later = NOON + timedelta(hours=1)
    async with transaction(database) as session:
        edit = SoftwareEdit(url="https://git.example.org/storabro/flyttad", publiccode_yml="")
        entry = await revise(session, await records.held(session, entry.id), edit, now=later)

    document = orjson.loads(entry.document)
    assert document["url"] == "https://git.example.org/storabro/flyttad"
    assert document["aliases"] == [f"{URL}.git"]
    assert document["vitality"] == "90,90"
    assert document["publiccodeYml"] == a_file().decode()

    async with transaction(database) as session:
        edit = SoftwareEdit(aliases=(), vitality=None, active=False)
        entry = await revise(
            session, await records.held(session, entry.id), edit, now=later + timedelta(hours=1)
        )
    document = orjson.loads(entry.document)
    assert (document["aliases"], document["vitality"], document["active"]) == ([], None, False)


async def test_lists_hold_active_software_in_the_order_of_creation(database: Database) -> None:
    for number in range(5):
        url = f"https://git.example.org/storabro/{number}"
        await put(database, a_file(url), f"{number}.yml", minute=number)

    async with reading(database) as session:
        first = await software.listing(session, SoftwareFilter(), PageRequest(size=2))
        second = await software.listing(
            session, SoftwareFilter(), PageRequest(size=2, after=first.next)
        )
        back = await software.listing(
            session, SoftwareFilter(), PageRequest(size=2, before=second.previous)
        )
        found = await software.listing(
            session, SoftwareFilter(url="https://GIT.example.org/storabro/3/"), PageRequest()
        )
    urls = [
        [orjson.loads(entry.document)["url"][-1] for entry in page.items]
        for page in (first, second, back, found)
    ]
    assert urls == [["0", "1"], ["2", "3"], ["0", "1"], ["3"]]
    assert first.previous is None
    assert back.previous is None


async def test_changes_of_many_writers_are_numbered_without_gap_in_commit_order(
    database: Database,
) -> None:
    writers, writes = 8, 6

    async def write(writer: int) -> None:
        for number in range(writes):
            url = f"https://git.example.org/{writer}/{number}"
            await put(database, a_file(url), f"{writer}/{number}.yml")

    async def follow() -> AsyncIterator[int]:
        last = 0
        while last < writers * writes:
            async with reading(database) as session:
                for change in await changes.since(session, last, 7):
                    last = change.sequence
                    yield last
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for writer in range(writers):
            group.create_task(write(writer))
        followed = [sequence async for sequence in follow()]

    assert followed == list(range(1, writers * writes + 1))


async def test_one_address_wanted_by_many_at_once_goes_to_one(database: Database) -> None:
    async def attempt() -> bool:
        try:
            async with transaction(database) as session:
                await create(session, SoftwareDraft(URL, a_file().decode()), now=NOON)
        except UrlTaken:
            return False
        return True

    async with asyncio.TaskGroup() as group:
        attempts = [group.create_task(attempt()) for _ in range(16)]

    assert sum(task.result() for task in attempts) == 1
    assert len(await log(database)) == 1


async def test_failed_transaction_leaves_no_change(database: Database) -> None:
    async def create_twice() -> None:
        async with transaction(database) as session:
            await create(session, SoftwareDraft(URL, "-"), now=NOON)
            await create(session, SoftwareDraft(URL, "-"), now=NOON)

    with pytest.raises(UrlTaken):
        await create_twice()
    assert await log(database) == []


async def test_record_that_is_not_shown_is_a_change_of_its_software(database: Database) -> None:
    first = await put(database, a_file(f"{URL}.git"), "a.yml")
    await put(database, a_file(), "b.yml", minute=1)
    before = await seen(database, first.software_id)

    await put(database, a_file() + b" # nothing else", "b.yml", minute=2)

    assert await seen(database, first.software_id) == {
        **before,
        "updatedAt": "2026-11-23T12:02:00Z",
    }
    assert len(await log(database)) == 3


async def test_address_that_is_endless_once_it_is_normalised_leads_to_quarantine(
    database: Database,
) -> None:
    submitted = await put(database, a_file("https://git.example.org/" + "路" * 400))

    assert (submitted.outcome, submitted.reason) == (Outcome.QUARANTINED, "url-missing")


async def test_edit_of_something_else_leaves_addresses_as_they_are(database: Database) -> None:
    """Normalising twice is not the same: of several trailing slashes it takes one."""
    async with transaction(database) as session:
        entry = await create(
            session, SoftwareDraft(f"{URL}//", "-", aliases=(f"{URL}.git//",)), now=NOON
        )
    created = orjson.loads(entry.document)

    async with transaction(database) as session:
        edit = SoftwareEdit(vitality="90,90")
        entry = await revise(
            session, await records.held(session, entry.id), edit, now=NOON + timedelta(hours=1)
        )

    edited = orjson.loads(entry.document)
    assert (edited["url"], edited["aliases"]) == (created["url"], created["aliases"])
