"""The outbox, as those who empty it see it, and the log of what became of each delivery.

Who claims a delivery holds it for the length of a lease: it is due again when the lease ends,
unless its verdict was written down before. So what a process had in its hands when it died is
delivered by another, and nothing else is delivered twice.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import documents, identity, webhook_matches, webhooks
from app.catalogue.entry import Entry
from app.catalogue.errors import DeliveryNotFound
from app.catalogue.listing import page_of
from app.catalogue.tables import Delivery, Event, Webhook
from app.catalogue.webhooks import DeliveryState
from app.pagination import Page, PageRequest, rfc3339

DISABLED = "the webhook is disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery to be made now, by whoever claimed it; `attempt` counts from 1."""

    id: str
    attempt: int
    event_id: str
    event_type: str
    subject: str
    happened_at: datetime
    webhook_id: str
    url: str
    secret: str | None
    format: str
    filter: str | None = None
    """None where everything is wanted, or this was asked for by hand."""

    @property
    def entity_id(self) -> str:
        """The id of what it tells of."""
        return self.subject.split("/", 2)[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an attempt; one that waits again has a time at which it is `due_at`.

    `gone` says that the receiver wants nothing any more, `matches` what the webhook's filter said.
    """

    state: DeliveryState
    status: int | None = None
    error: str | None = None
    due_at: datetime | None = None
    gone: bool = False
    matches: bool | None = None


async def next_due(session: AsyncSession, *, busy: Collection[str] = ()) -> datetime | None:
    """When the next delivery is due, to any webhook that is not `busy`."""
    statement = select(func.min(col(Delivery.due_at))).where(
        col(Delivery.state) == DeliveryState.WAITING, col(Delivery.webhook_id).not_in(busy)
    )
    return (await session.execute(statement)).scalar_one()


async def claim(
    session: AsyncSession,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    limit_per_webhook: int,
    busy: Collection[str] = (),
) -> list[Claimed]:
    """Deliveries that are due and that nobody else holds, the longest due first.

    At most so many for one webhook, so that a slow one does not hold up the others; none for
    those that are `busy`.
    """
    is_due = (col(Delivery.state) == DeliveryState.WAITING, col(Delivery.due_at) <= now)
    place = func.row_number().over(
        partition_by=col(Delivery.webhook_id), order_by=(col(Delivery.due_at), col(Delivery.id))
    )
    ranked = (
        select(col(Delivery.id), col(Delivery.due_at), place.label("place"))
        .where(*is_due, col(Delivery.webhook_id).not_in(busy))
        .subquery()
    )
    first = (
        select(ranked.c.id)
        .where(ranked.c.place <= limit_per_webhook)
        .order_by(ranked.c.place, ranked.c.due_at)
        .limit(limit)
    )
    rows = await session.execute(
        select(Delivery, Webhook, func.coalesce(Event.created_at, Delivery.created_at))
        .join(Webhook, col(Webhook.id) == Delivery.webhook_id)
        .outerjoin(Event, col(Event.id) == Delivery.event_id)
        .where(col(Delivery.id).in_(first), *is_due)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return [
        _claimed(delivery, webhook, happened_at, due_at=now + lease)
        for delivery, webhook, happened_at in rows
    ]


async def settle(
    session: AsyncSession, claimed: Claimed, verdict: Verdict, *, now: datetime
) -> None:
    """Write down what became of an attempt, unless a later one has begun meanwhile.

    A webhook whose receiver is gone is disabled, and what else waits for it is given up. It is
    locked first, as by those who delete it. One with a filter knows from a delivery on whether the
    software matches. Attempts overtake each other: what was filtered although, as turns out now, it
    leaves what the subscriber was told of, is looked at again.
    """
    if verdict.state is DeliveryState.FILTERED and await webhook_matches.is_known(
        session, claimed.webhook_id, claimed.entity_id
    ):
        verdict = Verdict(state=DeliveryState.WAITING, due_at=now)
    if verdict.gone:
        await session.execute(
            update(Webhook).where(col(Webhook.id) == claimed.webhook_id).values(disabled_at=now)
        )
    settled = await session.execute(
        update(Delivery)
        .where(
            col(Delivery.id) == claimed.id,
            col(Delivery.state) == DeliveryState.WAITING,
            col(Delivery.attempts) == claimed.attempt,
        )
        .values(
            state=verdict.state,
            status=verdict.status,
            error=verdict.error,
            due_at=verdict.due_at or now,
            delivered_at=now if verdict.state is DeliveryState.DELIVERED else None,
        )
        .returning(col(Delivery.created_at))
    )
    created_at = settled.scalar()
    if created_at and verdict.state is DeliveryState.DELIVERED and verdict.matches is not None:
        await _note(session, claimed, created_at, matches=verdict.matches, now=now)
    if verdict.gone:
        await session.execute(
            update(Delivery)
            .where(
                col(Delivery.webhook_id) == claimed.webhook_id,
                col(Delivery.state) == DeliveryState.WAITING,
            )
            .values(state=DeliveryState.FAILED, error=DISABLED)
        )


async def _note(
    session: AsyncSession, claimed: Claimed, since: datetime, *, matches: bool, now: datetime
) -> None:
    """The subscriber was told; a filter that it has only since then knew of that by itself."""
    webhook = await session.get(Webhook, claimed.webhook_id)
    if webhook is None or webhook.filter != claimed.filter:
        return
    await webhook_matches.told(session, webhook.id, claimed.entity_id, matches=matches)
    if matches:
        await session.execute(
            update(Delivery)
            .where(
                col(Delivery.webhook_id) == webhook.id,
                col(Delivery.subject) == claimed.subject,
                col(Delivery.state) == DeliveryState.FILTERED,
                col(Delivery.created_at) > since,
            )
            .values(state=DeliveryState.WAITING, due_at=now)
        )


async def listing(session: AsyncSession, webhook_id: str, page: PageRequest) -> Page[Entry]:
    """The deliveries to a webhook, newest first. Raises WebhookNotFound."""
    await webhooks.get(session, webhook_id)
    place = (col(Delivery.created_at), col(Delivery.id))
    statement = select(Delivery, *place).where(col(Delivery.webhook_id) == webhook_id)
    found = await page_of(session, statement, place, page, newest_first=True)
    return replace(found, items=[_entry(row.Delivery) for row in found.items])


async def redeliver(session: AsyncSession, webhook_id: str, id: str, *, now: datetime) -> Entry:
    """Line the event of a delivery up once more, due at once.

    Neither the webhook's being disabled nor its filter stands in the way.
    Raises WebhookNotFound and DeliveryNotFound.
    """
    await webhooks.get(session, webhook_id)
    row = await session.get(Delivery, id)
    if row is None or row.webhook_id != webhook_id:
        raise DeliveryNotFound(id)
    again = Delivery(
        id=identity.new_id(),
        webhook_id=webhook_id,
        event_id=row.event_id,
        event_type=row.event_type,
        subject=row.subject,
        state=DeliveryState.WAITING,
        attempts=0,
        by_hand=True,
        status=None,
        error=None,
        created_at=now,
        due_at=now,
    )
    session.add(again)
    return _entry(again)


async def prune(session: AsyncSession, *, before: datetime) -> None:
    """Forget deliveries older than this that are over."""
    await session.execute(
        delete(Delivery).where(
            col(Delivery.created_at) < before, col(Delivery.state) != DeliveryState.WAITING
        )
    )


def _claimed(
    delivery: Delivery, webhook: Webhook, happened_at: datetime, *, due_at: datetime
) -> Claimed:
    delivery.attempts += 1
    delivery.due_at = due_at
    return Claimed(
        id=delivery.id,
        attempt=delivery.attempts,
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        subject=delivery.subject,
        happened_at=happened_at,
        webhook_id=webhook.id,
        url=webhook.url,
        secret=webhook.secret,
        format=webhook.format,
        filter=None if delivery.by_hand else webhook.filter,
    )


def _entry(row: Delivery) -> Entry:
    text = documents.json_text(
        {
            "id": row.id,
            "eventId": row.event_id,
            "event": row.event_type,
            "subject": row.subject,
            "state": row.state,
            "attempts": row.attempts,
            "status": row.status,
            "error": row.error,
            "createdAt": rfc3339(row.created_at),
            "dueAt": rfc3339(row.due_at) if row.state == DeliveryState.WAITING else None,
            "deliveredAt": rfc3339(row.delivered_at) if row.delivered_at else None,
        }
    )
    return Entry(row.id, text, row.created_at)
