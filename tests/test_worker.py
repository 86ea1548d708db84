"""The outbox is emptied: promptly, patiently, once, and by any number of workers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from app.catalogue import deliveries, events, logs, webhooks
from app.catalogue.entry import ChangeType
from app.catalogue.events import EventFilter
from app.catalogue.logs import LogFilter
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import Debounce, WebhookDraft
from app.database import Database, open_database, reading, upgrade
from app.pagination import PageRequest
from app.remote.client import open_client
from app.worker import IN_FLIGHT_PER_WEBHOOK, LEASE, Courier, Retention, at_work, prune
from tests.federation.receivers import SECONDS_TO_WAIT, Answer, receiving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOPBACK = frozenset({"127.0.0.1"})
AT_ONCE = Debounce(timedelta(0), timedelta(0))
UNSENDABLE = "no header\nholds this"
ALL = PageRequest(100)


@dataclass
class Clock:
    """Stands still until it is advanced."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def courier(
    database: Database, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[asyncio.Event]:
    """A courier at work, and its bell. It waits as long as it may."""
    bell, stop = asyncio.Event(), asyncio.Event()
    async with open_client(allow_private_hosts=LOOPBACK) as client, asyncio.TaskGroup() as tasks:
        working = Courier(database, client, bell, stop, clock=clock, jitter=lambda: 1.0)
        tasks.create_task(working.run())
        yield bell
        stop.set()
        bell.set()


async def subscribe(database: Database, url: str, **wanted: Any) -> str:
    async with transaction(database) as session:
        draft = WebhookDraft(url=url, **wanted)
        return (await webhooks.create(session, draft, entity_type="software", now=NOW)).id


async def happen(
    database: Database,
    *ids: str,
    type: ChangeType = ChangeType.UPDATE,
    now: datetime = NOW,
    debounce: Debounce = AT_ONCE,
) -> None:
    async with transaction(database, debounce=debounce) as session:
        for id in ids:
            await events.record(session, type, "software", id, now=now)


async def written_down(database: Database, webhook_id: str) -> list[dict[str, Any]]:
    """The deliveries, oldest first."""
    async with reading(database) as session:
        page = await deliveries.listing(session, webhook_id, ALL)
    return [orjson.loads(entry.document) for entry in reversed(page.items)]


async def states(database: Database, webhook_id: str) -> list[str]:
    return [each["state"] for each in await written_down(database, webhook_id)]


async def until(condition: Callable[[], Any]) -> None:
    """Until the condition, or what it awaits, is true."""
    async with asyncio.timeout(SECONDS_TO_WAIT):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


async def test_an_event_is_told_and_the_telling_written_down(database: Database) -> None:
    with receiving(Answer(200)) as receiver:
        hook = await subscribe(database, receiver.url())
        await happen(database, "s1")
        async with courier(database):
            await until(receiver.has(1))

    (delivery,) = await written_down(database, hook)
    assert receiver.received[0].body == b'{"event":"update","subject":"/software/s1"}'
    assert {**delivery, "id": "", "eventId": ""} == {
        "id": "",
        "eventId": "",
        "event": "update",
        "subject": "/software/s1",
        "state": "delivered",
        "attempts": 1,
        "status": 200,
        "error": None,
        "createdAt": "2026-11-23T12:00:00Z",
        "dueAt": None,
        "deliveredAt": "2026-11-23T12:00:00Z",
    }


async def test_what_is_not_taken_is_offered_again_after_ever_longer_pauses(
    database: Database,
) -> None:
    clock = Clock()
    with receiving(Answer(500), Answer(503), Answer(204)) as receiver:
        hook = await subscribe(database, receiver.url(), format="standard-webhooks")
        await happen(database, "s1")
        async with courier(database, clock) as bell:
            for attempts, seconds in ((1, 10), (2, 20)):
                await until(receiver.has(attempts))
                due_at = clock.now + timedelta(seconds=seconds)
                await until(partial(is_due_at, database, hook, due_at))
                clock.now = due_at - timedelta(milliseconds=1)
                bell.set()
                await asyncio.sleep(0.1)
                assert len(receiver.received) == attempts
                clock.now = due_at
                bell.set()
            await until(receiver.has(3))

    (delivery,) = await written_down(database, hook)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 3, 204)
    assert {each.headers["webhook-id"] for each in receiver.received} == {delivery["eventId"]}
    assert orjson.loads(receiver.received[0].body)["timestamp"] == "2026-11-23T12:00:00Z"


async def is_due_at(database: Database, hook: str, moment: datetime) -> bool:
    (delivery,) = await written_down(database, hook)
    due_at = delivery["dueAt"]
    return due_at is not None and datetime.fromisoformat(due_at) == moment


async def test_whoever_is_gone_is_left_alone(database: Database) -> None:
    with receiving(Answer(410)) as receiver:
        hook = await subscribe(database, receiver.url())
        await happen(database, "s1")
        await happen(database, "s2", now=NOW + timedelta(hours=1))
        async with courier(database):
            await until(receiver.has(1))
        await happen(database, "s3")

    assert len(receiver.received) == 1
    first, second = await written_down(database, hook)
    assert (first["state"], first["status"]) == ("failed", 410)
    assert (second["state"], second["error"]) == ("failed", "the webhook is disabled")


async def test_what_a_dead_worker_had_claimed_comes_back(database: Database) -> None:
    clock = Clock()
    with receiving() as receiver:
        hook = await subscribe(database, receiver.url())
        await happen(database, "s1")
        async with transaction(database) as session:
            claimed = await deliveries.claim(
                session, now=NOW, lease=LEASE, limit=9, limit_per_webhook=9
            )
        async with courier(database, clock) as bell:
            await asyncio.sleep(0.1)
            assert receiver.received == []
            clock.now += LEASE
            bell.set()
            await until(receiver.has(1))

    assert len(claimed) == 1
    assert await states(database, hook) == ["delivered"]


async def test_a_claim_that_ran_out_has_no_say(database: Database) -> None:
    """A worker that was stopped for a while must not overrule the one that took its place."""
    hook = await subscribe(database, "http://127.0.0.1:1/")
    await happen(database, "s1")
    held = []
    for now in (NOW, NOW + LEASE):
        async with transaction(database) as session:
            held += await deliveries.claim(
                session, now=now, lease=LEASE, limit=9, limit_per_webhook=9
            )
    verdict = deliveries.Verdict(state=webhooks.DeliveryState.FAILED)
    async with transaction(database) as session:
        await deliveries.settle(session, held[0], verdict, now=NOW)

    assert await states(database, hook) == ["waiting"]


async def test_two_workers_deliver_nothing_twice(database: Database) -> None:
    with receiving() as receiver:
        for number in range(5):
            await subscribe(database, receiver.url(f"/{number}"), format="standard-webhooks")
        await happen(database, *(f"s{number}" for number in range(30)))
        async with courier(database), courier(database):
            await until(receiver.has(150))
            await asyncio.sleep(0.2)

    told = [(each.path, each.headers["webhook-id"]) for each in receiver.received]
    assert len(told) == len(set(told)) == 150


async def test_a_slow_receiver_holds_nobody_up(database: Database) -> None:
    with receiving() as slow, receiving() as quick:
        slow.open.clear()
        await subscribe(database, slow.url())
        await subscribe(database, quick.url())
        await happen(database, *(f"s{number}" for number in range(50)))
        async with courier(database):
            await until(quick.has(50))
            assert len(slow.received) < 2 * IN_FLIGHT_PER_WEBHOOK
            slow.open.set()
            await until(slow.has(50))


async def test_a_worker_that_stops_finishes_what_it_has_begun(database: Database) -> None:
    with receiving() as receiver:
        receiver.open.clear()
        hook = await subscribe(database, receiver.url())
        await happen(database, *(f"s{number}" for number in range(20)))
        async with courier(database):
            await until(receiver.has(IN_FLIGHT_PER_WEBHOOK))
            asyncio.get_running_loop().call_later(0.2, receiver.open.set)

    begun = len(receiver.received)
    assert begun < 20
    found = await states(database, hook)
    assert (found.count("delivered"), found.count("waiting")) == (begun, 20 - begun)


async def test_an_odd_webhook_does_not_end_the_deliveries_to_others(database: Database) -> None:
    with receiving() as receiver:
        odd = await subscribe(database, receiver.url("/odd"), format="github", secret=UNSENDABLE)
        hook = await subscribe(database, receiver.url("/even"))
        await happen(database, "s1")
        async with courier(database):
            await until(receiver.has(1))

    assert await states(database, odd) == ["failed"]
    assert await states(database, hook) == ["delivered"]


async def test_events_of_a_kind_that_follow_each_other_become_one_message(
    database: Database,
) -> None:
    hook = await subscribe(database, "http://127.0.0.1:1/")
    debounce = Debounce(quiet=timedelta(seconds=1), longest=timedelta(seconds=2.5))
    await happen(database, "s1", type=ChangeType.CREATE, debounce=debounce)
    for seconds in (0, 0.9, 1.8):
        await happen(database, "s1", now=NOW + timedelta(seconds=seconds), debounce=debounce)
    await happen(database, "s2", debounce=debounce)

    found = await written_down(database, hook)
    assert sorted((each["event"], each["subject"], each["dueAt"]) for each in found) == [
        ("create", "/software/s1", "2026-11-23T12:00:01Z"),
        ("update", "/software/s1", "2026-11-23T12:00:02.5Z"),
        ("update", "/software/s2", "2026-11-23T12:00:01Z"),
    ]
    async with reading(database) as session:
        newest = await events.listing(session, EventFilter(entity_id="s1"), PageRequest(1))
    assert newest.items[0].id in {each["eventId"] for each in found}


async def test_whoever_unsubscribes_meanwhile_breaks_no_write(database: Database) -> None:
    hooks = [await subscribe(database, f"http://127.0.0.1:1/{number}") for number in range(8)]

    async def unsubscribe() -> None:
        for hook in hooks:
            async with transaction(database) as session:
                await webhooks.remove(session, hook)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(unsubscribe())
        for number in range(8):
            tasks.create_task(happen(database, *(f"s{number}-{each}" for each in range(8))))

    async with reading(database) as session:
        assert await deliveries.next_due(session) is None


async def test_what_was_rolled_back_is_not_told(database: Database) -> None:
    hook = await subscribe(database, "http://127.0.0.1:1/")
    with suppress(RuntimeError):
        async with transaction(database) as session:
            await events.record(session, ChangeType.UPDATE, "software", "s1", now=NOW)
            raise RuntimeError

    assert await written_down(database, hook) == []


async def test_it_is_told_of_what_is_committed_meanwhile(database: Database) -> None:
    with receiving() as receiver:
        await subscribe(database, receiver.url())
        async with at_work(database, retention=Retention(), allow_private_hosts=LOOPBACK):
            await happen(database, "s1", now=datetime.now(UTC))
            await until(receiver.has(1))


async def test_a_database_that_comes_late_is_waited_for(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    with receiving() as receiver:
        async with courier(database) as bell:
            await asyncio.sleep(0.2)
            await upgrade(database)
            await subscribe(database, receiver.url())
            await happen(database, "s1")
            bell.set()
            await until(receiver.has(1))
    await database.close()


async def test_what_is_old_is_forgotten(database: Database) -> None:
    hook = await subscribe(database, "http://127.0.0.1:1/")
    for days in (400, 100):
        then = NOW - timedelta(days=days)
        await happen(database, f"s{days}", now=then)
        async with transaction(database) as session:
            await logs.append(session, f"{days} days ago", now=then)
            claimed = await deliveries.claim(
                session, now=then, lease=LEASE, limit=9, limit_per_webhook=9
            )
            if days == 400:
                verdict = deliveries.Verdict(state=webhooks.DeliveryState.DELIVERED)
                await deliveries.settle(session, claimed[0], verdict, now=then)

    await prune(database, Retention.of_days(logs=0, events=0, changes=0), now=NOW)
    assert await kept(database, hook) == (2, 2, ["/software/s100"])
    await prune(database, Retention.of_days(logs=365, events=365, changes=365), now=NOW)
    assert await kept(database, hook) == (1, 1, ["/software/s100"])


async def kept(database: Database, hook: str) -> tuple[int, int, list[str]]:
    async with reading(database) as session:
        messages = await logs.listing(session, LogFilter(), ALL)
        happened = await events.listing(session, EventFilter(), ALL)
    told = [each["subject"] for each in await written_down(database, hook)]
    return len(messages.items), len(happened.items), told
