"""What is only known of software: left out unless it is asked for, and told of when that changes."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.catalogue import changes, compaction, copies, events, months, profiles, sets, software
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.catalogs import create as create_catalog
from app.catalogue.copies import Kind
from app.catalogue.entry import ROOT_ID, SoftwareFilter, Tier
from app.catalogue.events import EventFilter
from app.catalogue.profiles import ProfileFilter
from app.catalogue.records import withdraw, write
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest import known
from app.ingest.submission import Source, Submission
from app.pagination import PageRequest
from app.publiccode import validate
from app.publiccode.known import Known
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"
FILE = a_file(URL)


async def say(
    database: Database, *, file: bytes | None = None, name: str = "felanmalan", at: str = ROOT_ID
) -> str:
    """Store a file, or what is known without one; returns the id of the software."""
    source = Source(at, "17")
    submission = (
        Submission(source, file, validate(file))
        if file
        else known.submission(source, Known(name=name), URL)
    )
    async with transaction(database) as session:
        _, id = await write(session, submission.statement(), now=NOON)
    return id


async def told(
    database: Database, *, with_index: bool = False, catalog_id: str | None = None, since: int = 0
) -> list[tuple[int, str]]:
    async with reading(database) as session:
        found = await changes.since(
            session, since, 100, with_index=with_index, catalog_id=catalog_id
        )
    return [(each.sequence, each.type.value) for each in found]


async def deeds(database: Database) -> list[str]:
    async with reading(database) as session:
        page = await events.listing(session, EventFilter(entity_type="software"), PageRequest())
    return [orjson.loads(entry.document)["type"] for entry in reversed(page.items)]


async def test_software_comes_with_its_file_and_goes_without_it(database: Database) -> None:
    await say(database)
    await say(database, name="felanmälan")
    await say(database, file=FILE)
    await say(database, file=a_file(URL, name="Fel"))
    await say(database)
    await say(database, name="felanmälan")
    await say(database, file=FILE)

    assert await told(database) == [(3, "create"), (4, "update"), (5, "delete"), (7, "create")]
    assert await told(database, with_index=True) == [
        (1, "create"),
        *((number, "update") for number in range(2, 8)),
    ]
    assert await deeds(database) == ["create", "update", "delete", "create"]


async def test_what_was_never_published_goes_unnoticed(database: Database) -> None:
    id = await say(database)
    async with transaction(database) as session:
        await withdraw(session, id, reason="removed", now=NOON)

    assert await told(database) == []
    assert await told(database, with_index=True) == [(1, "create"), (2, "delete")]


async def test_catalogue_is_told_of_what_it_publishes_itself(database: Database) -> None:
    async with transaction(database) as session:
        other = (await create_catalog(session, CatalogDraft(name="Grannen"), now=NOON)).id
    await say(database, at=other)
    await say(database, file=FILE)
    await say(database, file=FILE, at=other)
    await say(database, at=other)

    assert await told(database) == [(3, "create"), (4, "update"), (5, "update")]
    assert await told(database, catalog_id=other) == [(4, "update"), (5, "update")]
    assert len(await told(database, catalog_id=other, with_index=True)) == 4


async def test_compacted_log_still_tells_that_it_has_gone(database: Database) -> None:
    await say(database, file=FILE)
    await say(database)
    await say(database, name="felanmälan")
    await say(database, name="fel")

    async with transaction(database) as session:
        await compaction.compact(session, before=NOON + timedelta(days=1), at_most=100)

    assert await told(database) == [(2, "delete")]
    assert await told(database, catalog_id=ROOT_ID) == [(2, "delete")]
    assert [sequence for sequence, _ in await told(database, with_index=True)] == [2, 4]


async def test_news_end_with_what_was_published(database: Database) -> None:
    await say(database, file=FILE)
    await say(database)
    await say(database, name="felanmälan")

    async with reading(database) as session:
        [last] = await changes.latest(session, 10, before=100)
        assert last.sequence == 2
        assert await software.published(session, [last.software_id]) == []


@pytest.mark.parametrize("catalog_id", [None, ROOT_ID])
async def test_lists_copies_and_sets_hold_what_is_published(
    database: Database, catalog_id: str | None
) -> None:
    async def present(id: str) -> dict[str, int]:
        wanted = SoftwareFilter(catalog_id=catalog_id)
        async with reading(database) as session:
            page = await software.listing(session, wanted, PageRequest())
            described = await profiles.page(
                session, ProfileFilter(catalog_id=catalog_id), PageRequest()
            )
            copied = await copies.after(session, Kind.SOFTWARE, "", 10, catalog_id=catalog_id)
            one = await copies.of(session, Kind.SOFTWARE, [id], catalog_id=catalog_id)
            member = await sets.member(session, id)
            return {
                "listed": len(page.items),
                "described": len(described.items),
                "copied": len(copied),
                "shown": len(one),
                "in a set": int(member is not None and not member.gone),
                "mapped": sum(month.count for month in await months.months(session)),
            }

    id = await say(database)
    assert set((await present(id)).values()) == {0}

    await say(database, file=FILE)
    assert set((await present(id)).values()) == {1}

    await say(database)
    assert set((await present(id)).values()) == {0}


@pytest.mark.parametrize("catalog_id", [None, ROOT_ID])
async def test_index_tier_is_there_for_those_who_ask(
    database: Database, catalog_id: str | None
) -> None:
    id = await say(database)

    async with reading(database) as session:
        for tier, count in ((Tier.INDEX, 1), (None, 1), (Tier.PUBLISHED, 0)):
            wanted = SoftwareFilter(catalog_id=catalog_id, tier=tier)
            page = await software.listing(session, wanted, PageRequest())
            assert len(page.items) == count
        [copy] = await copies.after(
            session, Kind.SOFTWARE, "", 10, catalog_id=catalog_id, with_index=True
        )
        assert (copy.id, len(copy.records)) == (id, 1)


async def test_records_without_a_file_are_left_out_of_copies(database: Database) -> None:
    async with transaction(database) as session:
        other = (await create_catalog(session, CatalogDraft(name="Grannen"), now=NOON)).id
    await say(database, at=other)
    id = await say(database, file=FILE)

    async with reading(database) as session:
        published = (await copies.of(session, Kind.SOFTWARE, [id]))[id]
        everything = (await copies.of(session, Kind.SOFTWARE, [id], with_index=True))[id]

    assert (len(published.records), len(everything.records)) == (1, 2)
