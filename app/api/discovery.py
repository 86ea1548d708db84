"""What is here, for those who come by: other catalogues, search engines and crawlers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api import caching, examples
from app.api.dependencies import CurrentHead, PublicUrl, ReadSession, SettingsDep
from app.api.identifiers import PAGES
from app.api.links import WELL_KNOWN, header
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid, RouteNotFound
from app.catalogue import catalogs, months
from app.federation import peers
from app.federation.formats import sitemap
from app.federation.formats.sitemap import MOST_ADDRESSES
from app.federation.introduction import introduced
from app.federation.uris import Uris

router = APIRouter(tags=["discovery"])

SHARD = "/sitemaps/software-{month}-{part}.xml"
NO_SUCH_PART = RouteNotFound("GET", "/sitemaps/software-2026-11-9.xml")
NO_MONTH = BrokenRule("month", "string_pattern_mismatch", "month: String should match pattern")
XML: dict[int | str, dict[str, Any]] = {
    200: {"content": {sitemap.MEDIA_TYPE: {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class Api:
    """A way to read the catalogue: what it is called, where it begins, and which version it is."""

    type: str
    path: str
    version: str


APIS = (
    Api("open-catalog-api", "/v1", "1"),
    Api("samkod-changes", "/v1/changes", "1"),
    Api("samkod-snapshot", "/v1/exports/manifest.json", "1"),
    Api("samkod-search", "/v1/search", "1"),
    Api("dcat-ap", "/catalog.ttl", "3.0"),
    Api("oai-pmh", "/oai", "2.0"),
    Api("dcat-ap-feed", "/ldes", "1.0"),
    Api("atom", "/v1/changes.atom", "1.0"),
    Api("json-feed", "/v1/changes.jsonfeed", "1.1"),
    Api("sitemap", "/sitemap.xml", "0.9"),
)


class ApiAddress(BaseModel):
    """A way to read the catalogue."""

    type: str
    url: str
    version: str


class Introduction(BaseModel):
    """Who we are, and in which ways we can be read."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.INTRODUCTION]})

    name: str
    uri: str = Field(description="The name for good of all that is here, as a catalogue.")
    operator: str = Field(description="Who answers for it.")
    scopes: list[str] = Field(description="Those of all catalogues here, such as `iso3166:IT-25`.")
    apis: list[ApiAddress]
    epoch: str = Field(description="Names the change log. If it changes, start from a snapshot.")
    sequence: int = Field(description="The number of the last change.")
    peers: list[str] = Field(description="The catalogues that this one follows.")


@router.get(WELL_KNOWN, summary="Who is this catalogue?", response_model=Introduction)
async def introduction(
    request: Request,
    head: CurrentHead,
    session: ReadSession,
    public_url: PublicUrl,
    settings: SettingsDep,
) -> Response:
    """What another catalogue needs to know before it follows this one.

    A peer that brings no catalogue of its own is named within a minute.
    """
    followed = [peer.uri for peer in await peers.everyone(session) if peer.enabled]
    tag = caching.tag(head, public_url, *followed)
    links = header(request, {})
    if caching.is_known(tag, request):
        return caching.unchanged(tag, links)
    ours = await introduced(session, Uris(public_url), operator=settings.operator)
    body = {
        "name": ours.catalog.title,
        "uri": ours.catalog.uri,
        "operator": ours.publisher,
        "scopes": await catalogs.scopes(session),
        "apis": [
            {"type": each.type, "url": public_url + each.path, "version": each.version}
            for each in APIS
        ],
        "epoch": head.epoch,
        "sequence": head.sequence,
        "peers": followed,
    }
    return caching.tagged(tag, orjson.dumps(body), links)


@router.get("/robots.txt", response_class=PlainTextResponse, summary="What may crawlers read?")
async def robots(public_url: PublicUrl) -> str:
    """Everything but searches, of which there is no end."""
    return f"User-agent: *\nDisallow: /v1/search\nDisallow: /v1/suggest\n\nSitemap: {public_url}/sitemap.xml\n"


@router.get(
    "/sitemap.xml", summary="Where are all sitemaps?", response_class=Response, responses=XML
)
async def index(
    request: Request, head: CurrentHead, session: ReadSession, public_url: PublicUrl
) -> Response:
    """One for each month in which software came here, so that what is listed stays where it is."""
    tag = caching.tag(head, public_url)
    if caching.is_known(tag, request):
        return caching.unchanged(tag)
    found = [
        (public_url + SHARD.format(month=f"{month.begin:%Y-%m}", part=part), month.updated_at)
        for month in await months.months(session)
        for part in range(1, -(-month.count // MOST_ADDRESSES) + 1)
    ]
    return caching.tagged(tag, sitemap.sitemaps(found), media_type=sitemap.MEDIA_TYPE)


@router.get(
    SHARD,
    summary="Which pages are there?",
    response_class=Response,
    responses=XML
    | documented(
        "GET", "/sitemaps/software-2026-11-1.xml", NO_SUCH_PART, ParametersInvalid([NO_MONTH])
    ),
)
async def shard(
    request: Request,
    month: Annotated[str, Path(pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$", examples=["2026-11"])],
    part: Annotated[int, Path(ge=1, le=1_000_000)],
    head: CurrentHead,
    session: ReadSession,
    public_url: PublicUrl,
) -> Response:
    """The pages of active software that came in a month, at most 50,000, the oldest first."""
    tag = caching.tag(head, public_url)
    if caching.is_known(tag, request):
        return caching.unchanged(tag)
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    found = await months.of(session, begin, (part - 1) * MOST_ADDRESSES, MOST_ADDRESSES)
    if not found:
        raise RouteNotFound(request.method, request.url.path)
    pages = [(f"{public_url}{PAGES}/{each.id}", each.updated_at) for each in found]
    return caching.tagged(tag, sitemap.pages(pages), media_type=sitemap.MEDIA_TYPE)
