"""What is blocked: kept out when peers tell of it, withdrawn when it is blocked, back when it is not."""

from datetime import UTC, datetime

import pytest

from app.catalogue import blocks
from app.catalogue.blocks import Block
from app.catalogue.records import write
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import blocking
from app.federation.driver import HarvestedRecord, Known
from app.federation.runs import Count
from app.ingest.submission import Source, Submission
from app.publiccode import validate
from tests.builders import a_file
from tests.federation.scripted import Stage, page, said, url_of

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def block(database: Database, url: str) -> int:
    async with transaction(database) as session:
        return await blocking.block(session, Block(url, "spam", "anna", NOON), now=NOON)


async def lift(database: Database, url: str) -> None:
    async with transaction(database) as session:
        await blocks.lift(session, url)


async def test_what_is_blocked_is_withdrawn_and_comes_no_more(database: Database) -> None:
    stage = Stage(database)
    peer = await stage.follow()
    both = page(said("a"), said("b"))
    await stage.harvest(peer, both)

    assert await block(database, url_of("a")) == 1
    assert await stage.addresses() == [url_of("b")]
    run = await stage.harvest(peer, both)

    assert run.counts[Count.DROPPED] == 1
    assert await stage.addresses() == [url_of("b")]

    await lift(database, url_of("a"))
    await stage.harvest(peer, both)
    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_capitals_count_where_the_forge_tells_them_apart(database: Database) -> None:
    stage = Stage(database)
    peer = await stage.follow()
    names = ["Stad/app", "stad/app", "stad_/app"]
    await stage.harvest(peer, page(*map(said, names)))

    assert await block(database, url_of("stad")) == 1
    assert await stage.addresses() == [url_of("Stad/app"), url_of("stad_/app")]


async def test_every_address_counts(database: Database) -> None:
    stage = Stage(database)
    peer = await stage.follow()
    elsewhere = "https://blocked.example/a"
    await block(database, "https://blocked.example")

    await stage.harvest(
        peer,
        page(
            said("a", aliases=(elsewhere,)),
            said("b", url=elsewhere),
            HarvestedRecord(source_id="c", url=elsewhere, known=Known(name="c")),
            said("d"),
            said("e", aliases=("\0\ud800", "https://h.example/\0")),
        ),
    )

    assert await stage.addresses() == [url_of("d"), url_of("e")]


async def test_what_was_written_here_stays(database: Database) -> None:
    url = "https://git.example.org/storabro/own"
    file = a_file(url)
    async with transaction(database) as session:
        catalog_id = "00000000-0000-0000-0000-000000000000"
        submission = Submission(Source(catalog_id, "own.yml"), file, validate(file))
        await write(session, submission.statement(), now=NOON)

    assert await block(database, "https://git.example.org/storabro") == 0

    assert await Stage(database).addresses() == [url]


@pytest.mark.parametrize(
    ("blocked", "address", "expected"),
    [
        ("https://h.example", "https://h.example/a/b", True),
        ("https://h.example/a", "https://h.example/a/b.git", True),
        ("https://h.example/a/", "ssh://git@h.example/a/b.git", True),
        ("https://h.example/a/b", "https://www.h.example/a/b", True),
        ("https://h.example/a", "https://h.example/ab", False),
        ("https://h.example/a/b", "https://h.example/a", False),
        ("https://h.example", "https://sub.h.example/a", False),
        ("https://h.example/a_b", "https://h.example/axb/c", False),
    ],
)
async def test_address_stands_for_what_lies_below(
    database: Database, blocked: str, address: str, expected: bool
) -> None:
    stage = Stage(database)
    await stage.harvest(await stage.follow(), page(said("a", url=address)))

    assert await block(database, blocked) == int(expected)
    async with reading(database) as session:
        assert (address in await blocks.blocking(session, [address])) is expected
