"""/v1/search: the catalogue by words and filters."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.dependencies import CurrentHead, Now, ReadSession
from app.api.links import Links, links
from app.api.negotiation import in_language, negotiate
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.head import Head
from app.publiccode.translations import languages
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


class SearchPage(BaseModel):
    """A page of results, the best first, and the filters that lead further."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH]})

    data: list[Found]
    total: int
    facets: dict[str, list[Facet]]
    links: Links


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
    now: Now,
    accept_language: Annotated[
        str | None, Header(description="The languages to show results and labels in.")
    ] = None,
) -> Response:
    """Active software in which all the words occur and all filters hold.

    Case and accents do not matter, and words are reduced to their stems in their own language.
    A filter given several times holds for software that has one of the values; the counts of a
    facet are those of all other filters. `license` also takes families, such as `copyleft`.
    """
    readers = query.lang or accept_language
    result = await find(session, query, choose=partial(negotiate, readers), now=now)
    language = negotiate(readers, languages())
    body = {
        "data": result.items,
        "total": result.total,
        "facets": {
            name: [_facet(name, each, language) for each in values]
            for name, values in result.facets.items()
        },
        "links": links(request, result.previous, result.next, collapse=False),
    }
    return _reply(request, head, orjson.dumps(body), in_language(language))


def _reply(request: Request, head: Head, body: bytes, headers: Mapping[str, str]) -> Response:
    """Besides the head, the reader's language and the day decide: the ETag is that of the text."""
    tag = f'"{head.sequence}-{sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", **headers}
    if caching.is_known(tag, request):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _facet(name: str, value: FacetValue, language: str) -> dict[str, Any]:
    return {
        "value": value.value,
        "label": value.name or label(name, value.value, language),
        "count": value.count,
        "selected": value.selected,
    }
