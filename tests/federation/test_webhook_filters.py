"""Webhooks with a filter hear of what a search finds, and of what it finds no more."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.catalogue import deliveries, records, webhooks
from app.catalogue.deliveries import Claimed, Verdict
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import Debounce, DeliveryState, WebhookDraft
from app.database import Database, reading
from app.federation import webhook_filters
from app.federation.webhook_filters import Searchable
from app.ingest.submission import Source, prepare, submit
from app.pagination import PageRequest
from app.remote.client import open_client
from app.search.mirror import Mirror
from app.worker import Courier
from tests.builders import a_file
from tests.federation.receivers import SECONDS_TO_WAIT, Answer, Receiver, receiving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = NOW + timedelta(milliseconds=500)
LATER = NOW + timedelta(seconds=1)
AT_ONCE = Debounce(timedelta(0), timedelta(0))
FILTER = "category=crm"


async def subscribe(database: Database, url: str, filter: str = FILTER) -> str:
    async with transaction(database) as session:
        draft = WebhookDraft(url=url, filter=filter)
        created = await webhooks.create(session, draft, entity_type="software", now=NOW)
        await webhook_filters.begin(
            session, Searchable(database, Mirror(), None), created.id, filter
        )
    return created.id


async def put(database: Database, name: str, *categories: str, now: datetime = NOW) -> str:
    """The id of the software that has these categories now."""
    data = a_file(f"https://git.example.org/invented/{name}", name=name, categories=categories)
    async with transaction(database, debounce=AT_ONCE) as session:
        submitted = await submit(session, Source(ROOT_ID, name), data, await prepare(data), now=now)
    assert submitted.software_id
    return submitted.software_id


async def claim(database: Database) -> Claimed:
    """The one delivery that is due."""
    async with transaction(database) as session:
        (claimed,) = await deliveries.claim(
            session, now=SOON, lease=timedelta(milliseconds=500), limit=1, limit_per_webhook=1
        )
    return claimed


async def delete(database: Database, id: str) -> None:
    async with transaction(database, debounce=AT_ONCE) as session:
        await records.withdraw(session, id, reason="deleted", now=NOW)


async def settled(database: Database, hook: str) -> list[tuple[str, str]]:
    """(event, state) of the deliveries, oldest first, once all are over."""
    bell, stop = asyncio.Event(), asyncio.Event()
    async with (
        open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client,
        asyncio.timeout(SECONDS_TO_WAIT),
        asyncio.TaskGroup() as tasks,
    ):
        courier = Courier(database, client, bell, stop, clock=lambda: LATER, jitter=lambda: 0.0)
        tasks.create_task(courier.run())
        while True:
            async with reading(database) as session:
                page = await deliveries.listing(session, hook, PageRequest(100))
                due = await deliveries.next_due(session)
            if due is None:
                break
            await asyncio.sleep(0.02)
        stop.set()
        bell.set()
    found = [orjson.loads(entry.document) for entry in reversed(page.items)]
    return [(each["event"], each["state"]) for each in found]


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """(event, id) of what arrived."""
    bodies = (orjson.loads(each.body) for each in receiver.received)
    return [(body["event"], body["subject"].removeprefix("/software/")) for body in bodies]


async def test_only_what_the_search_finds_is_told(database: Database) -> None:
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        ours = await put(database, "ours", "crm")
        await put(database, "theirs", "it-security")

        states = await settled(database, hook)

    assert told(receiver) == [("create", ours)]
    assert sorted(states) == [("create", "delivered"), ("create", "filtered")]


async def test_what_comes_into_the_field_and_leaves_it_is_told(database: Database) -> None:
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        id = await put(database, "one", "it-security")
        await settled(database, hook)
        for categories in (["crm"], ["it-security"], ["it-security", "time-management"]):
            await put(database, "one", *categories)
            states = await settled(database, hook)

    assert told(receiver) == [("update", id), ("update", id)]
    assert [state for _, state in states] == ["filtered", "delivered", "delivered", "filtered"]


async def test_what_was_known_and_is_deleted_is_told(database: Database) -> None:
    with receiving() as receiver:
        before = await put(database, "before", "crm")
        never = await put(database, "never", "it-security")
        hook = await subscribe(database, receiver.url())
        after = await put(database, "after", "crm")
        await settled(database, hook)
        for id in (before, never, after):
            await delete(database, id)
        await settled(database, hook)

    first, *deleted = told(receiver)
    assert first == ("create", after)
    assert sorted(deleted) == sorted([("delete", before), ("delete", after)])


@pytest.mark.parametrize("is_overtaken", [True, False])
async def test_what_leaves_while_it_is_being_told_of_is_told(
    database: Database, is_overtaken: bool
) -> None:
    """Nothing is known of it yet when its leaving is looked at, and then it is."""
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        id = await put(database, "one", "crm")
        came = await claim(database)
        await put(database, "one", "it-security", now=SOON)
        left = await claim(database)
        verdicts = [
            (came, Verdict(state=DeliveryState.DELIVERED, matches=True)),
            (left, Verdict(state=DeliveryState.FILTERED)),
        ]
        for claimed, verdict in reversed(verdicts) if is_overtaken else verdicts:
            async with transaction(database) as session:
                await deliveries.settle(session, claimed, verdict, now=SOON)
        await settled(database, hook)

    assert told(receiver) == [("update", id)]


async def test_what_an_earlier_filter_found_is_not_known_to_another(database: Database) -> None:
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        id = await put(database, "one", "crm")
        came = await claim(database)
        async with transaction(database) as session:
            draft = WebhookDraft(url=receiver.url(), filter="category=cms")
            await webhooks.replace_with(session, hook, draft, now=SOON)
            await webhook_filters.begin(
                session, Searchable(database, Mirror(), None), hook, "category=cms"
            )
            verdict = Verdict(state=DeliveryState.DELIVERED, matches=True)
            await deliveries.settle(session, came, verdict, now=SOON)
        await delete(database, id)
        await settled(database, hook)

    assert told(receiver) == []


async def test_what_could_not_be_told_is_not_known(database: Database) -> None:
    """Who has never heard of a software need not hear that it is gone."""
    with receiving(Answer(500)) as receiver:
        hook = await subscribe(database, receiver.url())
        id = await put(database, "one", "crm")
        await settled(database, hook)
        await delete(database, id)
        states = await settled(database, hook)

    assert set(told(receiver)) == {("create", id)}
    assert sorted(states) == [("create", "failed"), ("delete", "filtered")]


async def test_what_is_asked_for_by_hand_passes_every_filter(database: Database) -> None:
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        await put(database, "theirs", "it-security")
        await settled(database, hook)
        async with reading(database) as session:
            (delivery,) = (await deliveries.listing(session, hook, PageRequest(100))).items
        async with transaction(database) as session:
            await deliveries.redeliver(session, hook, delivery.id, now=NOW)
        states = await settled(database, hook)

    assert sorted(states) == [("create", "delivered"), ("create", "filtered")]
    assert len(receiver.received) == 1


async def test_a_filter_of_words_is_a_search_of_words(database: Database) -> None:
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url(), "q=felanmalan -legacy")
        id = await put(database, "Felanmälan")
        await put(database, "Felanmälan legacy")
        await put(database, "Bokning")
        await settled(database, hook)

    assert told(receiver) == [("create", id)]


async def test_a_filter_that_cannot_be_read_lets_everything_through(database: Database) -> None:
    with receiving() as receiver:
        async with transaction(database) as session:
            draft = WebhookDraft(url=receiver.url(), filter="colour=blue")
            created = await webhooks.create(session, draft, entity_type="software", now=NOW)
        id = await put(database, "one")
        await settled(database, created.id)

    assert told(receiver) == [("create", id)]
