"""/ldes: the catalogue as an event stream, for portals that follow DCAT-AP Feeds.

What of it may be kept for good, and why, is told in `app.federation.ldes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api import caching, examples
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, ReadSession, SettingsDep
from app.api.problems import documented
from app.api.refusals import (
    BrokenRule,
    NotAcceptable,
    ParametersInvalid,
    RouteNotFound,
    StreamOver,
)
from app.api.representations import (
    DATASET_FORMS,
    SYNTAX,
    VARY,
    Accept,
    Form,
    UrisDep,
    chosen,
    content,
    named,
)
from app.api.search import UNKNOWN_PARAMETER
from app.catalogue import catalogs
from app.catalogue.errors import CatalogNotFound
from app.database import Session
from app.federation import ldes, rdf
from app.federation.formats import ldes as formats
from app.federation.formats.ldes import Page
from app.federation.introduction import introduced
from app.federation.ldes import PATH, Open, OwnNames, Sealed, Stream
from app.head import Head

router = APIRouter(prefix=PATH, tags=["linked data"])
catalog_router = APIRouter(prefix="/catalogs/{id}/ldes", tags=["linked data"])

FOR_GOOD = {"Cache-Control": "public, max-age=604800, immutable"}
ASKED_AGAIN = {"Cache-Control": "no-cache"}
LARGEST_NUMBER = 2**53 - 1

NOT_A_NUMBER = BrokenRule(
    "after", "int_parsing", "after: Input should be a valid integer", value="yesterday"
)
FAILURES = (
    ParametersInvalid([NOT_A_NUMBER]),
    CatalogNotFound(examples.ID),
    StreamOver("https://catalogue.example.org/ldes"),
)


class StreamQuery(BaseModel):
    """Of all catalogues, or of one."""

    model_config = ConfigDict(extra="forbid")

    catalog: str | None = Field(
        None,
        description="Only what this catalogue has, as it has it: its id or alternativeId, `∅` for "
        "the root. What leaves it is deleted here.",
    )


async def _catalog_id(query: Annotated[StreamQuery, Query()], session: ReadSession) -> str | None:
    return None if query.catalog is None else await catalogs.resolve(session, query.catalog)


Number = Annotated[int, Path(ge=0, le=LARGEST_NUMBER)]
CatalogInQuery = Annotated[str | None, Depends(_catalog_id)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides an answer, besides the form and the catalogue."""

    request: Request
    session: Session
    head: Head
    names: OwnNames
    operator: str | None


async def _asked(
    request: Request, session: ReadSession, head: CurrentHead, uris: UrisDep, settings: SettingsDep
) -> Asked:
    return Asked(request, session, head, OwnNames(uris.base), settings.operator)


AskedDep = Annotated[Asked, Depends(_asked)]


@router.get(
    "",
    summary="Follow the catalogue as an event stream",
    response_class=Response,
    responses=content(DATASET_FORMS)
    | documented(
        "GET",
        PATH,
        ParametersInvalid([UNKNOWN_PARAMETER]),
        CatalogNotFound(examples.ID),
        NotAcceptable([form.media_type for form in DATASET_FORMS]),
    ),
)
async def negotiated(
    catalog_id: CatalogInQuery, asked: AskedDep, accept: Accept = None
) -> Response:
    """A [DCAT-AP Feed](https://semiceu.github.io/LDES-DCAT-AP-feeds/): a Linked Data Event Stream of
    what became of each software, as TriG, JSON-LD or N-Quads.

    Its `tree:view` is the first part. Each part leads to the next, until one is open: ask for that one
    again to hear what is new.
    """
    return await _describe(asked, catalog_id, chosen(accept, DATASET_FORMS), VARY)


@router.get(
    ".{suffix}",
    summary="Follow the catalogue as an event stream, in one form",
    response_class=Response,
    responses=content(DATASET_FORMS)
    | documented(
        "GET",
        f"{PATH}.trig",
        ParametersInvalid([UNKNOWN_PARAMETER]),
        CatalogNotFound(examples.ID),
        RouteNotFound("GET", f"{PATH}.pdf"),
    ),
)
async def suffixed(suffix: str, catalog_id: CatalogInQuery, asked: AskedDep) -> Response:
    """The same as `trig`, `jsonld` or `nq`."""
    return await _describe(asked, catalog_id, _form(asked, suffix))


@catalog_router.get(
    "",
    summary="Follow a catalogue as an event stream",
    response_class=Response,
    responses=content(DATASET_FORMS)
    | documented(
        "GET",
        f"/v1/catalogs/{examples.ID}/ldes",
        CatalogNotFound(examples.ID),
        NotAcceptable([form.media_type for form in DATASET_FORMS]),
    ),
)
async def of_catalog(catalog_id: CatalogId, asked: AskedDep, accept: Accept = None) -> Response:
    """As `/ldes` with `catalog`: software as this catalogue has it."""
    return await _describe(asked, catalog_id, chosen(accept, DATASET_FORMS), VARY)


@router.get(
    "/{epoch}/{after}-{last}-{left}.{suffix}",
    summary="Read what is sealed of an event stream",
    response_class=Response,
    responses=content(DATASET_FORMS)
    | {307: {"description": "Something of it was overtaken: `Location` leads to what is left."}}
    | documented("GET", f"{PATH}/{examples.EPOCH}/0-250-250.trig", *FAILURES),
)
async def sealed(
    epoch: str,
    after: Number,
    last: Number,
    left: Number,
    suffix: str,
    catalog_id: CatalogInQuery,
    asked: AskedDep,
) -> Response:
    """A part in one of its states: what is at this address never changes, and may be kept."""
    form = _form(asked, suffix)
    stream = _stream(asked, epoch, form, catalog_id)
    page = await ldes.read_sealed(asked.session, stream, Sealed(after, last, left), asked.head)
    if page is None:
        return RedirectResponse(stream.address(Open(after)), 307, headers=ASKED_AGAIN)
    tag = caching.tag(Head(last, epoch), page.address)
    if caching.is_known(tag, asked.request):
        return caching.unchanged(tag, FOR_GOOD)
    body = await to_thread.run_sync(_written, page, form)
    return caching.tagged(tag, body, FOR_GOOD, media_type=form.media_type)


@router.get(
    "/{epoch}/{after}.{suffix}",
    summary="Read a part of an event stream",
    response_class=Response,
    responses=content(DATASET_FORMS)
    | {307: {"description": "Sealed: what is in it now is at `Location`."}}
    | documented(
        "GET",
        f"{PATH}/{examples.EPOCH}/250.trig",
        *FAILURES,
        RouteNotFound("GET", f"{PATH}/{examples.EPOCH}/9000.trig"),
    ),
)
async def part(
    epoch: str, after: Number, suffix: str, catalog_id: CatalogInQuery, asked: AskedDep
) -> Response:
    """What follows the change with this number. The last part grows until it is sealed; what comes
    then is in the next one.
    """
    form = _form(asked, suffix)
    stream = _stream(asked, epoch, form, catalog_id)
    if after > asked.head.sequence:
        raise RouteNotFound(asked.request.method, asked.request.url.path)
    found = await ldes.locate(asked.session, stream, after, asked.head)
    address = stream.address(found)
    if isinstance(found, Sealed):
        return RedirectResponse(address, 307, headers=ASKED_AGAIN)
    tag = caching.tag(asked.head, address)
    if caching.is_known(tag, asked.request):
        return caching.unchanged(tag)
    page = await ldes.read_open(asked.session, stream, found, asked.head)
    body = await to_thread.run_sync(_written, page, form)
    return caching.tagged(tag, body, media_type=form.media_type)


def _form(asked: Asked, suffix: str) -> Form:
    """Raises RouteNotFound."""
    return named(asked.request, suffix, DATASET_FORMS)


def _stream(asked: Asked, epoch: str, form: Form, catalog_id: str | None) -> Stream:
    """Raises StreamOver where the address is of another log."""
    stream = Stream(asked.names, asked.head.epoch, form.suffix, catalog_id)
    if epoch != asked.head.epoch:
        raise StreamOver(stream.name)
    return stream


async def _describe(
    asked: Asked, catalog_id: str | None, form: Form, headers: Mapping[str, str] = caching.NOTHING
) -> Response:
    stream = Stream(asked.names, asked.head.epoch, form.suffix, catalog_id)
    view = stream.address(Open(0))
    tag = caching.tag(asked.head, view)
    if caching.is_known(tag, asked.request):
        return caching.unchanged(tag, headers)
    ours = await introduced(asked.session, asked.names, catalog_id, operator=asked.operator)
    triples = formats.stream(stream.name, ours.catalog.title, view)
    body = rdf.write(triples, SYNTAX[form], formats.PREFIXES)
    return caching.tagged(tag, body, headers, media_type=form.media_type)


def _written(page: Page, form: Form) -> bytes:
    return rdf.write(formats.page(page), SYNTAX[form], formats.PREFIXES)
