"""/v1/search: the catalogue by words and filters."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.dependencies import CurrentHead, IndexDep, MirrorDep, Now, ReadSession
from app.api.feed_formats import FORMATS, address
from app.api.links import AFTER, BEFORE, Links, header, links
from app.api.negotiation import in_language, negotiate
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.head import Head
from app.publiccode.translations import languages
from app.search.answer import Correction, answer
from app.search.facets import FacetValue
from app.search.find import find
from app.search.labels import label
from app.search.query import SearchQuery

router = APIRouter(prefix="/search", tags=["search"])

UNKNOWN_PARAMETER = BrokenRule(
    "colour", "extra_forbidden", "colour: Extra inputs are not permitted", value="blue"
)


class Organisation(BaseModel):
    name: str | None
    uri: str | None


def _may_be_sparse(schema: dict[str, Any]) -> None:
    """With `fields`, any member may be absent."""
    del schema["required"]


class Found(BaseModel):
    """A software in short; with `fields`, only the members that were asked for."""

    model_config = ConfigDict(alias_generator=to_camel, json_schema_extra=_may_be_sparse)

    id: str
    url: str
    catalog_id: str | None = None
    tier: str
    valid: bool = Field(description="Whether its publiccode.yml keeps to the standard.")
    name: str | None
    short_description: str | None
    language: str | None = Field(
        description="The language of `name` and `shortDescription`: the reader's, where there is one."
    )
    categories: list[str]
    development_status: str | None
    software_type: str | None
    license: str | None
    organisation: Organisation | None
    updated_at: datetime
    highlights: dict[str, str] | None = Field(
        None, description="What was found: HTML, escaped but for `<mark>`."
    )
    highlights_language: str | None = Field(None, description="The language of `highlights`.")
    score: float | None = None
    explanation: dict[str, float] | None = Field(
        None, description="What the score is the sum of; with `explain=true`."
    )


class Facet(BaseModel):
    """One value of a field, and how many results have it."""

    value: str
    label: str
    count: int
    selected: bool


class DidYouMean(BaseModel):
    """A query with other words, and how many results it has."""

    q: str
    total: int
    search: str = Field(description="The same search with that query, to be appended to the path.")


class SearchPage(BaseModel):
    """A page of results, the best first, and the filters that lead further."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.SEARCH]}
    )

    data: list[Found]
    total: int
    facets: dict[str, list[Facet]]
    links: Links
    searched_for: str | None = Field(
        None,
        description="What was looked for instead of `q`, which is nowhere: the last word is only begun.",
    )
    did_you_mean: DidYouMean | None = Field(
        None, description="Where there are few results or none: another spelling that finds more."
    )


@router.get(
    "",
    summary="Search software",
    response_model=SearchPage,
    responses=documented("GET", "/v1/search", ParametersInvalid([UNKNOWN_PARAMETER])),
)
async def search(
    request: Request,
    query: Annotated[SearchQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
    mirror: MirrorDep,
    index: IndexDep,
    now: Now,
    accept_language: Annotated[
        str | None, Header(description="The languages to show results and labels in.")
    ] = None,
) -> Response:
    """Active software in which all the words occur and all filters hold.

    Case and accents do not matter, and words are reduced to their stems in their own language.
    A filter given several times holds for software that has one of the values; the counts of a
    facet are those of all other filters. `license` also takes families, such as `copyleft`.

    Where a query finds nothing, its last word may be the beginning of others, which `searchedFor`
    says; and where it finds little, `didYouMean` has words that the catalogue knows instead.
    """
    readers = query.lang or accept_language
    found = await answer(
        session,
        query,
        partial(find, session, mirror, index=index, choose=partial(negotiate, readers), now=now),
    )
    result = found.result
    language = negotiate(readers, languages())
    around = links(request, result.previous, result.next, collapse=False)
    body = {
        "data": result.items,
        "total": result.total,
        "facets": {
            name: [_facet(name, each, language) for each in values]
            for name, values in result.facets.items()
        },
        "links": around,
        **({"searchedFor": found.q} if found.q != query.q else {}),
        **({"didYouMean": _corrected(request, found.meant)} if found.meant else {}),
    }
    headers = in_language(language) | {
        "Link": ", ".join([header(request, around)["Link"], *_as_feeds(request)])
    }
    return _reply(request, head, orjson.dumps(body), headers)


def _reply(request: Request, head: Head, body: bytes, headers: Mapping[str, str]) -> Response:
    """Besides the head, the reader's language and the day decide: the ETag is that of the text."""
    tag = f'"{head.sequence}-{sha256(body).hexdigest()[:16]}"'
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    return caching.tagged(tag, body, headers)


def _as_feeds(request: Request) -> Iterator[str]:
    """The same search for feed readers, as links (RFC 8288)."""
    root = request.scope.get("root_path", "")
    asked = request.query_params.multi_items()
    kept = [(name, value) for name, value in asked if name not in (AFTER, BEFORE)]
    for format in FORMATS:
        target = address(f"{root}/v1/search{format.suffix}", kept)
        yield f'<{target}>; rel="alternate"; type="{format.media_type}"'


def _corrected(request: Request, meant: Correction) -> dict[str, Any]:
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "q"]
    search = f"?{urlencode([('q', meant.q), *others])}"
    return {"q": meant.q, "total": meant.total, "search": search}


def _facet(name: str, value: FacetValue, language: str) -> dict[str, Any]:
    return {
        "value": value.value,
        "label": value.name or label(name, value.value, language),
        "count": value.count,
        "selected": value.selected,
    }
