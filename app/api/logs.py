"""Messages of crawlers and other components: /v1/logs, and those of one software or catalogue."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import Body, RequiredText, body_of, json_body, more_than
from app.api.catalogs import CatalogId
from app.api.dependencies import Now, ReadSession, WriteSession
from app.api.links import Links
from app.api.lists import REFUSED, PeriodQuery, one, page
from app.api.problems import documented
from app.api.refusals import BodyMalformed, BrokenRule, FieldsInvalid, FieldUnknown
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.api.software import KnownId
from app.catalogue import logs, records
from app.catalogue.errors import CatalogNotFound, LogNotFound, SoftwareNotFound
from app.catalogue.logs import LogFilter

router = APIRouter(tags=["logs"])

ALL = "/v1/logs"
ONE = f"{ALL}/{examples.ID}"
OF_SOFTWARE = f"/v1/software/{examples.ID}/logs"
OF_CATALOG = f"/v1/catalogs/{examples.ID}/logs"


class Log(BaseModel):
    """A message, and what it is about."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.LOG]}
    )

    id: str
    message: str
    created_at: datetime
    updated_at: datetime
    entity: str | None = Field(None, description="`/software/<id>` or `/catalogs/<id>`.")


class LogList(BaseModel):
    """A page of messages, newest first."""

    data: list[Log]
    links: Links


class LogPost(Body):
    """A message of at least two characters. Any length will do: crawlers send whole reports."""

    message: Annotated[RequiredText, more_than(1)]


class LogQuery(PeriodQuery):
    """Which messages a list holds."""

    search: str | None = Field(None, description="A part of the message, in any case.")
    message: str | None = Field(None, alias="filter", description="The whole message.")

    def filter(self, entity: str | None = None) -> LogFilter:
        """The same, as the catalogue wants it."""
        return LogFilter(
            search=self.search,
            message=self.message,
            entity=entity,
            created_after=self.created_after,
            created_before=self.created_before,
        )


LogId = Annotated[UUID, Path(description="The message's id.", examples=[examples.ID])]
LogWriter = Annotated[Writer, Depends(allowed("logs:write"))]
Posted = Annotated[LogPost, Depends(json_body(LogPost))]
Asked = Annotated[LogQuery, Query()]

BODY = body_of(LogPost, "application/json", log=examples.LOG_POST)
FAILURES = (
    BodyMalformed(),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("message", "required", "message is required", value="")]),
)
CREATE: dict[str, Any] = {"response_model": Log, "openapi_extra": BODY}


@router.get(
    "/logs",
    summary="List messages",
    response_model=LogList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(request: Request, query: Asked, session: ReadSession) -> Response:
    """All messages, the newest first, or what matches every filter."""
    return page(request, await logs.listing(session, query.filter(), query.page()))


@router.post(
    "/logs",
    summary="Write a message",
    **CREATE,
    responses=documented("POST", ALL, *FAILURES),
)
async def create(writer: LogWriter, post: Posted, session: WriteSession, now: Now) -> Response:
    """Keep a message that is about nothing in particular."""
    await permit(session, writer, None)
    return one(await logs.append(session, post.message, now=now))


@router.get(
    "/logs/{id:uuid}",
    summary="Get a message",
    response_model=Log,
    responses=documented("GET", ONE, LogNotFound(examples.ID)),
)
async def read(id: LogId, session: ReadSession) -> Response:
    """One message."""
    return one(await logs.get(session, str(id)))


@router.patch(
    "/logs/{id:uuid}",
    summary="Change a message",
    response_model=Log,
    openapi_extra=BODY,
    responses=documented("PATCH", ONE, *FAILURES, LogNotFound(examples.ID)),
)
async def update(
    writer: LogWriter, id: LogId, post: Posted, session: WriteSession, now: Now
) -> Response:
    """Put another message in its place."""
    await permit(session, writer, None)
    return one(await logs.revise(session, str(id), post.message, now=now))


@router.delete(
    "/logs/{id:uuid}",
    status_code=204,
    summary="Delete a message",
    responses=documented("DELETE", ONE, LogNotFound(examples.ID)),
)
async def delete(writer: LogWriter, id: LogId, session: WriteSession) -> Response:
    """Delete one message."""
    await permit(session, writer, None)
    await logs.remove(session, str(id))
    return Response(status_code=204)


@router.get(
    "/software/{id}/logs",
    summary="List messages about software",
    response_model=LogList,
    responses=documented("GET", OF_SOFTWARE, SoftwareNotFound(examples.ID), REFUSED),
)
async def of_software(
    request: Request, id: KnownId, query: Asked, session: ReadSession
) -> Response:
    """Messages about one software, the newest first."""
    wanted = query.filter(f"/software/{id}")
    return page(request, await logs.listing(session, wanted, query.page()))


@router.post(
    "/software/{id}/logs",
    summary="Write a message about software",
    **CREATE,
    responses=documented("POST", OF_SOFTWARE, SoftwareNotFound(examples.ID), *FAILURES),
)
async def about_software(
    writer: LogWriter, id: KnownId, post: Posted, session: WriteSession, now: Now
) -> Response:
    """Keep a message about one software."""
    await permit(session, writer, (await records.addressed(session, id)).catalog_id)
    return one(await logs.append(session, post.message, entity=f"/software/{id}", now=now))


@router.get(
    "/catalogs/{id}/logs",
    summary="List messages about a catalogue",
    response_model=LogList,
    responses=documented("GET", OF_CATALOG, CatalogNotFound(examples.ID), REFUSED),
)
async def of_catalog(
    request: Request, id: CatalogId, query: Asked, session: ReadSession
) -> Response:
    """Messages about one catalogue, the newest first; not those about its software."""
    wanted = query.filter(f"/catalogs/{id}")
    return page(request, await logs.listing(session, wanted, query.page()))


@router.post(
    "/catalogs/{id}/logs",
    summary="Write a message about a catalogue",
    **CREATE,
    responses=documented("POST", OF_CATALOG, CatalogNotFound(examples.ID), *FAILURES),
)
async def about_catalog(
    writer: LogWriter, id: CatalogId, post: Posted, session: WriteSession, now: Now
) -> Response:
    """Keep a message about one catalogue."""
    await permit(session, writer, id)
    entity = f"/catalogs/{id}"
    return one(await logs.append(session, post.message, entity=entity, now=now))
