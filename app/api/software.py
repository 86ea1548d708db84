"""/v1/software: what the Open Catalog API calls software, with its names, order and texts."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import (
    READABLE,
    Address,
    Body,
    PlainText,
    Required,
    RequiredAddress,
    body_of,
    json_body,
)
from app.api.dependencies import CurrentHead, DatabaseDep, Now, ReadSession, WriteSession
from app.api.links import Links, PageQuery, links
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    MediaTypeUnsupported,
    ParametersInvalid,
)
from app.api.scopes import Writer
from app.api.security import allowed, catalogs_of, permit
from app.catalogue import records, software
from app.catalogue.entry import ROOT_ID, SoftwareFilter
from app.catalogue.errors import SoftwareNotFound, UrlTaken
from app.database import reading
from app.ingest import submission
from app.ingest.submission import KEEP, SoftwareDraft, SoftwareEdit
from app.pagination import parse_rfc3339

router = APIRouter(prefix="/software", tags=["software"])

ALL = "/v1/software"
ONE = f"{ALL}/{examples.ID}"
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
INVALID_URL = BrokenRule("url", "url", "url is invalid", value="git.example.org")


class Software(BaseModel):
    """A software as the Open Catalog API shows it."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.SOFTWARE]}
    )

    id: str
    catalog_id: str | None = Field(None, description="Left out for software of the root catalogue.")
    url: str = Field(description="The canonical address of the repository.")
    aliases: list[str] = Field(description="Other addresses under which it is known.")
    publiccode_yml: str = Field(description="The file as it was given.")
    active: bool = Field(description="Inactive software is left out of lists.")
    vitality: str | None
    created_at: datetime
    updated_at: datetime


class SoftwareList(BaseModel):
    """A page of software, oldest first."""

    data: list[Software]
    links: Links


class SoftwarePost(Body):
    """A new software."""

    url: RequiredAddress
    aliases: list[Address] | None = None
    publiccode_yml: Required
    active: bool | None = None
    vitality: PlainText | None = None

    def draft(self) -> SoftwareDraft:
        """The same, as it is submitted."""
        return SoftwareDraft(
            url=self.url,
            publiccode_yml=self.publiccode_yml,
            aliases=tuple(self.aliases or ()),
            active=self.active is not False,
            vitality=self.vitality,
        )


def _without_default(schema: dict[str, Any]) -> None:
    """For members that an edit may leave out, but not set to null."""
    del schema["default"]


class SoftwarePatch(Body):
    """What to change (RFC 7396): what is left out stays, null clears.

    An empty `publiccodeYml` keeps the stored text, so that a crawler which could not read a file
    does not wipe it. `active: null` is the default, true.
    """

    url: Address = Field("", json_schema_extra=_without_default)
    aliases: list[Address] | None = None
    publiccode_yml: str = Field("", json_schema_extra=_without_default)
    active: bool | None = None
    vitality: PlainText | None = None

    def edit(self) -> SoftwareEdit:
        """The same, as it is submitted: only what was sent."""
        sent = self.model_fields_set
        return SoftwareEdit(
            url=self.url if "url" in sent else KEEP,
            aliases=tuple(self.aliases or ()) if "aliases" in sent else KEEP,
            publiccode_yml=self.publiccode_yml if "publiccode_yml" in sent else KEEP,
            active=self.active is not False if "active" in sent else KEEP,
            vitality=self.vitality if "vitality" in sent else KEEP,
        )


def _lenient_bool(text: Any) -> bool:  # noqa: ANN401 - whatever the query holds
    """What the reference takes for true; a known client sends `true?all=true` as well."""
    return str(text).partition("?")[0] in TRUE


def _moment(text: Any) -> datetime | None:  # noqa: ANN401 - whatever the query holds
    return parse_rfc3339(text) if text else None


def _address(text: Any) -> str | None:  # noqa: ANN401 - whatever the query holds
    """Clients send addresses unescaped: what was a plus sign arrives as a blank."""
    return str(text).replace(" ", "+") if text else None


Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class SoftwareQuery(PageQuery):
    """Which software a list holds."""

    url: Annotated[str | None, BeforeValidator(_address)] = Field(
        None, description="Software with this address, canonical or alias, escaped or not."
    )
    all: Annotated[bool, BeforeValidator(_lenient_bool)] = Field(
        False, description="Inactive software as well."
    )
    created_after: Moment = Field(
        None, alias="from", description="Created after this time (RFC 3339, with `Z`)."
    )
    created_before: Moment = Field(
        None, alias="to", description="Created before this time (RFC 3339, with `Z`)."
    )

    def filter(self) -> SoftwareFilter:
        """The same, as the catalogue wants it."""
        return SoftwareFilter(
            include_inactive=self.all,
            url=self.url,
            created_after=self.created_after,
            created_before=self.created_before,
        )


SoftwareId = Annotated[str, Path(description="The software's id.", examples=[examples.ID])]


async def _known(id: SoftwareId, database: DatabaseDep) -> str:
    """The id, once it is known to exist: that is checked before the body."""
    async with reading(database) as session:
        await software.get(session, id)
    return id


KnownId = Annotated[str, Depends(_known)]
SoftwareWriter = Annotated[Writer, Depends(allowed("software:write"))]


@router.get(
    "",
    summary="List software",
    response_model=SoftwareList,
    responses=documented(
        "GET",
        ALL,
        ParametersInvalid(
            [BrokenRule("page[size]", "value_error", "page[size] must be an integer")]
        ),
    ),
)
async def listing(
    request: Request,
    query: Annotated[SoftwareQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active software in the order of creation, or what matches the filters."""
    page = await software.listing(session, query.filter(), query.page())
    body = {
        "data": [orjson.Fragment(entry.document) for entry in page.items],
        "links": links(request, page.previous, page.next),
    }
    return caching.reply(request, head, orjson.dumps(body))


@router.post(
    "",
    summary="Create software",
    response_model=Software,
    openapi_extra=body_of(SoftwarePost, "application/json", software=examples.SOFTWARE_POST),
    responses=documented(
        "POST",
        ALL,
        BodyMalformed(),
        UrlTaken(examples.URL),
        FieldUnknown(),
        FieldsInvalid([INVALID_URL]),
    ),
)
async def create(
    post: Annotated[SoftwarePost, Depends(json_body(SoftwarePost))],
    writer: SoftwareWriter,
    session: WriteSession,
    now: Now,
) -> Response:
    """Store a publiccode.yml under an address that is not known yet.

    The file need not be valid: what is wrong with it is stored as its report. Software which is
    inactive and was never changed by hand comes back to life when it is posted again.
    """
    await permit(session, writer, ROOT_ID)
    entry = await submission.create(session, post.draft(), now=now)
    return Response(entry.document, media_type="application/json")


@router.get(
    "/{id}",
    summary="Get software",
    response_model=Software,
    responses=documented("GET", ONE, SoftwareNotFound(examples.ID)),
)
async def read(
    request: Request, id: SoftwareId, head: CurrentHead, session: ReadSession
) -> Response:
    """One software, inactive or not."""
    entry = await software.get(session, id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{id}",
    summary="Update software",
    response_model=Software,
    openapi_extra=body_of(SoftwarePatch, *READABLE, vitality={"vitality": "90,85,88"}),
    responses=documented(
        "PATCH",
        ONE,
        BodyMalformed(),
        SoftwareNotFound(examples.ID),
        UrlTaken(examples.URL),
        MediaTypeUnsupported(READABLE),
        FieldUnknown(),
        FieldsInvalid([INVALID_URL]),
    ),
)
async def update(
    id: KnownId,
    patch: Annotated[SoftwarePatch, Depends(json_body(SoftwarePatch))],
    writer: SoftwareWriter,
    session: WriteSession,
    now: Now,
) -> Response:
    """Change a software by JSON Merge Patch.

    Addresses are set as a whole: a new `url` replaces the old one, which is kept only if it is
    among the `aliases`.
    """
    await permit(session, writer, (await records.held(session, id)).catalog_id)
    entry = await submission.revise(session, id, patch.edit(), now=now)
    return Response(entry.document, media_type="application/json")


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete software",
    responses=documented("DELETE", ONE, SoftwareNotFound(examples.ID)),
)
async def delete(
    id: SoftwareId, writer: SoftwareWriter, session: WriteSession, now: Now
) -> Response:
    """Delete a software with all its records. Followers of the change log see a tombstone.

    A token that is limited to catalogues deletes what those say about it.
    """
    await permit(session, writer, (await records.held(session, id)).catalog_id)
    mine = await catalogs_of(session, writer)
    await records.withdraw(session, id, catalog_ids=mine, reason="deleted", now=now)
    return Response(status_code=204)
