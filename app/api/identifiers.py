"""/id/…: addresses that name things for good, and answer in the form that the reader takes.

A person is sent to a page; programs get JSON, the file as published, CodeMeta or DCAT-AP.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import RedirectResponse

from app.api import caching, examples
from app.api.catalogs import CatalogName
from app.api.dependencies import CurrentHead, ReadSession
from app.api.negotiation import negotiate
from app.api.problems import documented
from app.api.refusals import NotAcceptable
from app.api.representations import (
    RDF_FORMS,
    SYNTAX,
    VARY,
    Accept,
    Form,
    UrisDep,
    chosen,
    content,
    named,
)
from app.api.software import SoftwareId
from app.catalogue import catalogs, profiles, records, software, tombstones
from app.catalogue.catalogs import ROOT_NAME
from app.catalogue.entry import ROOT_ID, Grave, Tier
from app.catalogue.errors import (
    CatalogNotFound,
    DescriptionNotFound,
    SoftwareGone,
    SoftwareNotFound,
)
from app.database import Session
from app.federation import rdf
from app.federation.formats import codemeta, dcat_ap
from app.federation.uris import Uris
from app.head import Head

router = APIRouter(prefix="/id", tags=["linked data"])

PAGES = "/software"
"""Where people find what these addresses name."""

ONE = f"/id/software/{examples.ID}"
GONE = SoftwareGone(
    Grave(
        examples.ID, reason="deleted", successor=None, at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    )
)
JSON = Form("json", "application/json")
YAML = Form("yml", "application/yaml")
CODEMETA = Form("codemeta.json", codemeta.MEDIA_TYPE)
HTML = Form("html", "text/html")
DATA = (JSON, YAML, *RDF_FORMS, CODEMETA)
FORMS = (*DATA, HTML)
LISTS = (JSON, *RDF_FORMS)
MOVED: dict[int | str, Any] = {
    303: {"description": "A page for people, where `text/html` is preferred."},
    308: {"description": "Merged into the software at `Location`."},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides an answer besides the software and its form."""

    request: Request
    session: Session
    head: Head
    uris: Uris
    language: str | None


async def _asked(
    request: Request,
    session: ReadSession,
    head: CurrentHead,
    uris: UrisDep,
    accept_language: Annotated[
        str | None, Header(description="For CodeMeta, which holds a text in one language only.")
    ] = None,
) -> Asked:
    return Asked(request, session, head, uris, accept_language)


@router.get(
    "/software/{id}.{suffix}",
    summary="Get software in one form",
    responses=content(DATA)
    | {308: MOVED[308]}
    | documented("GET", ONE, SoftwareNotFound(examples.ID), DescriptionNotFound(examples.ID), GONE),
)
async def suffixed(
    request: Request, id: SoftwareId, suffix: str, asked: Annotated[Asked, Depends(_asked)]
) -> Response:
    """One software as `json`, `yml`, `codemeta.json`, `ttl`, `jsonld`, `rdf` or `nt`."""
    id, _, suffix = f"{id}.{suffix}".partition(".")
    return await _represent(asked, id, named(request, suffix, DATA))


@router.get(
    "/software/{id}",
    summary="Get software in any form",
    responses=content(DATA)
    | MOVED
    | documented(
        "GET",
        ONE,
        SoftwareNotFound(examples.ID),
        DescriptionNotFound(examples.ID),
        NotAcceptable([form.media_type for form in FORMS]),
        GONE,
    ),
)
async def negotiated(
    id: SoftwareId, asked: Annotated[Asked, Depends(_asked)], accept: Accept = None
) -> Response:
    """One software under the name by which RDF knows it, in the form that `Accept` prefers.

    DCAT-AP as `text/turtle`, `application/ld+json`, `application/rdf+xml` or
    `application/n-triples`; CodeMeta as `application/vnd.codemeta.ld+json`; the publiccode.yml as
    published as `application/yaml`; a page for people as `text/html`; by default what
    `/v1/software/{id}` has.
    """
    return await _represent(asked, id, chosen(accept, FORMS), negotiated=True)


@router.get(
    "/catalog",
    summary="Find what is in all catalogues",
    status_code=303,
    response_class=RedirectResponse,
    responses=documented("GET", "/id/catalog", NotAcceptable([form.media_type for form in LISTS])),
)
async def everything(uris: UrisDep, accept: Accept = None) -> Response:
    """The catalogue of everything that is here: as DCAT-AP, or the list of its parts as JSON."""
    form = chosen(accept, LISTS)
    address = "/v1/catalogs" if form == JSON else f"/catalog.{form.suffix}"
    return RedirectResponse(uris.base + address, 303, headers=VARY)


@router.get(
    "/catalog/{id}",
    summary="Find what is in a catalogue",
    status_code=303,
    response_class=RedirectResponse,
    responses=documented(
        "GET",
        f"/id/catalog/{examples.ID}",
        CatalogNotFound(examples.ID),
        NotAcceptable([form.media_type for form in LISTS]),
    ),
)
async def catalog(
    id: CatalogName, uris: UrisDep, session: ReadSession, accept: Accept = None
) -> Response:
    """One catalogue: its software as DCAT-AP, or the catalogue itself as JSON."""
    form = chosen(accept, LISTS)
    name = ROOT_NAME if id == ROOT_ID else id
    await catalogs.resolve(session, name)
    name = quote(name, safe="")
    address = f"/v1/catalogs/{name}" if form == JSON else f"/catalog.{form.suffix}?catalog={name}"
    return RedirectResponse(uris.base + address, 303, headers=VARY)


async def _represent(asked: Asked, id: str, form: Form, *, negotiated: bool = False) -> Response:
    uris = asked.uris
    headers = {"Vary": ", ".join(_varies(form, negotiated=negotiated))}
    tag = caching.tag(asked.head, uris.base, form.suffix, asked.language or "")
    if caching.is_known(tag, asked.request):
        return caching.unchanged(tag, headers)
    if successor := await _successor(asked.session, id):
        suffix = "" if negotiated else f".{form.suffix}"
        return RedirectResponse(uris.software(successor) + suffix, 308, headers=headers)
    body = await _body(asked, id, form)
    if form == HTML:
        return RedirectResponse(f"{uris.base}{PAGES}/{id}", 303, headers=headers)
    return caching.tagged(tag, body, headers, media_type=form.media_type)


def _varies(form: Form, *, negotiated: bool) -> Iterator[str]:
    if negotiated:
        yield "Accept"
    if form == CODEMETA:
        yield "Accept-Language"


async def _body(asked: Asked, id: str, form: Form) -> bytes:
    """Raises SoftwareNotFound, and DescriptionNotFound where there is no publiccode.yml."""
    session, uris = asked.session, asked.uris
    if form in (JSON, HTML):
        return (await software.get(session, id)).document.encode()
    if form == YAML:
        record = await records.addressed(session, id)
        if record.tier == Tier.INDEX:
            raise DescriptionNotFound(id)
        return record.raw
    profile = await profiles.get(session, id)
    if form == CODEMETA:
        described_in = sorted(profile.description.description, key=lambda tag: tag != "en")
        spoken = negotiate(asked.language, described_in) if described_in else None
        return codemeta.document(profile, uris, spoken)
    return await to_thread.run_sync(rdf.write, dcat_ap.software(profile, uris), SYNTAX[form])


async def _successor(session: Session, id: str) -> str | None:
    """What a software was merged into; None if it is here. Raises SoftwareGone with the tombstone."""
    grave = await tombstones.find(session, id)
    if grave and grave.successor is None:
        raise SoftwareGone(grave)
    return grave.successor if grave else None
