"""/v1/software: what the Open Catalog API calls software, with its names, order and texts."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import (
    Address,
    Body,
    PlainText,
    Required,
    RequiredAddress,
    body_of,
    checked,
    json_body,
    sized,
)
from app.api.dependencies import CurrentHead, DatabaseDep, Now, PolicyDep, ReadSession, WriteSession
from app.api.links import Links
from app.api.lists import REFUSED, ListQuery, one, versioned_page
from app.api.patching import JsonPatch, MergePatch, Patch, patch_body, patch_of, patched
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BodyRefused,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    PatchMalformed,
)
from app.api.scopes import Writer
from app.api.security import allowed, catalogs_of, permit
from app.catalogue import records, software
from app.catalogue.entry import ROOT_ID, Entry, SoftwareFilter, Tier
from app.catalogue.errors import SoftwareNotFound, UrlTaken
from app.database import Session, reading
from app.ingest import editing, submission
from app.ingest.editing import KEEP, SoftwareDraft, SoftwareEdit
from app.ingest.submission import MOST_ALIASES, Policy

router = APIRouter(prefix="/software", tags=["software"])

ALL = "/v1/software"
ONE = f"{ALL}/{examples.ID}"
MEDIA = "application/json"
INVALID_URL = BrokenRule("url", "url", "url is invalid", value="git.example.org")


Aliases = Annotated[list[Address], sized(0, MOST_ALIASES)]


class Software(BaseModel):
    """A software as the Open Catalog API shows it."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.SOFTWARE]}
    )

    id: str
    catalog_id: str | None = Field(None, description="Left out for software of the root catalogue.")
    url: str = Field(description="The canonical address of the repository.")
    aliases: list[str] = Field(description="Other addresses under which it is known.")
    publiccode_yml: str = Field(
        description="The file as it was given; empty where there is none (`tier=index`)."
    )
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
    aliases: Aliases | None = None
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

    def edit(self) -> SoftwareEdit:
        """The same, as all that there is to be from now on."""
        return SoftwareEdit(
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
    aliases: Aliases | None = None
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


def unescaped(text: object) -> str | None:
    """Clients send addresses unescaped: what was a plus sign arrives as a blank."""
    return str(text).replace(" ", "+") if text else None


class SoftwareQuery(ListQuery):
    """Which software a list holds."""

    url: Annotated[str | None, BeforeValidator(unescaped)] = Field(
        None, description="Software with this address, canonical or alias, escaped or not."
    )

    tier: Literal["published", "index", "all"] = Field(
        "published",
        description="`index` is what has no publiccode.yml and is only known of: its "
        "`publiccodeYml` is empty.",
    )

    def filter(self, catalog_id: str | None = None) -> SoftwareFilter:
        """The same, as the catalogue wants it."""
        return SoftwareFilter(
            include_inactive=self.all,
            url=self.url,
            tier=None if self.tier == "all" else Tier(self.tier),
            created_after=self.created_after,
            created_before=self.created_before,
            catalog_id=catalog_id,
        )


SoftwareId = Annotated[str, Path(description="The software's id.", examples=[examples.ID])]


async def _known(id: SoftwareId, database: DatabaseDep) -> str:
    """The id, once it is known to exist: that is checked before the body."""
    async with reading(database) as session:
        await software.get(session, id)
    return id


KnownId = Annotated[str, Depends(_known)]
SoftwareWriter = Annotated[Writer, Depends(allowed("software:write"))]
Posted = Annotated[SoftwarePost, Depends(json_body(SoftwarePost))]


async def _change(
    patch: Annotated[Patch, Depends(patch_body(SoftwarePatch))],
) -> SoftwareEdit | JsonPatch:
    if isinstance(patch, MergePatch):
        return checked(SoftwarePatch, patch.members).edit()
    return patch


Change = Annotated[SoftwareEdit | JsonPatch, Depends(_change)]
"""What to change. A JSON Patch says so only once it is applied to what there is."""

CREATE: dict[str, Any] = {
    "response_model": Software,
    "openapi_extra": body_of(SoftwarePost, MEDIA, software=examples.SOFTWARE_POST),
}
UPDATE: dict[str, Any] = {
    "response_model": Software,
    "openapi_extra": patch_of(SoftwarePatch, vitality={"vitality": "90,85,88"}),
}
CREATE_FAILURES = (
    BodyMalformed(),
    UrlTaken(examples.URL),
    FieldUnknown(),
    FieldsInvalid([INVALID_URL]),
)
UPDATE_FAILURES = (
    *CREATE_FAILURES,
    SoftwareNotFound(examples.ID),
    PatchMalformed("anything but an array of objects"),
    BodyRefused("patch must contain at least one operation"),
)


@router.get(
    "",
    summary="List software",
    response_model=SoftwareList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(
    request: Request,
    query: Annotated[SoftwareQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active software in the order of creation, or what matches the filters."""
    found = await software.listing(session, query.filter(), query.page())
    return versioned_page(request, head, found)


@router.post(
    "", summary="Create software", **CREATE, responses=documented("POST", ALL, *CREATE_FAILURES)
)
async def create(
    writer: SoftwareWriter, post: Posted, session: WriteSession, policy: PolicyDep, now: Now
) -> Response:
    """Store a publiccode.yml under an address that is not known yet.

    The file need not be valid: what is wrong with it is stored as its report. Software which is
    inactive and was never changed by hand comes back to life when it is posted again.
    """
    draft = post.draft()
    report = await submission.accept(draft.text, policy)
    await permit(session, writer, ROOT_ID)
    return one(await editing.create(session, draft, report=report, now=now))


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
    **UPDATE,
    responses=documented("PATCH", ONE, *UPDATE_FAILURES),
)
async def update(
    writer: SoftwareWriter,
    id: KnownId,
    change: Change,
    session: WriteSession,
    policy: PolicyDep,
    now: Now,
) -> Response:
    """Change a software by JSON Merge Patch or JSON Patch.

    Addresses are set as a whole: a new `url` replaces the old one, which is kept only if it is
    among the `aliases`.
    """
    return one(await revise(session, writer, id, change, policy=policy, now=now))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete software",
    responses=documented("DELETE", ONE, SoftwareNotFound(examples.ID)),
)
async def delete(
    writer: SoftwareWriter, id: SoftwareId, session: WriteSession, now: Now
) -> Response:
    """Delete a software with all its records. Followers of the change log see a tombstone.

    A token that is limited to some catalogues deletes what these say about it.
    """
    held = await records.held(session, id)
    await permit(session, writer, held.catalog_id)
    catalog_ids = await catalogs_of(session, writer)
    await records.withdraw(session, id, catalog_ids=catalog_ids, reason="deleted", now=now)
    return Response(status_code=204)


async def revise(
    session: Session,
    writer: Writer,
    id: str,
    change: SoftwareEdit | JsonPatch,
    *,
    catalog_id: str | None = None,
    policy: Policy,
    now: datetime,
) -> Entry:
    """Apply a change to what a catalogue says; without one, to what `/v1/software/{id}` shows.

    New text is read before the first lock is taken, unless a JSON Patch makes it.
    """
    text = None if isinstance(change, JsonPatch) else change.text
    report = None if text is None else await submission.accept(text, policy)
    held = await records.held(session, id, catalog_id=catalog_id)
    await permit(session, writer, held.catalog_id)
    if isinstance(change, JsonPatch):
        entry = await software.get(session, id, catalog_id=catalog_id)
        shown = orjson.loads(entry.document)
        change = patched(SoftwarePost, shown, change).edit()
        if change.publiccode_yml == shown["publiccodeYml"]:
            # The stored bytes need not be UTF-8, nor valid where only valid ones are taken now.
            change = replace(change, publiccode_yml=KEEP)
    return await editing.revise(session, held, change, report=report, policy=policy, now=now)
