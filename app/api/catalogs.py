"""/v1/catalogs: where software is listed, by id or alternativeId; `∅` is the root."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import (
    Body,
    PlainText,
    RequiredLongAddress,
    RequiredText,
    body_of,
    json_body,
    sized,
)
from app.api.dependencies import CurrentHead, DatabaseDep, Now, ReadSession, WriteSession
from app.api.links import Links
from app.api.lists import REFUSED, ListQuery, one, versioned_page
from app.api.patching import Patch, patch_body, patch_of, patched
from app.api.paths import REPLACEMENT
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BodyRefused,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
)
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.catalogue import catalogs
from app.catalogue.catalogs import ROOT_NAME, CatalogDraft, CatalogDraftSource
from app.catalogue.errors import AlreadyExists, CatalogInUse, CatalogNotFound
from app.database import Session, reading

router = APIRouter(prefix="/catalogs", tags=["catalogs"])

ALL = "/v1/catalogs"
ONE = f"{ALL}/{examples.ID}"
MOST_ESCAPES = 4
"""Spellings of a name that are tried, each with one escape less than the one before."""


class CatalogSource(BaseModel):
    """A list of software, and how it is read."""

    driver: str | None = None
    url: str
    args: list[str] | None = None


class Catalog(BaseModel):
    """A catalogue as the Open Catalog API shows it; what is not known is left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.CATALOG]}
    )

    id: str
    name: str
    alternative_id: str | None = None
    active: bool
    publishers_namespace: str | None = None
    scopes: list[str] | None = None
    sources: list[CatalogSource]
    created_at: datetime
    updated_at: datetime


class CatalogList(BaseModel):
    """A page of catalogues, oldest first."""

    data: list[Catalog]
    links: Links


class CatalogSourcePost(Body):
    """A list of software; `driver` says how to read it, and `args` what in it."""

    url: Annotated[RequiredLongAddress, sized(1, 2048)]
    driver: Annotated[PlainText, sized(1, 64)] | None = None
    args: Annotated[list[Annotated[PlainText, sized(1, 2048)]], sized(1, 20)] | None = None

    def draft(self) -> CatalogDraftSource:
        """The same, as the catalogue wants it."""
        return CatalogDraftSource(
            self.url, self.driver, None if self.args is None else tuple(self.args)
        )


class CatalogPost(Body):
    """A new catalogue. Only the root (`∅`) has no sources."""

    name: Annotated[RequiredText, sized(1, 255)]
    alternative_id: Annotated[PlainText, sized(1, 255)] | None = None
    active: bool | None = None
    publishers_namespace: Annotated[PlainText, sized(0, 255)] | None = None
    scopes: Annotated[list[Annotated[PlainText, sized(1, 64)]], sized(0, 20)] | None = None
    sources: Annotated[list[CatalogSourcePost], sized(0, 100)] | None = None

    def draft(self) -> CatalogDraft:
        """The same, as the catalogue wants it."""
        return CatalogDraft(
            name=self.name,
            alternative_id=self.alternative_id,
            active=self.active is not False,
            publishers_namespace=self.publishers_namespace,
            scopes=tuple(self.scopes or ()),
            sources=tuple(source.draft() for source in self.sources or ()),
        )


CatalogName = Annotated[
    str,
    Path(
        description="Id or alternativeId; `∅` for what belongs to no catalogue.",
        examples=[examples.ID],
    ),
]


async def _known(id: CatalogName, database: DatabaseDep) -> str:
    async with reading(database) as session:
        name = await _spelled(session, id)
        await catalogs.get(session, name)
    return name


async def _catalog_id(id: CatalogName, database: DatabaseDep) -> str:
    async with reading(database) as session:
        return await catalogs.resolve(session, await _spelled(session, id))


KnownCatalog = Annotated[str, Depends(_known)]
"""The name of a catalogue that can be shown: the root holds things before it can be."""

CatalogId = Annotated[str, Depends(_catalog_id)]
"""The id of the catalogue in the path, the root among them: that is checked before the body."""

CatalogWriter = Annotated[Writer, Depends(allowed("catalogs:write"))]

FAILURES = (
    BodyMalformed(),
    AlreadyExists("catalog"),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("name", "required", "name is required", value="")]),
    BodyRefused("sources is required"),
)


@router.get(
    "",
    summary="List catalogues",
    response_model=CatalogList,
    responses=documented("GET", ALL, REFUSED),
)
async def listing(
    request: Request,
    query: Annotated[ListQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active catalogues in the order of creation; the root only if somebody has created it."""
    found = await catalogs.listing(session, query.filter(), query.page())
    return versioned_page(request, head, found)


@router.post(
    "",
    summary="Create a catalogue",
    response_model=Catalog,
    openapi_extra=body_of(CatalogPost, "application/json", catalog=examples.CATALOG_POST),
    responses=documented("POST", ALL, *FAILURES),
)
async def create(
    writer: CatalogWriter,
    post: Annotated[CatalogPost, Depends(json_body(CatalogPost))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Store a catalogue. With the alternativeId `∅` it is the root, which then is listed."""
    is_root = post.alternative_id == ROOT_NAME
    if is_root and post.sources:
        raise BodyRefused("sources are not allowed on the root catalog")
    if not is_root and not post.sources:
        raise BodyRefused("sources is required")
    await permit(session, writer, None)
    return one(await catalogs.create(session, post.draft(), now=now))


@router.get(
    "/{id}",
    summary="Get a catalogue",
    response_model=Catalog,
    responses=documented("GET", ONE, CatalogNotFound(examples.ID)),
)
async def read(
    request: Request, id: KnownCatalog, head: CurrentHead, session: ReadSession
) -> Response:
    """One catalogue, active or not."""
    entry = await catalogs.get(session, id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{id}",
    summary="Update a catalogue",
    response_model=Catalog,
    openapi_extra=patch_of(CatalogPost, scopes={"scopes": ["iso3166:IT-25"]}),
    responses=documented("PATCH", ONE, *FAILURES, CatalogNotFound(examples.ID)),
)
async def update(
    writer: CatalogWriter,
    id: KnownCatalog,
    patch: Annotated[Patch, Depends(patch_body(CatalogPost))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Change a catalogue by JSON Merge Patch or JSON Patch. `sources` are set as a whole."""
    shown = orjson.loads((await catalogs.locked(session, id)).document)
    await permit(session, writer, shown["id"])
    post = patched(CatalogPost, shown, patch)
    _refuse_revised(shown, post)
    return one(await catalogs.replace_with(session, shown["id"], post.draft(), now=now))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Delete a catalogue",
    responses=documented("DELETE", ONE, CatalogNotFound(examples.ID), CatalogInUse(examples.ID)),
)
async def delete(
    writer: CatalogWriter, id: KnownCatalog, session: WriteSession, now: Now
) -> Response:
    """Delete a catalogue to which neither software nor publishers belong."""
    entry = await catalogs.locked(session, id)
    await permit(session, writer, entry.id)
    await catalogs.remove(session, entry.id, now=now)
    return Response(status_code=204)


def _refuse_revised(shown: dict[str, Any], post: CatalogPost) -> None:
    is_root = shown.get("alternativeId") == ROOT_NAME
    if is_root and post.alternative_id != ROOT_NAME:
        raise BodyRefused("alternativeId on the root catalog cannot be changed")
    if is_root and post.sources:
        raise BodyRefused("sources are not allowed on the root catalog")
    if not is_root and post.alternative_id == ROOT_NAME:
        raise AlreadyExists("catalog")
    if not is_root and not post.sources:
        raise BodyRefused("sources must not be empty")


async def _spelled(session: Session, id: str) -> str:
    """The name under which it is there: clients escape it once, twice, or not at all."""
    spelling = id
    for _ in range(MOST_ESCAPES):
        with suppress(CatalogNotFound):
            await catalogs.resolve(session, spelling)
            return spelling
        spelling = unquote(spelling).replace("\0", REPLACEMENT)
    raise CatalogNotFound(id)
