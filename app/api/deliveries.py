"""/v1/webhooks/{id}/deliveries: what became of each message to a webhook, and sending it again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.dependencies import Now, ReadSession, WriteSession
from app.api.links import Links, PageQuery
from app.api.lists import REFUSED, one, page
from app.api.problems import documented
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.catalogue import deliveries
from app.catalogue.errors import DeliveryNotFound, WebhookNotFound

router = APIRouter(prefix="/webhooks/{id}/deliveries", tags=["webhooks"])

ALL = f"/v1/webhooks/{examples.ID}/deliveries"
AGAIN = f"{ALL}/{examples.DELIVERY['id']}/redeliver"


class Delivery(BaseModel):
    """An event on its way to a webhook, or what became of it."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.DELIVERY]}
    )

    id: str
    event_id: str = Field(description="The same for every attempt, and if it is sent again.")
    event: str = Field(description="`create`, `update` or `delete`.")
    subject: str = Field(description="`/software/<id>` or `/publishers/<id>`.")
    state: str = Field(description="`waiting`, `delivered`, `failed` or `filtered`.")
    attempts: int
    status: int | None = Field(description="What the receiver answered last.")
    error: str | None = Field(description="Why the last attempt failed.")
    created_at: datetime
    due_at: datetime | None = Field(description="When it is tried next.")
    delivered_at: datetime | None


class DeliveryList(BaseModel):
    """A page of deliveries, newest first."""

    data: list[Delivery]
    links: Links


WebhookId = Annotated[str, Path(description="The webhook's id.", examples=[examples.ID])]
DeliveryId = Annotated[str, Path(alias="deliveryId", description="The delivery's id.")]


@router.get(
    "",
    summary="List deliveries",
    response_model=DeliveryList,
    responses=documented(
        "GET",
        ALL,
        WebhookNotFound(examples.ID),
        REFUSED,
    ),
)
async def listing(
    request: Request,
    _reader: Annotated[Writer, Depends(allowed("webhooks:read"))],
    id: WebhookId,
    query: Annotated[PageQuery, Query()],
    session: ReadSession,
) -> Response:
    """What was sent to a webhook, what is on its way, and what was given up."""
    return page(request, await deliveries.listing(session, id, query.page()))


@router.post(
    "/{deliveryId}/redeliver",
    summary="Deliver again",
    response_model=Delivery,
    responses=documented(
        "POST", AGAIN, WebhookNotFound(examples.ID), DeliveryNotFound(examples.ID)
    ),
)
async def redeliver(
    writer: Annotated[Writer, Depends(allowed("webhooks:write"))],
    id: WebhookId,
    delivery_id: DeliveryId,
    session: WriteSession,
    now: Now,
) -> Response:
    """Send the event of a delivery once more, at once. The answer is the new delivery."""
    await permit(session, writer, None)
    return one(await deliveries.redeliver(session, id, delivery_id, now=now))
