"""/v1/publishers: who publishes software, by id or alternativeId."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import (
    Body,
    CodeHostingAddress,
    Email,
    PlainText,
    RequiredText,
    body_of,
    json_body,
    more_than,
    sized,
)
from app.api.dependencies import CurrentHead, DatabaseDep, Now, ReadSession, WriteSession
from app.api.links import Links
from app.api.lists import REFUSED, ListQuery, one, versioned_page
from app.api.patching import Patch, patch_body, patch_of, patched
from app.api.paths import with_slashes
from app.api.problems import documented
from app.api.refusals import BodyMalformed, BrokenRule, FieldsInvalid, FieldUnknown
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.catalogue import publishers
from app.catalogue.entry import ROOT_ID, Entry
from app.catalogue.errors import AlreadyExists, PublisherNotFound
from app.catalogue.publishers import Hosting, PublisherDraft
from app.database import Session, reading

router = APIRouter(prefix="/publishers", tags=["publishers"])

ALL = "/v1/publishers"
ONE = f"{ALL}/{examples.ID}"
MOST_ADDRESSES = 1000
LONGEST_DESCRIPTION = 600
"""Characters: no two publishers share one, and an index entry of PostgreSQL has 2,704 bytes."""


class CodeHosting(BaseModel):
    """One repository, or all of an organisation's."""

    model_config = ConfigDict(alias_generator=to_camel)

    url: str
    group: bool
    created_at: datetime
    updated_at: datetime


class Publisher(BaseModel):
    """A publisher as the Open Catalog API shows it; what is not known is left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.PUBLISHER]}
    )

    id: str
    catalog_id: str | None = None
    email: str | None = None
    description: str
    code_hosting: list[CodeHosting]
    active: bool
    alternative_id: str | None = None
    created_at: datetime
    updated_at: datetime


class PublisherList(BaseModel):
    """A page of publishers, oldest first."""

    data: list[Publisher]
    links: Links


class CodeHostingPost(Body):
    """Where code is hosted; `group` (the default) means all that is below the address."""

    url: CodeHostingAddress
    group: bool | None = None


class PublisherPost(Body):
    """A new publisher."""

    code_hosting: Annotated[list[CodeHostingPost], more_than(0), sized(0, MOST_ADDRESSES)]
    description: Annotated[RequiredText, sized(0, LONGEST_DESCRIPTION)]
    email: Email | None = None
    active: bool | None = None
    alternative_id: Annotated[PlainText, sized(1, 255)] | None = None

    def draft(self) -> PublisherDraft:
        """The same, as the catalogue wants it."""
        return PublisherDraft(
            description=self.description,
            code_hosting=tuple(
                Hosting(each.url, each.group is not False) for each in self.code_hosting
            ),
            email=self.email,
            alternative_id=self.alternative_id,
            active=self.active is not False,
        )


PublisherId = Annotated[
    str,
    Path(alias="id", description="Id or alternativeId.", examples=[examples.ID]),
    AfterValidator(with_slashes),
]
PublisherWriter = Annotated[Writer, Depends(allowed("publishers:write"))]
Posted = Annotated[PublisherPost, Depends(json_body(PublisherPost))]
Change = Annotated[Patch, Depends(patch_body(PublisherPost))]

CREATE: dict[str, Any] = {
    "response_model": Publisher,
    "openapi_extra": body_of(PublisherPost, "application/json", publisher=examples.PUBLISHER_POST),
}
UPDATE: dict[str, Any] = {
    "response_model": Publisher,
    "openapi_extra": patch_of(PublisherPost, email={"email": "ict@valchiara.example.org"}),
}
CREATE_FAILURES = (
    BodyMalformed(),
    AlreadyExists("publisher", "description"),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("email", "email", "email is not a valid email", value="b")]),
)
UPDATE_FAILURES = (*CREATE_FAILURES, PublisherNotFound(examples.ID))


async def _known(id: PublisherId, database: DatabaseDep) -> str:
    """The id, once it is known to exist: that is checked before the body."""
    async with reading(database) as session:
        await publishers.get(session, id)
    return id


@router.get(
    "",
    summary="List publishers",
    response_model=PublisherList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(
    request: Request,
    query: Annotated[ListQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active publishers of all catalogues, in the order of creation."""
    found = await publishers.listing(session, query.filter(), query.page())
    return versioned_page(request, head, found)


@router.post(
    "",
    summary="Create a publisher",
    **CREATE,
    responses=documented("POST", ALL, *CREATE_FAILURES),
)
async def create(
    writer: PublisherWriter, post: Posted, session: WriteSession, now: Now
) -> Response:
    """Store a publisher. Its description, alternativeId and addresses are nobody else's."""
    await permit(session, writer, ROOT_ID)
    return one(await publishers.create(session, post.draft(), now=now))


@router.get(
    "/{id}",
    summary="Get a publisher",
    response_model=Publisher,
    responses=documented("GET", ONE, PublisherNotFound(examples.ID)),
)
async def read(
    request: Request, id: PublisherId, head: CurrentHead, session: ReadSession
) -> Response:
    """One publisher, active or not."""
    entry = await publishers.get(session, id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{id}",
    summary="Update a publisher",
    **UPDATE,
    responses=documented("PATCH", ONE, *UPDATE_FAILURES),
)
async def update(
    writer: PublisherWriter,
    id: Annotated[str, Depends(_known)],
    patch: Change,
    session: WriteSession,
    now: Now,
) -> Response:
    """Change a publisher by JSON Merge Patch or JSON Patch. `codeHosting` is set as a whole."""
    return one(await revise(session, writer, id, patch, now=now))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete a publisher",
    responses=documented("DELETE", ONE, PublisherNotFound(examples.ID)),
)
async def delete(
    writer: PublisherWriter, id: PublisherId, session: WriteSession, now: Now
) -> Response:
    """Delete a publisher. Software is not affected."""
    await remove(session, writer, id, now=now)
    return Response(status_code=204)


async def revise(
    session: Session,
    writer: Writer,
    id: str,
    patch: Patch,
    *,
    catalog_id: str | None = None,
    now: datetime,
) -> Entry:
    """Apply a patch to a publisher, of this catalogue if one is named."""
    shown = orjson.loads((await publishers.locked(session, id, catalog_id=catalog_id)).document)
    await permit(session, writer, shown.get("catalogId", ROOT_ID))
    post = patched(PublisherPost, _without_times(shown), patch)
    return await publishers.replace_with(session, shown["id"], post.draft(), now=now)


async def remove(
    session: Session, writer: Writer, id: str, *, catalog_id: str | None = None, now: datetime
) -> None:
    """Delete a publisher, of this catalogue if one is named."""
    shown = orjson.loads((await publishers.locked(session, id, catalog_id=catalog_id)).document)
    await permit(session, writer, shown.get("catalogId", ROOT_ID))
    await publishers.remove(session, shown["id"], now=now)


def _without_times(shown: dict[str, Any]) -> dict[str, Any]:
    """As it is posted: we keep the times of the addresses ourselves."""
    hosting = [{"url": each["url"], "group": each["group"]} for each in shown["codeHosting"]]
    return {**shown, "codeHosting": hosting}
