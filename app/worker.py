"""What goes on without being asked for: webhooks are delivered, peers harvested, old things deleted."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.catalogue import compaction, curation, deliveries, events, logs
from app.catalogue.deliveries import Claimed, Verdict
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import DeliveryState
from app.database import Database, reading
from app.federation import runs
from app.federation.harvest import Harvester
from app.federation.peers import Followed
from app.federation.runs import Run, RunState
from app.federation.scheduler import Scheduler
from app.federation.uris import Uris
from app.federation.vault import Vault
from app.federation.webhook_filters import Match, match
from app.federation.webhooks import deliver
from app.head import HeadWatch
from app.remote.client import Client, open_client
from app.remote.hosts import PatientClient
from app.settings import Settings
from app.telemetry import Metrics

USER_AGENT = f"Samkod/{version('samkod')}"
IN_FLIGHT = 32
IN_FLIGHT_PER_WEBHOOK = 4
LEASE = timedelta(seconds=60)
"""Longer than an attempt can take, with the time to write its verdict down."""

POLL_SECONDS = 1.0
SECONDS_AFTER_A_FAULT = 5.0
PRUNE_SECONDS = 3600.0
LONGEST_QUIET = 3600.0
COMPACTED_AT_ONCE = 10_000

log = structlog.get_logger("samkod.worker")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept; None means for ever. Of changes, the last of each thing always is."""

    logs: timedelta | None = None
    events: timedelta | None = None
    changes: timedelta | None = None
    deliveries: timedelta | None = timedelta(days=30)
    harvests: timedelta | None = timedelta(days=90)

    @classmethod
    def of_days(cls, *, logs: int, events: int, changes: int) -> "Retention":
        """0 days mean for ever."""
        return cls(*(timedelta(days=days) or None for days in (logs, events, changes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvesting:
    """How peers are harvested: see `Harvester` and `Scheduler`."""

    vault: Vault
    ourselves: str | None = None
    major: int = 0
    follow_sources: bool = False
    metrics: Metrics | None = None

    def harvested(self, peer: Followed, run: Run) -> None:
        """Tell the operator."""
        if self.metrics:
            succeeded_at = run.finished_at if run.state is RunState.SUCCEEDED else None
            counts = {outcome.value: count for outcome, count in run.counts.items()}
            self.metrics.harvested(peer.name, run.state, counts, succeeded_at)


@asynccontextmanager
async def working(
    database: Database, settings: Settings, metrics: Metrics | None = None
) -> AsyncIterator[None]:
    """A worker as the operator wants it, as long as the block lasts.

    Raises ValueError for a key that cannot be read.
    """
    harvesting = Harvesting(
        vault=Vault(settings.paseto_key),
        ourselves=Uris(settings.public_url).catalog() if settings.public_url else None,
        major=settings.publiccode_major,
        follow_sources=settings.harvest_sources,
        metrics=metrics,
    )
    async with at_work(
        database,
        retention=Retention.of_days(
            logs=settings.log_retention_days,
            events=settings.event_retention_days,
            changes=settings.change_retention_days,
        ),
        harvesting=harvesting if settings.harvest else None,
        allow_private_hosts=settings.allow_private_hosts,
    ):
        yield


@asynccontextmanager
async def at_work(
    database: Database,
    *,
    retention: Retention,
    harvesting: Harvesting | None = None,
    allow_private_hosts: frozenset[str] = frozenset(),
) -> AsyncIterator[None]:
    """A worker as long as the block lasts; what it has begun by then, it finishes.

    It sets about what commits leave it when `database.head` hears of them, and looks every second.
    A harvest that has begun stops behind the page that is being stored.
    """
    bell, stop = asyncio.Event(), asyncio.Event()
    async with (
        open_client(allow_private_hosts=allow_private_hosts, user_agent=USER_AGENT) as client,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(Courier(database, client, bell, stop).run())
        tasks.create_task(_prune_regularly(database, retention, stop))
        if harvesting:
            tasks.create_task(_scheduler(database, client, harvesting, stop).run())
        ringing = tasks.create_task(_ring(bell, database.head))
        yield
        ringing.cancel()
        stop.set()
        bell.set()


def _scheduler(
    database: Database, client: Client, harvesting: Harvesting, stop: asyncio.Event
) -> Scheduler:
    harvester = Harvester(
        database=database,
        web=PatientClient(client),
        vault=harvesting.vault,
        ourselves=harvesting.ourselves,
        major=harvesting.major,
    )
    return Scheduler(
        harvester,
        stop,
        follow_sources=harvesting.follow_sources,
        harvested=harvesting.harvested,
    )


class Courier:
    """Empties the outbox. Any number of couriers may work on one database."""

    def __init__(
        self,
        database: Database,
        client: Client,
        bell: asyncio.Event,
        stop: asyncio.Event,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Once `stop` is set and the `bell` is rung, no more is begun."""
        self._database = database
        self._client = client
        self._bell = bell
        self._stop = stop
        self._clock = clock
        self._jitter = jitter
        self._in_flight: Counter[str] = Counter()

    async def run(self) -> None:
        """Deliver what is due until told to stop, and then what has been begun."""
        async with asyncio.TaskGroup() as attempts:
            while not self._stop.is_set():
                self._bell.clear()
                try:
                    claimed, seconds = await self._claim()
                except Exception as error:  # noqa: BLE001 - it may pass, and others may still write
                    _tell("the outbox cannot be read", error)
                    claimed, seconds = [], SECONDS_AFTER_A_FAULT
                for each in claimed:
                    self._in_flight[each.webhook_id] += 1
                    attempts.create_task(self._attempt(each))
                if not claimed:
                    await _either(self._bell, seconds)

    async def _claim(self) -> tuple[list[Claimed], float]:
        """What to deliver now, or how long there is nothing to do."""
        room = IN_FLIGHT - self._in_flight.total()
        busy = [id for id, count in self._in_flight.items() if count >= IN_FLIGHT_PER_WEBHOOK]
        now = self._clock()
        async with reading(self._database) as session:
            due_at = await deliveries.next_due(session, busy=busy)
        if not room or due_at is None or due_at > now:
            wait = (due_at - now).total_seconds() if due_at and room else POLL_SECONDS
            return [], min(wait, POLL_SECONDS)
        async with transaction(self._database) as session:
            claimed = await deliveries.claim(
                session,
                now=now,
                lease=LEASE,
                limit=room,
                limit_per_webhook=IN_FLIGHT_PER_WEBHOOK,
                busy=busy,
            )
        return claimed, POLL_SECONDS

    async def _attempt(self, claimed: Claimed) -> None:
        try:
            verdict = await self._deliver_if_wanted(claimed)
            async with transaction(self._database) as session:
                await deliveries.settle(session, claimed, verdict, now=self._clock())
        except Exception as error:  # noqa: BLE001 - it is due again when its lease ends
            _tell("a delivery was not written down", error)
        finally:
            self._in_flight -= Counter([claimed.webhook_id])
            self._bell.set()

    async def _deliver_if_wanted(self, claimed: Claimed) -> Verdict:
        if claimed.filter is None:
            return await self._deliver(claimed)
        async with reading(self._database) as session:
            found = await match(session, claimed)
        if found is Match.NEVER:
            return Verdict(state=DeliveryState.FILTERED)
        verdict = await self._deliver(claimed)
        return replace(verdict, matches=found is Match.NOW)

    async def _deliver(self, claimed: Claimed) -> Verdict:
        try:
            return await deliver(self._client, claimed, clock=self._clock, jitter=self._jitter)
        except Exception:
            # One odd webhook, say with a secret that no header can hold, must not end the others.
            log.exception("a delivery cannot be made", id=claimed.id)
            return Verdict(state=DeliveryState.FAILED, error="could not be sent")


async def _ring(bell: asyncio.Event, head: HeadWatch) -> None:
    """Ring whenever the head moves."""
    while not head.is_closed:
        if await head.beyond(head.newest, LONGEST_QUIET):
            bell.set()


async def _prune_regularly(database: Database, retention: Retention, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await prune(database, retention, now=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - next time will do
            _tell("old entries were not deleted", error)
        await _either(stop, PRUNE_SECONDS)


async def prune(database: Database, retention: Retention, *, now: datetime) -> None:
    """Delete what is older than it is to be kept, and what people have decided until now."""
    async with transaction(database) as session:
        if retention.logs:
            await logs.prune(session, before=now - retention.logs)
        if retention.events:
            await events.prune(session, before=now - retention.events)
        if retention.deliveries:
            await deliveries.prune(session, before=now - retention.deliveries)
        if retention.harvests:
            await runs.prune(session, before=now - retention.harvests)
        await curation.expire(session, now=now)
    if retention.changes:
        await _compact(database, before=now - retention.changes)


async def _compact(database: Database, *, before: datetime) -> None:
    """Piece by piece, so that others can write in between."""
    is_done = False
    while not is_done:
        async with transaction(database) as session:
            is_done = await compaction.compact(session, before=before, at_most=COMPACTED_AT_ONCE)


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, or so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _tell(what: str, error: Exception) -> None:
    """That a database is away is no fault of ours, and needs no trace."""
    if isinstance(error, SQLAlchemyError | OSError):
        log.warning(what, cause=str(error).partition("\n")[0])
    else:
        log.error(what, exc_info=error)
