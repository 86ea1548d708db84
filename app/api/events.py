"""/v1/events: who did what. Not public, so a token is needed to read them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.dependencies import ReadSession
from app.api.links import Links
from app.api.lists import REFUSED, PeriodQuery, one, page
from app.api.problems import documented
from app.api.security import allowed
from app.catalogue import events
from app.catalogue.errors import EventNotFound
from app.catalogue.events import EVENT_TYPES, EventFilter

router = APIRouter(
    prefix="/events", tags=["events"], dependencies=[Depends(allowed("events:read"))]
)

ALL = "/v1/events"
ONE = f"{ALL}/{examples.ID}"


class Event(BaseModel):
    """A change, and who made it."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.EVENT]}
    )

    id: str
    type: str = Field(description="`create`, `update` or `delete`.")
    entity_type: str
    entity_id: str
    actor: str | None = Field(None, description="The `sub` claim of the token that wrote.")
    created_at: datetime
    updated_at: datetime


class EventList(BaseModel):
    """A page of events, newest first."""

    data: list[Event]
    links: Links


def _known_type(text: str) -> str | None:
    if text and text not in EVENT_TYPES:
        raise ValueError(f"type must be one of {', '.join(EVENT_TYPES)}")
    return text or None


class EventQuery(PeriodQuery):
    """Which events a list holds; all conditions must hold, empty ones do not count."""

    type: Annotated[str | None, BeforeValidator(_known_type)] = None
    entity_type: str | None = Field(None, alias="entityType")
    entity_id: str | None = Field(None, alias="entityId")
    actor: str | None = None

    def filter(self) -> EventFilter:
        """The same, as the catalogue wants it."""
        return EventFilter(
            type=self.type,
            entity_type=self.entity_type,
            entity_id=self.entity_id,
            actor=self.actor,
            created_after=self.created_after,
            created_before=self.created_before,
        )


@router.get(
    "",
    summary="List events",
    response_model=EventList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(
    request: Request, query: Annotated[EventQuery, Query()], session: ReadSession
) -> Response:
    """The audit trail, the newest first, or what matches the filters."""
    return page(request, await events.listing(session, query.filter(), query.page()))


@router.get(
    "/{id}",
    summary="Get an event",
    response_model=Event,
    responses=documented("GET", ONE, EventNotFound(examples.ID)),
)
async def read(
    id: Annotated[str, Path(description="The event's id.", examples=[examples.ID])],
    session: ReadSession,
) -> Response:
    """One event."""
    return one(await events.get(session, id))
