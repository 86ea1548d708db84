"""/v1/search: the catalogue by words and filters."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.dependencies import CurrentHead, ReadSession
from app.api.links import Links, links
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.search.find import find
from app.search.query import SearchQuery

router = APIRouter(prefix="/search", tags=["search"])

UNKNOWN_PARAMETER = BrokenRule(
    "colour", "extra_forbidden", "colour: Extra inputs are not permitted", value="blue"
)


class Organisation(BaseModel):
    name: str | None
    uri: str | None


class Found(BaseModel):
    """A software in short."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    url: str
    catalog_id: str | None = None
    tier: str
    valid: bool = Field(description="Whether its publiccode.yml keeps to the standard.")
    name: str | None
    short_description: str | None
    language: str | None = Field(description="The language of `shortDescription`.")
    categories: list[str]
    development_status: str | None
    software_type: str | None
    license: str | None
    organisation: Organisation | None
    updated_at: datetime


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
) -> Response:
    """Active software in which all the words occur and all filters hold.

    Case and accents do not matter, and words are reduced to their stems in their own language.
    """
    result = await find(session, query)
    body = {
        "data": [orjson.Fragment(item) for item in result.items],
        "total": result.total,
        "facets": result.facets,
        "links": links(request, None, result.next, collapse=False),
    }
    return caching.reply(request, head, orjson.dumps(body))
