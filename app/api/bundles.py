"""/v1/bundles: named groups of software."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import Body, PlainText, RequiredText, body_of, json_body, more_than, sized
from app.api.dependencies import CurrentHead, DatabaseDep, Now, ReadSession, WriteSession
from app.api.links import Links
from app.api.lists import REFUSED, ListQuery, one, versioned_page
from app.api.patching import Patch, patch_body, patch_of, patched
from app.api.problems import documented
from app.api.refusals import BodyMalformed, BrokenRule, FieldsInvalid, FieldUnknown
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.catalogue import bundles
from app.catalogue.bundles import BundleDraft
from app.catalogue.errors import AlreadyExists, BundleNotFound, MembersUnknown
from app.database import reading

router = APIRouter(prefix="/bundles", tags=["bundles"])

ALL = "/v1/bundles"
ONE = f"{ALL}/{examples.ID}"
MOST_MEMBERS = 1000


class Bundle(BaseModel):
    """A named group of software, in the order given."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.BUNDLE]}
    )

    id: str
    name: str
    description: str | None = None
    active: bool
    software_ids: list[str]
    created_at: datetime
    updated_at: datetime


class BundleList(BaseModel):
    """A page of bundles, oldest first."""

    data: list[Bundle]
    links: Links


class BundlePatch(Body):
    """A bundle as it is from now on: one that has lost its software may stay empty."""

    name: Annotated[RequiredText, sized(1, 255)]
    description: Annotated[PlainText, sized(0, 1000)] | None = None
    active: bool | None = None
    software_ids: Annotated[list[PlainText], sized(0, MOST_MEMBERS)]

    def draft(self) -> BundleDraft:
        """The same, as the catalogue wants it."""
        return BundleDraft(
            name=self.name,
            software_ids=tuple(self.software_ids),
            description=self.description,
            active=self.active is not False,
        )


class BundlePost(BundlePatch):
    """A new bundle."""

    software_ids: Annotated[list[PlainText], more_than(0), sized(0, MOST_MEMBERS)]


BundleId = Annotated[str, Path(description="The bundle's id.", examples=[examples.ID])]
BundleWriter = Annotated[Writer, Depends(allowed("bundles:write"))]

FAILURES = (
    BodyMalformed(),
    AlreadyExists("bundle", "name"),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("name", "required", "name is required", value="")]),
    MembersUnknown(),
)


async def _known(id: BundleId, database: DatabaseDep) -> str:
    """The id, once it is known to exist: that is checked before the body."""
    async with reading(database) as session:
        await bundles.get(session, id)
    return id


@router.get(
    "",
    summary="List bundles",
    response_model=BundleList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(
    request: Request,
    query: Annotated[ListQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active bundles, in the order of creation."""
    found = await bundles.listing(session, query.filter(), query.page())
    return versioned_page(request, head, found)


@router.post(
    "",
    summary="Create a bundle",
    response_model=Bundle,
    openapi_extra=body_of(BundlePost, "application/json", bundle=examples.BUNDLE_POST),
    responses=documented("POST", ALL, *FAILURES),
)
async def create(
    writer: BundleWriter,
    post: Annotated[BundlePost, Depends(json_body(BundlePost))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Store a bundle under a name that no other has. Software that is named twice is in it once."""
    await permit(session, writer, None)
    return one(await bundles.create(session, post.draft(), now=now))


@router.get(
    "/{id}",
    summary="Get a bundle",
    response_model=Bundle,
    responses=documented("GET", ONE, BundleNotFound(examples.ID)),
)
async def read(request: Request, id: BundleId, head: CurrentHead, session: ReadSession) -> Response:
    """One bundle, active or not."""
    entry = await bundles.get(session, id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{id}",
    summary="Update a bundle",
    response_model=Bundle,
    openapi_extra=patch_of(BundlePatch, name={"name": "Services for residents"}),
    responses=documented("PATCH", ONE, *FAILURES, BundleNotFound(examples.ID)),
)
async def update(
    writer: BundleWriter,
    id: Annotated[str, Depends(_known)],
    patch: Annotated[Patch, Depends(patch_body(BundlePatch))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Change a bundle by JSON Merge Patch or JSON Patch. `softwareIds` are set as a whole."""
    shown = orjson.loads((await bundles.locked(session, id)).document)
    await permit(session, writer, None)
    model = BundlePost if shown["softwareIds"] else BundlePatch
    wanted = patched(model, shown, patch)
    return one(await bundles.replace_with(session, id, wanted.draft(), now=now))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete a bundle",
    responses=documented("DELETE", ONE, BundleNotFound(examples.ID)),
)
async def delete(writer: BundleWriter, id: BundleId, session: WriteSession, now: Now) -> Response:
    """Delete a bundle. Its software stays."""
    await bundles.locked(session, id)
    await permit(session, writer, None)
    await bundles.remove(session, id, now=now)
    return Response(status_code=204)
