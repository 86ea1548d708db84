"""Who wants to be told of what, and the outbox of what they are to be told. Not the telling.

A delivery is lined up in the transaction of its event. It waits a moment for further events of
the same kind about the same thing, which then take its place: one message for one edit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, documents, identity
from app.catalogue.entry import Entry
from app.catalogue.errors import AlreadyExists, FilterMisplaced, WebhookNotFound
from app.catalogue.listing import page_of
from app.catalogue.tables import Delivery, Webhook
from app.pagination import Page, PageRequest, rfc3339

SUBSCRIBABLE = frozenset({"software", "publishers"})
"""The kinds of thing that webhooks tell of."""

FILTERABLE = "software"
"""The kind of thing that can be searched, and so be filtered by a search."""

DEBOUNCE = "how long a delivery waits"
"""Where a session keeps its `Debounce`."""


class DeliveryState(StrEnum):
    """Where a delivery is on its way."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Debounce:
    """How long to wait after an event for the next, and at most since the first."""

    quiet: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """A subscription as it should be; a `secret` or `filter` of None keeps the one there is.

    A filter is the query string of a search; an empty one lets everything through.
    """

    url: str
    secret: str | None = None
    format: str = "default"
    filter: str | None = None


async def get(session: AsyncSession, id: str) -> Entry:
    """One webhook, without its secret. Raises WebhookNotFound."""
    return _entry(await _row(session, id))


async def draft(session: AsyncSession, id: str) -> WebhookDraft:
    """The webhook as a draft, for editing. Raises WebhookNotFound."""
    row = await _row(session, id)
    return WebhookDraft(url=row.url, format=row.format, filter=row.filter)


async def listing(
    session: AsyncSession, entity_type: str, entity_id: str | None, page: PageRequest
) -> Page[Entry]:
    """Webhooks of this type, oldest first: all of them, or only those of one thing."""
    statement = select(Webhook, col(Webhook.created_at), col(Webhook.id)).where(
        col(Webhook.entity_type) == entity_type
    )
    if entity_id is not None:
        statement = statement.where(col(Webhook.entity_id) == entity_id)
    found = await page_of(session, statement, (col(Webhook.created_at), col(Webhook.id)), page)
    return replace(found, items=[_entry(row.Webhook) for row in found.items])


async def create(
    session: AsyncSession,
    wanted: WebhookDraft,
    *,
    entity_type: str,
    entity_id: str = "",
    now: datetime,
) -> Entry:
    """Subscribe to a type, or to one thing of it. Raises AlreadyExists and FilterMisplaced."""
    row = Webhook(
        id=identity.new_id(),
        url=wanted.url,
        secret=wanted.secret,
        format=wanted.format,
        entity_type=entity_type,
        entity_id=entity_id,
        filter=wanted.filter or None,
        created_at=now,
        updated_at=now,
    )
    await _write(session, row)
    return _entry(row)


async def replace_with(
    session: AsyncSession, id: str, wanted: WebhookDraft, *, now: datetime
) -> Entry:
    """Make the webhook like this, and deliver to it again.

    Raises WebhookNotFound, AlreadyExists and FilterMisplaced.
    """
    row = await _row(session, id)
    row.url, row.format = wanted.url, wanted.format
    row.secret = row.secret if wanted.secret is None else wanted.secret
    row.filter = row.filter if wanted.filter is None else wanted.filter or None
    row.disabled_at, row.updated_at = None, now
    await _write(session, row)
    return _entry(row)


async def remove(session: AsyncSession, id: str) -> None:
    """Delete a webhook and what is on its way to it. Raises WebhookNotFound."""
    await session.delete(await _row(session, id))


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event as subscribers are told of it."""

    event_id: str
    event_type: str
    entity_id: str
    at: datetime


async def line_up(session: AsyncSession, entity_type: str, occasions: Sequence[Occasion]) -> None:
    """Put events about things of one type into the outbox for everybody who subscribed to them.

    Until the end nobody can unsubscribe, since what is lined up needs its webhook.
    """
    if entity_type not in SUBSCRIBABLE:
        return
    subscribers: dict[str, list[str]] = {}
    statement = select(col(Webhook.entity_id), col(Webhook.id)).where(
        col(Webhook.entity_type) == entity_type, col(Webhook.disabled_at).is_(None)
    )
    for entity_id, webhook_id in await bulk.among(
        session,
        statement.with_for_update(read=True, key_share=True),
        col(Webhook.entity_id),
        ["", *(each.entity_id for each in occasions)],
    ):
        subscribers.setdefault(entity_id, []).append(webhook_id)
    if not subscribers:
        return
    wait: Debounce = session.info[DEBOUNCE]
    subjects = {each.entity_id: f"/{entity_type}/{each.entity_id}" for each in occasions}
    waiting = await _waiting(session, subjects.values())
    for each in occasions:
        subject = subjects[each.entity_id]
        for webhook_id in (*subscribers.get("", ()), *subscribers.get(each.entity_id, ())):
            delivery = waiting.get((webhook_id, each.event_type, subject))
            if delivery is None:
                session.add(_delivery(webhook_id, each, subject, due_at=each.at + wait.quiet))
            else:
                delivery.event_id = each.event_id
                delivery.due_at = min(each.at + wait.quiet, delivery.created_at + wait.longest)


async def _waiting(
    session: AsyncSession, subjects: Iterable[str]
) -> dict[tuple[str, str, str], Delivery]:
    """`{(webhook id, type, subject): delivery}` of those lined up that were not tried yet."""
    rows = await bulk.among(
        session,
        select(Delivery)
        .where(col(Delivery.state) == DeliveryState.WAITING, col(Delivery.attempts) == 0)
        .with_for_update(skip_locked=True),
        col(Delivery.subject),
        subjects,
    )
    return {(row.webhook_id, row.event_type, row.subject): row for (row,) in rows}


def _delivery(webhook_id: str, occasion: Occasion, subject: str, *, due_at: datetime) -> Delivery:
    return Delivery(
        id=identity.new_id(),
        webhook_id=webhook_id,
        event_id=occasion.event_id,
        event_type=occasion.event_type,
        subject=subject,
        state=DeliveryState.WAITING,
        attempts=0,
        status=None,
        error=None,
        created_at=occasion.at,
        due_at=due_at,
    )


async def _write(session: AsyncSession, row: Webhook) -> None:
    if row.filter and row.entity_type != FILTERABLE:
        raise FilterMisplaced
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        raise AlreadyExists("webhook") from error


async def _row(session: AsyncSession, id: str) -> Webhook:
    row = await session.get(Webhook, id)
    if row is None:
        raise WebhookNotFound(id)
    return row


def _entry(row: Webhook) -> Entry:
    text = documents.json_text(
        {
            "id": row.id,
            "url": row.url,
            "format": row.format,
            **({"filter": row.filter} if row.filter else {}),
            "createdAt": rfc3339(row.created_at),
            "updatedAt": rfc3339(row.updated_at),
        }
    )
    return Entry(row.id, text, row.created_at)
