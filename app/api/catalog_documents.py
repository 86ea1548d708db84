"""/catalog.ttl and its like: everything as DCAT-AP, page by page, for portals that harvest.

Pages follow each other by keys, so that whoever reads to the end while others write has seen
everything that was there all the time, and nothing twice.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated
from urllib.parse import quote, urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.api import caching, examples
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, ReadSession, SettingsDep
from app.api.links import Place
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.api.representations import RDF_FORMS, SYNTAX, UrisDep, content, named
from app.catalogue import catalogs, profiles
from app.catalogue.errors import CatalogNotFound
from app.catalogue.profiles import ProfileFilter
from app.database import Session
from app.federation import rdf
from app.federation.formats.dcat_ap import CatalogPage, catalogue
from app.federation.introduction import introduced
from app.federation.uris import Uris
from app.head import Head
from app.pagination import Cursor, PageRequest, parse_rfc3339, rfc3339

router = APIRouter(tags=["linked data"])
catalog_router = APIRouter(prefix="/catalogs/{id}", tags=["linked data"])

LARGEST_LIMIT = 500
UNKNOWN_TIME = BrokenRule("modified_since", "value_error", "modified_since must be a date", "1 May")


def _since(text: str) -> datetime:
    """A whole day counts from its beginning, in UTC."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return parse_rfc3339(text)


class PageQuery(BaseModel):
    """Which part of a catalogue."""

    model_config = ConfigDict(extra="forbid")

    page: Place = Field(None, description="What `hydra:next` of the page before says.")
    limit: int = Field(
        100, ge=1, le=LARGEST_LIMIT, description="How much software a page holds at most."
    )
    modified_since: Annotated[
        datetime | None,
        BeforeValidator(_since),
        WithJsonSchema({"type": "string", "examples": ["2026-11-23"]}),
    ] = Field(
        None, description="What has changed at or after this day or this time (RFC 3339, with `Z`)."
    )

    def address(self, base: str, page: Cursor | None) -> str:
        """The same part of the catalogue from another page on; as text, always the same."""
        given = {
            **self.of(),
            "limit": self.limit if "limit" in self.model_fields_set else None,
            "modified_since": rfc3339(self.modified_since) if self.modified_since else None,
            "page": page.encode() if page else None,
        }
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return f"{base}?{query}" if query else base

    def of(self) -> dict[str, str | None]:
        """What names the catalogue, besides the path."""
        return {}


class CatalogQuery(PageQuery):
    """Which part of everything, or of one catalogue."""

    catalog: str | None = Field(
        None, description="What this catalogue says: its id or alternativeId, `∅` for the root."
    )

    def of(self) -> dict[str, str | None]:
        """What names the catalogue."""
        return {"catalog": self.catalog}


@dataclass(frozen=True, slots=True)
class Harvester:
    """Who asks, and what decides the answer besides the query."""

    request: Request
    uris: Uris
    operator: str | None
    head: Head
    session: Session


async def _harvester(
    request: Request, uris: UrisDep, settings: SettingsDep, head: CurrentHead, session: ReadSession
) -> Harvester:
    return Harvester(request, uris, settings.operator, head, session)


HarvesterDep = Annotated[Harvester, Depends(_harvester)]


@router.get(
    "/catalog.{suffix}",
    summary="Harvest the catalogue",
    responses=content(RDF_FORMS)
    | documented(
        "GET", "/catalog.ttl", ParametersInvalid([UNKNOWN_TIME]), CatalogNotFound(examples.ID)
    ),
)
async def page(
    suffix: str, query: Annotated[CatalogQuery, Query()], harvester: HarvesterDep
) -> Response:
    """All active software as DCAT-AP: `catalog.ttl`, `catalog.jsonld`, `catalog.rdf`, `catalog.nt`.

    Each page names the one that follows as `hydra:next` of its `hydra:PartialCollectionView`; the
    last one has none.
    """
    id = await catalogs.resolve(harvester.session, query.catalog) if query.catalog else None
    return await _page(harvester, f"/catalog.{suffix}", suffix, query, id)


@catalog_router.get(
    "/catalog.{suffix}",
    summary="Harvest one catalogue",
    responses=content(RDF_FORMS)
    | documented(
        "GET",
        f"/v1/catalogs/{examples.ID}/catalog.ttl",
        ParametersInvalid([UNKNOWN_TIME]),
        CatalogNotFound(examples.ID),
    ),
)
async def page_of_catalog(
    catalog_id: CatalogId,
    suffix: str,
    query: Annotated[PageQuery, Query()],
    harvester: HarvesterDep,
) -> Response:
    """As `/catalog.ttl` with `catalog`: the active software that one catalogue has."""
    name = quote(harvester.request.path_params["id"], safe="")
    path = f"/v1/catalogs/{name}/catalog.{suffix}"
    return await _page(harvester, path, suffix, query, catalog_id)


async def _page(
    harvester: Harvester, path: str, suffix: str, query: PageQuery, catalog_id: str | None
) -> Response:
    request, session, uris = harvester.request, harvester.session, harvester.uris
    form = named(request, suffix, RDF_FORMS)
    address = uris.base + path
    tag = caching.tag(harvester.head, query.address(address, query.page))
    if caching.is_known(tag, request):
        return caching.unchanged(tag)
    wanted = ProfileFilter(catalog_id=catalog_id, modified_since=query.modified_since)
    found = await profiles.page(session, wanted, PageRequest(query.limit, after=query.page))
    document = CatalogPage(
        introduction=await introduced(session, uris, catalog_id, operator=harvester.operator),
        profiles=found.items,
        address=query.address(address, query.page),
        first=query.address(address, None),
        following=query.address(address, found.next) if found.next else None,
    )
    body = await to_thread.run_sync(rdf.write, catalogue(document, uris), SYNTAX[form])
    return caching.tagged(tag, body, media_type=form.media_type)
