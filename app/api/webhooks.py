"""Subscriptions: /v1/{software,publishers}/webhooks, those of one thing, and /v1/webhooks/{id}.

Secrets go in and never come out. Reading needs a token, as the Open Catalog API's description
says: the addresses are nobody else's business.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import body_of
from app.api.dependencies import (
    DatabaseDep,
    IndexDep,
    MirrorDep,
    Now,
    ReadSession,
    WriteSession,
)
from app.api.links import Links, PageQuery
from app.api.lists import REFUSED, one, page
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    SubscribedNotFound,
)
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.api.webhook_posts import GITHUB, Posted, WebhookPost, draft
from app.catalogue import publishers, records, webhooks
from app.catalogue.entry import ROOT_ID
from app.catalogue.errors import AlreadyExists, FilterMisplaced, NotFound, WebhookNotFound
from app.catalogue.webhooks import FILTERABLE
from app.database import Session, reading
from app.federation import webhook_filters
from app.federation.webhook_filters import Searchable

router = APIRouter(tags=["webhooks"])

ONE = f"/v1/webhooks/{examples.ID}"
Kind: TypeAlias = Literal["software", "publishers"]


class Webhook(BaseModel):
    """A subscription; its secret is never shown."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.WEBHOOK]}
    )

    id: str
    url: str
    format: str
    filter: str | None = Field(
        None, description="The search that finds what is told of; left out where all is."
    )
    created_at: datetime
    updated_at: datetime


class WebhookList(BaseModel):
    """A page of subscriptions, oldest first."""

    data: list[Webhook]
    links: Links


async def _searchable(database: DatabaseDep, mirror: MirrorDep, index: IndexDep) -> Searchable:
    return Searchable(database, mirror, index)


SearchableDep = Annotated[Searchable, Depends(_searchable)]


WebhookId = Annotated[UUID, Path(description="The webhook's id.", examples=[examples.ID])]
WebhookReader = Annotated[Writer, Depends(allowed("webhooks:read"))]
WebhookWriter = Annotated[Writer, Depends(allowed("webhooks:write"))]

BODY = body_of(WebhookPost, "application/json", webhook=examples.WEBHOOK_POST)
FAILURES = (
    BodyMalformed(),
    AlreadyExists("webhook"),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("url", "required", "url is required", value="")]),
)


async def _create(
    session: Session,
    catalogue: Searchable,
    post: WebhookPost,
    *,
    entity_type: Kind,
    entity_id: str = "",
    now: datetime,
) -> Response:
    wanted = draft(post)
    created = await webhooks.create(
        session, wanted, entity_type=entity_type, entity_id=entity_id, now=now
    )
    if wanted.filter:
        await webhook_filters.begin(session, catalogue, created.id, wanted.filter)
    return one(created)


async def _catalog_of(session: Session, kind: Kind, id: str) -> str:
    """The catalogue of what is subscribed to. Raises SubscribedNotFound."""
    try:
        if kind == "software":
            return (await records.addressed(session, id)).catalog_id
        shown = orjson.loads((await publishers.get(session, id)).document)
    except NotFound as error:
        raise SubscribedNotFound from error
    if shown["id"] != id:
        raise SubscribedNotFound
    catalog_id: str = shown.get("catalogId", ROOT_ID)
    return catalog_id


def _known(kind: Kind) -> Callable[..., Awaitable[str]]:
    """A dependency: the id in the path, once it is known to exist."""

    async def known(
        id: Annotated[str, Path(description="Its id.", examples=[examples.ID])],
        database: DatabaseDep,
    ) -> str:
        async with reading(database) as session:
            await _catalog_of(session, kind, id)
        return id

    return known


def _subscriptions(kind: Kind) -> None:
    """The routes to subscriptions of one kind of thing, and of one of them."""
    every, single = f"/{kind}/webhooks", f"/{kind}/{{id}}/webhooks"
    known: Any = Annotated[str, Depends(_known(kind))]

    async def listing(
        request: Request,
        _reader: WebhookReader,
        query: Annotated[PageQuery, Query()],
        session: ReadSession,
    ) -> Response:
        """All of them, those to a single one included."""
        return page(request, await webhooks.listing(session, kind, None, query.page()))

    async def create(
        writer: WebhookWriter,
        post: Posted,
        session: WriteSession,
        catalogue: SearchableDep,
        now: Now,
    ) -> Response:
        """Be told of all of them."""
        await permit(session, writer, None)
        return await _create(session, catalogue, post, entity_type=kind, now=now)

    async def listing_of_one(
        request: Request,
        _reader: WebhookReader,
        id: known,
        query: Annotated[PageQuery, Query()],
        session: ReadSession,
    ) -> Response:
        """Those to this one only."""
        return page(request, await webhooks.listing(session, kind, id, query.page()))

    async def create_for_one(
        writer: WebhookWriter,
        id: known,
        post: Posted,
        session: WriteSession,
        catalogue: SearchableDep,
        now: Now,
    ) -> Response:
        """Be told of this one."""
        await permit(session, writer, await _catalog_of(session, kind, id))
        return await _create(session, catalogue, post, entity_type=kind, entity_id=id, now=now)

    missing = SubscribedNotFound()
    failures = FAILURES if kind == FILTERABLE else (*FAILURES, FilterMisplaced())
    one_thing = f"one of the {kind}"
    of_one = f"/v1/{kind}/{examples.ID}/webhooks"
    for path, method, endpoint, summary, responses in (
        (
            every,
            "GET",
            listing,
            f"List webhooks of {kind}",
            documented("GET", "/v1" + every, REFUSED),
        ),
        (
            every,
            "POST",
            create,
            f"Subscribe to {kind}",
            documented("POST", "/v1" + every, *failures),
        ),
        (
            single,
            "GET",
            listing_of_one,
            f"List webhooks of {one_thing}",
            documented("GET", of_one, REFUSED, missing),
        ),
        (
            single,
            "POST",
            create_for_one,
            f"Subscribe to {one_thing}",
            documented("POST", of_one, missing, *failures),
        ),
    ):
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            name=f"{endpoint.__name__}_{kind}",
            summary=summary,
            response_model=WebhookList if method == "GET" else Webhook,
            openapi_extra=BODY if method == "POST" else None,
            responses=responses,
        )


_subscriptions("software")
_subscriptions("publishers")


@router.get(
    "/webhooks/{id:uuid}",
    summary="Get a webhook",
    response_model=Webhook,
    responses=documented("GET", ONE, WebhookNotFound(examples.ID)),
)
async def read(_reader: WebhookReader, id: WebhookId, session: ReadSession) -> Response:
    """One subscription, without its secret."""
    return one(await webhooks.get(session, str(id)))


@router.patch(
    "/webhooks/{id:uuid}",
    summary="Update a webhook",
    response_model=Webhook,
    openapi_extra=BODY,
    responses=documented("PATCH", ONE, *FAILURES, FilterMisplaced(), WebhookNotFound(examples.ID)),
)
async def update(
    writer: WebhookWriter,
    id: WebhookId,
    post: Posted,
    session: WriteSession,
    catalogue: SearchableDep,
    now: Now,
) -> Response:
    """Change a subscription, and deliver to it again if it was disabled.

    A secret, format or filter that is left out stays; an empty filter lets everything through. But a
    GitHub token is sent as it is, so with another address it must be given anew: nobody learns by a
    change what they did not know.
    """
    await permit(session, writer, None)
    present = await webhooks.draft(session, str(id))
    wanted = draft(post, present.format)
    is_moved = (wanted.url, wanted.format) != (present.url, present.format)
    if wanted.format == GITHUB and wanted.secret is None and is_moved:
        raise FieldsInvalid([BrokenRule("secret", "required", "secret is required", value="")])
    changed = await webhooks.replace_with(session, str(id), wanted, now=now)
    if wanted.filter is not None and wanted.filter != (present.filter or ""):
        await webhook_filters.begin(session, catalogue, str(id), wanted.filter)
    return one(changed)


@router.delete(
    "/webhooks/{id:uuid}",
    status_code=204,
    summary="Delete a webhook",
    responses=documented("DELETE", ONE, WebhookNotFound(examples.ID)),
)
async def delete(writer: WebhookWriter, id: WebhookId, session: WriteSession) -> Response:
    """Delete a subscription, and what is on its way to it."""
    await permit(session, writer, None)
    await webhooks.remove(session, str(id))
    return Response(status_code=204)
