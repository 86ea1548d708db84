"""The audit trail: who did what. Written in the transaction of the deed, for operators only.

Whoever subscribed to the thing that changed gets a delivery in the same transaction, so that an
event which is committed is delivered, and one which is rolled back is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, documents, identity, webhooks
from app.catalogue.entry import ChangeType, Entry
from app.catalogue.errors import EventNotFound
from app.catalogue.listing import page_of
from app.catalogue.tables import Event
from app.catalogue.webhooks import Occasion
from app.pagination import Page, PageRequest, rfc3339

ACTOR = "who writes"
"""Where a session keeps the subject of the token, if there is one."""

AS_EVENT = {
    ChangeType.MERGE: ChangeType.DELETE,
    ChangeType.SPLIT: ChangeType.CREATE,
    ChangeType.MOVE: ChangeType.UPDATE,
}
"""Events are those of the Open Catalog API, which does not know our own types of change."""

EVENT_TYPES = (ChangeType.CREATE, ChangeType.UPDATE, ChangeType.DELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events a list holds; all conditions must hold."""

    type: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    actor: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


async def record(
    session: AsyncSession, type: ChangeType, entity_type: str, entity_id: str, *, now: datetime
) -> None:
    """Write down who did this, and line it up for those who want to be told."""
    await record_all(session, entity_type, [(type, entity_id, now)])


async def record_all(
    session: AsyncSession, entity_type: str, deeds: Iterable[tuple[ChangeType, str, datetime]]
) -> None:
    """Write down what was done to which things and when, each thing at most once."""
    occasions = [
        Occasion(identity.new_id(), AS_EVENT.get(type, type).value, entity_id, at)
        for type, entity_id, at in deeds
    ]
    actor = session.info.get(ACTOR)
    await bulk.add(
        session,
        Event,
        [
            {
                "id": each.event_id,
                "type": each.event_type,
                "entity_type": entity_type,
                "entity_id": each.entity_id,
                "actor": actor,
                "created_at": each.at,
            }
            for each in occasions
        ],
    )
    await webhooks.line_up(session, entity_type, occasions)


async def get(session: AsyncSession, id: str) -> Entry:
    """One event. Raises EventNotFound."""
    event = await session.get(Event, id)
    if event is None:
        raise EventNotFound(id)
    return _entry(event)


async def listing(session: AsyncSession, wanted: EventFilter, page: PageRequest) -> Page[Entry]:
    """Events, newest first."""
    statement = select(Event, col(Event.created_at), col(Event.id))
    for column, value in (
        (col(Event.type), wanted.type),
        (col(Event.entity_type), wanted.entity_type),
        (col(Event.entity_id), wanted.entity_id),
        (col(Event.actor), wanted.actor),
    ):
        if value:
            statement = statement.where(column == value)
    if wanted.created_after:
        statement = statement.where(col(Event.created_at) > wanted.created_after)
    if wanted.created_before:
        statement = statement.where(col(Event.created_at) < wanted.created_before)
    place = (col(Event.created_at), col(Event.id))
    found = await page_of(session, statement, place, page, newest_first=True)
    return replace(found, items=[_entry(row.Event) for row in found.items])


async def prune(session: AsyncSession, *, before: datetime) -> None:
    """Forget events older than this."""
    await session.execute(delete(Event).where(col(Event.created_at) < before))


def _entry(event: Event) -> Entry:
    moment = rfc3339(event.created_at)
    text = documents.json_text(
        {
            "id": event.id,
            "type": event.type,
            "entityType": event.entity_type,
            "entityId": event.entity_id,
            **({"actor": event.actor} if event.actor else {}),
            "createdAt": moment,
            "updatedAt": moment,
        }
    )
    return Entry(event.id, text, event.created_at)
