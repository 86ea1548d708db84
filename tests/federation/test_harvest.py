"""Harvests: what is new, changed, the same, gone or doubtful, and going on after the worst."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.catalogue import quarantine, sources
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import peers, reconciliation, removal, runs, storing
from app.federation.driver import (
    Capabilities,
    CursorLost,
    Forked,
    HarvestedRecord,
    Known,
    Mode,
    Origin,
    Page,
    PageRepeated,
    PeerFault,
    Unavailable,
    Unreadable,
)
from app.federation.harvest import LONGEST_HARVEST
from app.federation.peers import Trust
from app.federation.progress import LEASE, OVERLAP, RECONCILED_EVERY
from app.federation.runs import Count, RunState
from app.pagination import PageRequest
from tests.builders import a_file
from tests.federation.scripted import (
    OURSELVES,
    VAULT,
    Killed,
    Stage,
    kill,
    page,
    said,
    url_of,
)

pytestmark = pytest.mark.anyio

LISTING = Capabilities()
TROUBLE = Unavailable("https://peer.example.org", 503)


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)


async def test_new_changed_and_unchanged_records(stage: Stage) -> None:
    peer = await stage.follow()
    first = await stage.harvest(peer, page(said("a"), said("b"), cursor="1"), page(said("c")))
    changes = await stage.number_of_changes()
    again = await stage.harvest(peer, page(said("a"), said("b", changes={"logo": "b.svg"})))

    assert await stage.addresses() == [url_of(name) for name in "abc"]
    assert (first.state, first.mode, first.pages, first.complete) == (
        RunState.SUCCEEDED,
        Mode.FULL,
        2,
        True,
    )
    assert (first.counts[Count.SEEN], first.counts[Count.CREATED]) == (3, 3)
    assert (again.counts[Count.UPDATED], again.counts[Count.UNCHANGED]) == (1, 1)
    assert await stage.number_of_changes() == changes + 1


async def test_what_the_peer_says_itself_is_from_the_peer(stage: Stage) -> None:
    peer = await stage.follow(priority=7)
    read = said("b", is_first_hand=True)
    relayed = said("c", origin=Origin(catalog="https://x", record_id="1"), via=("https://y",))
    await stage.harvest(peer, page(said("a"), read, relayed))

    told = {each["software"]["url"]: each["records"][0] for each in await stage.software()}
    assert told[url_of("a")]["origin"] == {"catalog": peer.uri, "recordId": "a"}
    assert told[url_of("a")]["via"] == []
    assert told[url_of("a")]["catalogId"] == peer.catalog_id
    assert told[url_of("b")]["origin"] is None
    assert told[url_of("c")]["origin"] == {"catalog": "https://x", "recordId": "1"}
    assert told[url_of("c")]["via"] == ["https://y", peer.uri]
    assert told[url_of("c")]["catalogId"] != peer.catalog_id


async def test_cut_off_harvest_goes_on_behind_its_last_page(stage: Stage) -> None:
    peer = await stage.follow()

    with pytest.raises(Killed):
        await stage.harvest(peer, page(said("a"), cursor="behind a"), kill)
    assert await stage.harvester.harvest(peer.id) is None, "somebody may still be at it"
    stage.clock.now += LEASE
    run = await stage.harvest(peer, page(said("b")))

    assert stage.script.tasks[-1].cursor == "behind a"
    assert run.counts[Count.CREATED] == 2
    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_fault_ends_the_harvest_and_keeps_what_was_stored(stage: Stage) -> None:
    peer = await stage.follow()
    failed = await stage.harvest(peer, page(said("a"), cursor="1"), TROUBLE)
    again = await stage.harvest(peer, page(said("b")))

    assert (failed.state, failed.error) == (RunState.FAILED, str(TROUBLE))
    assert stage.script.tasks[-1].cursor == "1"
    assert again.complete
    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_any_fault_can_be_written_down(stage: Stage) -> None:
    peer = await stage.follow()
    failed = await stage.harvest(peer, Unreadable("https://x/?\0\ud800", "leads on " * 10_000))

    assert failed.error
    assert failed.error.startswith(r"https://x/?\0\ud800 leads on")
    assert len(failed.error) < 10_000


async def test_what_waits_for_a_free_address_is_counted_once(stage: Stage) -> None:
    peer = await stage.follow()
    run = await stage.harvest(peer, page(said("a"), said("b", aliases=(url_of("a"),))))

    assert (run.counts[Count.SEEN], run.counts[Count.CREATED]) == (2, 1)
    assert run.counts[Count.QUARANTINED] == 1


async def test_harvest_that_takes_too_long_goes_on_when_others_had_their_turn(
    stage: Stage,
) -> None:
    peer = await stage.follow()

    async def wait() -> None:
        stage.clock.now += LONGEST_HARVEST

    broken_off = await stage.harvest(peer, page(said("a"), cursor="1"), wait, page(cursor="1"))
    run = await stage.harvest(peer, page(said("b")))

    assert (broken_off.state, broken_off.complete) == (RunState.FAILED, False)
    assert (stage.script.tasks[-1].cursor, run.complete) == ("1", True)
    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_pauses_grow_while_a_peer_fails(stage: Stage) -> None:
    peer = await stage.follow()
    pauses = []
    for _ in range(4):
        await stage.harvest(peer, TROUBLE)
        async with reading(stage.database) as session:
            standing = (await peers.get(session, peer.id)).standing
        pauses.append(round((standing.due_at - stage.clock.now).total_seconds()))

    assert pauses == [60, 120, 240, 480]
    assert standing.failures == 4


async def test_repeated_page_begins_the_listing_anew(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), cursor="1"), PageRepeated("https://x", "repeats"))
    await stage.harvest(peer, page(said("a")))

    assert [task.cursor for task in stage.script.tasks] == [None, None]


async def test_incremental_harvest_begins_where_the_last_one_ended(stage: Stage) -> None:
    peer = await stage.follow()
    first = await stage.harvest(peer, page(said("a"), cursor="1"))
    await stage.harvest(peer, page(said("b"), cursor="2"))
    run = await stage.harvest(peer, page(cursor="3"))

    assert [(task.mode, task.cursor) for task in stage.script.tasks] == [
        (Mode.FULL, None),
        (Mode.INCREMENTAL, "1"),
        (Mode.INCREMENTAL, "2"),
    ]
    assert stage.script.tasks[1].since == first.started_at - OVERLAP if first.started_at else None
    assert not run.complete


async def test_lost_cursor_and_time_lead_to_a_full_listing(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), cursor="1"))
    await stage.harvest(peer, CursorLost("https://x", "has forgotten"))
    await stage.harvest(peer, page(said("a"), cursor="2"))
    stage.clock.now += RECONCILED_EVERY
    await stage.harvest(peer, page(said("a"), cursor="3"))

    assert [(task.mode, task.before) for task in stage.script.tasks] == [
        (Mode.FULL, None),
        (Mode.INCREMENTAL, None),
        (Mode.FULL, None),
        (Mode.FULL, "2"),
    ]


async def test_absence_needs_two_complete_listings(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), said("b")))
    broken = await stage.harvest(peer, page(said("a"), cursor="1"), TROUBLE)
    first = await stage.harvest(peer, page(said("a")))
    there = await stage.addresses()
    second = await stage.harvest(peer, page(said("a")))

    assert (broken.counts[Count.MISSING], first.counts[Count.MISSING]) == (0, 1)
    assert there == [url_of("a"), url_of("b")]
    assert second.counts[Count.WITHDRAWN] == 1
    assert await stage.addresses() == [url_of("a")]


async def test_what_only_is_still_there_stays_as_it_was(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    silent = (HarvestedRecord(source_id="b"), HarvestedRecord(source_id="never told of"))
    await stage.harvest(peer, page(said("a"), said("b")))
    before = await stage.number_of_changes()
    for _ in range(3):
        run = await stage.harvest(peer, page(said("a"), *silent))

    assert (run.counts[Count.MISSING], run.counts[Count.SKIPPED]) == (0, 2)
    assert await stage.addresses() == [url_of("a"), url_of("b")]
    assert await stage.number_of_changes() == before


async def test_silent_member_of_a_group_is_not_withdrawn_with_the_rest(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), said("b", group="g"), groups="g"))
    await stage.harvest(peer, page(HarvestedRecord(source_id="b", group="g"), groups="g"))

    assert await stage.addresses() == [url_of("b")]


async def test_copy_leads_to_its_original_and_has_no_say_there(stage: Stage) -> None:
    peer = await stage.follow()
    original = said("city/app", is_first_hand=True)
    copy = replace(
        original,
        source_id="copy",
        url=url_of("jane/app"),
        forked=Forked(parent=original.url),
        known=Known(name="app"),
    )
    for order in ((copy,), (copy, original), (original,)):
        await stage.harvest(peer, page(*order))

    [found] = await stage.software()
    assert found["software"]["url"] == original.url
    assert {each["tier"] for each in found["records"]} == {"published", "index"}


async def test_what_is_back_was_not_missed(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    both = page(said("a"), said("b"))
    for pages in (both, page(said("a")), both, page(said("a"))):
        await stage.harvest(peer, pages)

    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_what_only_is_still_there_was_not_missed(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    alone = page(said("a"))
    silent = page(said("a"), HarvestedRecord(source_id="b"))
    for pages in (page(said("a"), said("b")), alone, silent, alone):
        await stage.harvest(peer, pages)

    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_absence_says_nothing_where_not_everything_is_listed(stage: Stage) -> None:
    stage.capabilities = Capabilities(complete=False)
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), said("b")))
    for _ in range(3):
        await stage.harvest(peer, page(said("a")))

    assert await stage.addresses() == [url_of("a"), url_of("b")]


async def test_large_loss_waits_for_a_person(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    names = [f"s{number}" for number in range(10)]
    await stage.harvest(peer, page(*map(said, names)))
    left = page(*map(said, names[:4]))
    await stage.harvest(peer, left)
    suspicious = await stage.harvest(peer, left)
    assert len(await stage.addresses()) == 10

    confirmed = await reconciliation.confirm(
        stage.database, peer.id, suspicious.id, now=stage.clock()
    )

    assert suspicious.state is RunState.SUSPICIOUS
    assert suspicious.error == "6 of 10 records would go; confirm it if they are gone."
    assert confirmed.state is RunState.SUCCEEDED
    assert confirmed.counts[Count.WITHDRAWN] == 6
    assert len(await stage.addresses()) == 4


async def test_large_loss_can_be_confirmed_after_other_harvests(stage: Stage) -> None:
    peer = await stage.follow()
    left = page(*(said(f"s{n}") for n in range(4)))
    await stage.harvest(peer, page(*(said(f"s{n}") for n in range(10))))
    for _ in range(2):
        async with transaction(stage.database) as session:
            await runs.ask_for(session, peer.id, Mode.FULL, now=stage.clock())
        suspicious = await stage.harvest(peer, left)
    await stage.harvest(peer, page(said("s4")))

    async with reading(stage.database) as session:
        last = await runs.last_complete(session, peer.id)
    confirmed = await reconciliation.confirm(
        stage.database, peer.id, suspicious.id, now=stage.clock()
    )

    assert (suspicious.state, last) == (RunState.SUSPICIOUS, suspicious.id)
    assert confirmed.counts[Count.WITHDRAWN] == 5
    assert await stage.addresses() == [url_of(f"s{n}") for n in range(5)]


async def test_what_comes_back_while_somebody_confirms_that_it_is_gone_stays(stage: Stage) -> None:
    stage.capabilities = LISTING
    peer = await stage.follow()
    everything, left = (page(*(said(f"s{n}") for n in range(count))) for count in (10, 4))
    for pages in (everything, left, left):
        await stage.harvest(peer, pages)
    async with reading(stage.database) as session:
        since = (await peers.get(session, peer.id)).standing.listed_at
        assert since is not None
        found = await reconciliation.absent(session, peer.id, since=since)

    async def withdraw() -> None:
        await reconciliation.withdraw(
            stage.database, peer, found.lost, since=since, now=stage.clock()
        )

    await stage.harvest(peer, everything, withdraw)

    assert len(found.lost) == 6
    assert len(await stage.addresses()) == 10


async def test_silent_record_goes_to_another_group_and_with_it(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), groups=["g"]))
    await stage.harvest(peer, page(HarvestedRecord(source_id="a", group="h"), groups=["g", "h"]))
    assert await stage.addresses() == [url_of("a")]

    await stage.harvest(
        peer, page(HarvestedRecord(source_id="never told", group="h"), groups=["h"])
    )

    assert await stage.addresses() == []


async def test_tombstone_and_group_withdraw_at_once(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(
        peer,
        page(said("a"), said("b", group="g"), said("c", group="g"), groups=["g"]),
    )
    run = await stage.harvest(
        peer,
        page(HarvestedRecord(source_id="a", deleted=True), said("b", group="g"), groups=["g"]),
    )

    assert run.counts[Count.WITHDRAWN] == 2
    assert await stage.addresses() == [url_of("b")]


async def test_record_that_goes_to_another_group_stays(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), groups=["g"]))
    [before] = await stage.software()
    await stage.harvest(peer, page(said("a", group="h"), groups=["g", "h"]))
    await stage.harvest(peer, page(groups=["g"]))

    [after] = await stage.software()
    assert after["id"] == before["id"]


@pytest.mark.parametrize("is_told_between", [False, True])
async def test_a_page_may_end_while_a_record_goes_to_another_group(
    stage: Stage, is_told_between: bool
) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), said("b", group="g"), groups=["g"]))
    before = await stage.software()
    between = page(said("b", group="g"), groups=["g"]) if is_told_between else page(said("c"))

    run = await stage.harvest(
        peer,
        page(said("b", group="g"), groups=["g"], cursor="1"),
        between,
        page(said("a", group="h"), groups=["h"], cursor="2"),
    )

    assert (run.counts[Count.WITHDRAWN], run.counts[Count.CREATED]) == (0, not is_told_between)
    assert (await stage.software())[:2] == before
    run = await stage.harvest(peer, page(groups=["h"]), page(said("new", url=url_of("a"))))
    assert (run.counts[Count.WITHDRAWN], run.counts[Count.CREATED]) == (1, 1)
    assert before[0]["id"] not in {each["id"] for each in await stage.software()}


async def test_what_left_its_group_goes_though_the_harvest_breaks_off(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), said("b", group="g"), groups=["g"]))

    run = await stage.harvest(
        peer, page(said("b", group="g"), groups=["g"]), Unavailable("https://peer.example.org", 500)
    )

    assert (run.state, run.counts[Count.WITHDRAWN]) == (RunState.FAILED, 1)
    assert await stage.addresses() == [url_of("b")]


async def test_what_left_its_group_before_a_crash_goes_with_the_next_harvest(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a", group="g"), said("b", group="g"), groups=["g"]))

    with pytest.raises(Killed):
        await stage.harvest(peer, page(groups=["g"]), page(said("c")), kill)
    assert len(await stage.addresses()) == 3
    stage.clock.now += LEASE
    await stage.harvest(peer, page(said("b", group="h"), groups=["h"]))

    assert await stage.addresses() == [url_of("b"), url_of("c")]


async def test_the_kind_of_a_copy_is_told_and_passed_on(stage: Stage) -> None:
    peer = await stage.follow()

    async def forks() -> list[str | None]:
        async with reading(stage.database) as session:
            found = [await sources.of(session, each["id"]) for each in await stage.software()]
        assert [each["records"][0]["fork"] for each in await stage.software()] == [
            records[0].fork for _, records in found
        ]
        return [records[0].fork for _, records in found]

    lost = said("lost", is_first_hand=True, text=a_file(url_of("elsewhere")))
    copy = said("copy", is_first_hand=True, forked=Forked())
    relayed = said("relayed", fork="variant-fork")
    await stage.harvest(peer, page(copy, lost, relayed))
    assert await forks() == ["git-fork", "url-mistake", "variant-fork"]

    run = await stage.harvest(peer, page(copy, lost, relayed))
    assert run.counts[Count.UNCHANGED] == 3
    mended = said("lost", is_first_hand=True)
    run = await stage.harvest(peer, page(replace(copy, forked=None), mended, relayed))
    assert run.counts[Count.UPDATED] == 2
    assert await forks() == [None, None, "variant-fork"]


async def test_loops_and_long_ways_are_dropped(stage: Stage) -> None:
    peer = await stage.follow()
    elsewhere = Origin(catalog="https://x", record_id="1")
    run = await stage.harvest(
        peer,
        page(
            said("ours", origin=Origin(catalog=OURSELVES, record_id="1")),
            said("part", origin=Origin(catalog=f"{OURSELVES}/5", record_id="1")),
            said("through us", origin=elsewhere, via=("https://y", OURSELVES)),
            said("too far", origin=elsewhere, via=tuple("abcd")),
            said("far", origin=elsewhere, via=tuple("abc")),
        ),
    )

    assert run.counts[Count.DROPPED] == 4
    assert await stage.addresses() == [url_of("far")]


async def test_shorter_of_two_ways_to_one_origin_is_heard(stage: Stage) -> None:
    peer = await stage.follow()
    origin = Origin(catalog="https://x", record_id="1")
    long = said("a", origin=origin, via=("https://y",), group="g", changes={"logo": "old.svg"})
    await stage.harvest(peer, page(long, said("a", origin=origin, group="h"), groups=["g", "h"]))
    run = await stage.harvest(peer, page(long, groups=["g"]))

    [software] = await stage.software()
    assert software["records"][0]["via"] == [peer.uri]
    assert run.counts[Count.UNCHANGED] == 1


async def test_repository_in_two_catalogues_is_one_software_until_the_last_goes(
    stage: Stage,
) -> None:
    one, other = await stage.follow("https://one"), await stage.follow("https://other")
    for peer in (one, other):
        await stage.harvest(peer, page(said("a")))
    [both] = await stage.software()
    await stage.harvest(one, page(HarvestedRecord(source_id="a", deleted=True)))
    [left] = await stage.software()
    await stage.harvest(other, page(HarvestedRecord(source_id="a", deleted=True)))

    assert len(both["records"]) == 2
    assert (left["id"], len(left["records"])) == (both["id"], 1)
    assert await stage.software() == []


async def test_who_is_trusted_more_is_heard_before_a_higher_priority(stage: Stage) -> None:
    relay = await stage.follow("https://b.example.org", trust=Trust.RELAY, priority=999)
    owner = await stage.follow("https://a.example.org", trust=Trust.OWNER)
    for peer, logo in ((relay, "b.svg"), (owner, "a.svg")):
        await stage.harvest(peer, page(said("x", changes={"logo": logo})))

    [merged] = await stage.software()
    assert len(merged["records"]) == 2
    async with stage.database.reading.connect() as connection:
        logos = await connection.execute(text("SELECT logo FROM software"))
        assert [logo for (logo,) in logos] == ["a.svg"]


async def test_two_catalogues_of_a_relay_may_say_the_same(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(
        peer,
        page(
            *(
                replace(said("a"), source_id=each, origin=Origin(catalog=each, record_id="1"))
                for each in ("https://x", "https://y", peer.uri)
            )
        ),
    )

    [software] = await stage.software()
    assert len(software["records"]) == 3


async def test_word_of_the_origin_counts_for_what_others_passed_on(stage: Stage) -> None:
    origin, relay = await stage.follow("https://origin"), await stage.follow("https://relay")
    await stage.harvest(origin, page(said("a")))
    named = Origin(catalog=origin.uri, record_id="a")
    await stage.harvest(relay, page(said("a", origin=named)))
    await stage.harvest(origin, page(HarvestedRecord(source_id="a", deleted=True)))

    assert await stage.software() == []


async def test_record_of_which_another_catalogue_turns_out_to_be_the_origin_moves(
    stage: Stage,
) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a")))
    [before] = await stage.software()
    await stage.harvest(peer, page(said("a", origin=Origin(catalog="https://x", record_id="1"))))
    [after] = await stage.software()
    await stage.harvest(peer, page(HarvestedRecord(source_id="a", deleted=True)))

    [record] = after["records"]
    assert after["id"] == before["id"]
    assert record["origin"] == {"catalog": "https://x", "recordId": "1"}
    assert await stage.software() == []


async def test_a_peer_speaks_for_so_many_catalogues(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_ORIGINS", 3)
    peer = await stage.follow()

    def relayed(number: int) -> HarvestedRecord:
        origin = Origin(catalog=f"https://x{number}", record_id="1")
        return said(f"{number}", origin=origin)

    everything = page(*map(relayed, range(5)), said("own"))
    for _ in range(2):
        run = await stage.harvest(peer, everything)
        assert run.state is RunState.SUCCEEDED
        assert (run.counts[Count.QUARANTINED], run.counts[Count.UNPLACED]) == (3, 3)
        assert await stage.addresses() == [url_of("0"), url_of("1"), url_of("own")]

    async with reading(stage.database) as session:
        waiting = (await quarantine.listing(session, PageRequest())).items
    assert {(each.catalog_id, each.reason) for each in waiting} == {
        (peer.catalog_id, "origins-exceeded")
    }
    assert sorted(each.url or "" for each in waiting) == [url_of(f"{each}") for each in (2, 3, 4)]

    monkeypatch.setattr(storing, "MOST_ORIGINS", 10)
    run = await stage.harvest(peer, everything)
    assert (run.counts[Count.CREATED], run.counts[Count.UNPLACED]) == (3, 0)
    async with reading(stage.database) as session:
        assert not (await quarantine.listing(session, PageRequest())).items


async def test_what_has_a_fault_waits_until_it_is_gone(stage: Stage) -> None:
    stage.capabilities = Capabilities()
    peer = await stage.follow()
    faulty = said("no id a", fault="id-missing")

    for _ in range(2):
        run = await stage.harvest(peer, page(faulty, said("b")))
        assert run.counts[Count.QUARANTINED] == 1
        assert await stage.addresses() == [url_of("b")]
        async with reading(stage.database) as session:
            [waiting] = (await quarantine.listing(session, PageRequest())).items
        assert (waiting.reason, waiting.raw) == ("id-missing", faulty.text)

    for _ in range(2):
        await stage.harvest(peer, page(said("a"), said("b")))
    assert await stage.addresses() == [url_of("a"), url_of("b")]
    async with reading(stage.database) as session:
        assert not (await quarantine.listing(session, PageRequest())).items


@pytest.mark.parametrize(
    "later",
    [
        page(HarvestedRecord(source_id="a", deleted=True)),
        page(groups=["g"]),
        page(said("new", source_id="a", group="g"), groups=["g"]),
    ],
    ids=["gone", "left", "changed"],
)
async def test_what_had_no_place_is_not_stored_when_it_is_over(stage: Stage, later: Page) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("b")))

    crowded_out = said("b", source_id="a", group="g")
    run = await stage.harvest(
        peer, page(crowded_out, groups=["g"]), later, page(said("c", source_id="b"))
    )

    assert run.state is RunState.SUCCEEDED
    assert await stage.addresses() == [
        url_of("c"),
        *(url_of("new") for record in later.records if record.text),
    ]
    async with reading(stage.database) as session:
        assert not (await quarantine.listing(session, PageRequest())).items


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_repositories_swap_their_addresses(stage: Stage, size: int) -> None:
    """Also where a page ends between them."""
    stage.capabilities = Capabilities()
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), said("b"), said("c")))
    before = {each["id"]: each["records"][0]["id"] for each in await stage.software()}

    swapped = [said("a", source_id="b"), said("c"), said("b", source_id="a")]
    pages = [page(*swapped[at : at + size]) for at in range(0, 3, size)]
    run = await stage.harvest(peer, *pages)

    assert (run.counts[Count.UPDATED], run.counts[Count.QUARANTINED]) == (2, 0)
    assert {each["id"]: each["records"][0]["id"] for each in await stage.software()} == before
    assert await stage.addresses() == [url_of(name) for name in "abc"]
    changes = await stage.number_of_changes()
    assert (await stage.harvest(peer, *pages)).counts[Count.UNCHANGED] == 3
    assert await stage.number_of_changes() == changes
    async with reading(stage.database) as session:
        assert not (await quarantine.listing(session, PageRequest())).items


async def test_bad_records_are_quarantined_and_never_fail_the_harvest(stage: Stage) -> None:
    peer = await stage.follow()
    run = await stage.harvest(
        peer,
        page(
            HarvestedRecord(source_id="no address", text=b"name: x"),
            HarvestedRecord(source_id="nothing at all"),
            said("odd", source_id="nul\0", url=url_of("\0"), vitality="\0", aliases=("\0", "x\0")),
            said("long", source_id="long" * 1000),
            said("half", source_id="\ud800", identifiers=(("wikidata", "Q1\0"), ("odd", "x"))),
            said("good"),
            HarvestedRecord(source_id="big", url=url_of("big"), text=b"#" * 2_000_000),
        ),
    )

    assert run.state is RunState.SUCCEEDED
    assert run.counts[Count.SKIPPED] == 2
    assert run.counts[Count.QUARANTINED] == 1
    assert {url_of(name) for name in ("good", "half", "long")} < set(await stage.addresses())


async def test_address_that_passes_to_another_record_is_taken_over(stage: Stage) -> None:
    peer = await stage.follow()
    await stage.harvest(peer, page(said("a"), said("b")))
    first = said("b", url=url_of("a"), text=said("a").text)
    run = await stage.harvest(peer, page(first), page(said("a", url=url_of("c"))))

    assert run.state is RunState.SUCCEEDED
    assert await stage.addresses() == [url_of("a"), url_of("c")]


async def test_no_peer_can_swell_a_software(stage: Stage) -> None:
    peer = await stage.follow()
    aliases = tuple(url_of(f"alias-{number:04}") for number in range(1500))
    identifiers = tuple(("wikidata", f"Q{number}") for number in range(1, 1000))
    swollen = page(said("a", aliases=aliases, identifiers=identifiers))

    for count in (Count.CREATED, Count.UNCHANGED):
        run = await stage.harvest(peer, swollen)
        assert (run.state, run.counts[count]) == (RunState.SUCCEEDED, 1)

    [software] = await stage.software()
    assert software["software"]["aliases"] == list(aliases[:1000])
    [record] = software["records"]
    assert len(record["identifiers"]) == 100


async def test_odd_words_of_a_fault_can_be_kept(stage: Stage) -> None:
    peer = await stage.follow()
    run = await stage.harvest(peer, PeerFault("https://x", "calls itself \0\ud800" + "x" * 9999))

    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error.startswith(r"https://x calls itself \0\ud800x")


async def test_what_has_no_file_enters_the_index_tier(stage: Stage) -> None:
    peer = await stage.follow()
    told = HarvestedRecord(source_id="a", url=url_of("a"), known=Known(name="a"))
    await stage.harvest(peer, page(told))
    [software] = await stage.software()
    assert software["records"][0]["tier"] == "index"

    await stage.harvest(peer, page(said("a")))

    [software] = await stage.software()
    assert software["records"][0]["tier"] == "published"


async def test_harvest_is_opened_for_one_at_a_time(stage: Stage) -> None:
    peer = await stage.follow()
    meanwhile = []

    async def another() -> None:
        meanwhile.append(await stage.harvester.harvest(peer.id))

    await stage.harvest(peer, another, page(said("a"), cursor="1"), another)

    assert meanwhile == [None, None]
    assert len(stage.script.tasks) == 1


async def test_harvest_that_was_asked_for_needs_not_be_due(stage: Stage) -> None:
    peer = await stage.follow(enabled=False)
    assert await stage.harvester.harvest(peer.id) is None
    async with transaction(stage.database) as session:
        lined_up = await runs.ask_for(session, peer.id, Mode.FULL, now=stage.clock())
    run = await stage.harvester.harvest(peer.id)

    assert run is not None
    assert (run.id, run.mode) == (lined_up.id, Mode.FULL)
    assert await stage.harvester.harvest(peer.id) is None


async def test_removed_peer_takes_its_records_along(stage: Stage) -> None:
    kept, gone = await stage.follow("https://kept"), await stage.follow("https://gone")
    await stage.harvest(kept, page(said("a"), said("b")))
    await stage.harvest(
        gone,
        page(
            said("b"),
            said("c", origin=Origin(catalog="u:x", record_id="1")),
            HarvestedRecord(source_id="d", text=b"name: without an address"),
        ),
    )

    await removal.remove(stage.database, kept.id, withdraw=False, now=stage.clock())
    await removal.remove(stage.database, gone.id, now=stage.clock())

    assert await stage.addresses() == [url_of("a"), url_of("b")]
    async with reading(stage.database) as session:
        count = await session.execute(text("SELECT count(*) FROM catalogs"))
        assert count.scalar_one() == 2, "the root, and the one that still has records"


async def test_peer_removed_meanwhile_is_harvested_no_more(stage: Stage) -> None:
    peer = await stage.follow()

    async def remove() -> None:
        await removal.remove(stage.database, peer.id, now=stage.clock())

    stage.script.pages = (page(said("a"), cursor="1"), remove, page(said("b")))
    assert await stage.harvester.harvest(peer.id) is None

    assert await stage.software() == []


async def test_peer_that_is_elsewhere_meanwhile_is_listed_anew(stage: Stage) -> None:
    peer = await stage.follow()

    async def move() -> None:
        async with transaction(stage.database) as session:
            draft = replace(peer.draft(), url="https://elsewhere.example.org")
            await peers.revise(session, peer.id, draft, VAULT, now=stage.clock())

    stage.script.pages = (page(said("a"), cursor="1"), move, page(said("b"), cursor="2"))
    assert await stage.harvester.harvest(peer.id) is None
    run = await stage.harvest(peer, page(said("c")))

    assert (run.mode, stage.script.tasks[-1].cursor) == (Mode.FULL, None)
    assert await stage.addresses() == [url_of("a"), url_of("c")]


async def test_harvest_that_is_told_to_stop_goes_on_later(stage: Stage) -> None:
    peer = await stage.follow()
    stop = asyncio.Event()

    async def wait() -> None:
        stop.set()
        await asyncio.sleep(60)

    stage.script.pages = (page(said("a"), cursor="1"), wait)
    assert await stage.harvester.harvest(peer.id, stop) is None
    run = await stage.harvest(peer, page(said("b")))

    assert stage.script.tasks[-1].cursor == "1"
    assert run.counts[Count.CREATED] == 2
