"""/v1/suggest: names, while somebody types."""

from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import caching, examples
from app.api.dependencies import CurrentHead, ReadSession
from app.api.negotiation import in_language, negotiate
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.publiccode.translations import languages
from app.search.suggestions import Kind, Suggestion, suggest

router = APIRouter(prefix="/suggest", tags=["search"])

LONGEST_QUERY = 200
MOST_SUGGESTIONS = 20
UNKNOWN_PARAMETER = BrokenRule(
    "colour", "extra_forbidden", "colour: Extra inputs are not permitted", value="blue"
)


class SuggestQuery(BaseModel):
    """What was typed so far."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        str,
        Field(
            max_length=LONGEST_QUERY,
            description="What was typed so far: the beginning of a name, or of any word in it.",
            examples=["felan", "comune di"],
        ),
    ]
    limit: Annotated[
        int, Field(ge=1, le=MOST_SUGGESTIONS, description="Suggestions of each type at most.")
    ] = 5
    lang: Annotated[
        str | None,
        Field(
            max_length=100,
            description="The language of labels, as in `Accept-Language`, which it replaces.",
        ),
    ] = None


class Suggested(BaseModel):
    """One name, and the search that it leads to."""

    type: Kind
    label: str = Field(description="The name; that of a category in the reader's language.")
    parameter: str = Field(description="The parameter of `/v1/search` that takes `value`.")
    value: str
    id: str | None = Field(description="Of a software.")
    guessed: bool = Field(description="Whether it begins otherwise than `q`, by a slip or two.")
    search: str = Field(description="The search that it leads to.")


class Suggestions(BaseModel):
    """What begins so, and then what may have been meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SUGGESTIONS]})

    data: list[Suggested]


@router.get(
    "",
    summary="Suggest names while somebody types",
    response_model=Suggestions,
    responses=documented("GET", "/v1/suggest", ParametersInvalid([UNKNOWN_PARAMETER])),
)
async def names(
    request: Request,
    query: Annotated[SuggestQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
    accept_language: Annotated[
        str | None, Header(description="The languages to show labels in.")
    ] = None,
) -> Response:
    """Software, organisations and categories whose names begin with what was typed.

    Case and accents do not matter, and every word of a name may come first. Where fewer than
    `limit` begin so, names follow of which a letter or two are different.
    """
    language = negotiate(query.lang or accept_language, languages())
    found = await suggest(session, query.q, reader=language, limit=query.limit)
    body = orjson.dumps({"data": [_shown(request, each) for each in found]})
    tag, headers = caching.tag(head, body.decode()), in_language(language)
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    return caching.tagged(tag, body, headers)


def _shown(request: Request, suggestion: Suggestion) -> dict[str, Any]:
    root = request.scope.get("root_path", "")
    parameter, value = {
        Kind.SOFTWARE: ("q", f'"{suggestion.name.replace(chr(34), " ")}"'),
        Kind.ORGANISATION: ("organisation", suggestion.key),
        Kind.CATEGORY: ("category", suggestion.key),
    }[suggestion.kind]
    return {
        "type": suggestion.kind,
        "label": suggestion.name,
        "parameter": parameter,
        "value": value,
        "id": suggestion.key if suggestion.kind is Kind.SOFTWARE else None,
        "guessed": suggestion.guessed,
        "search": f"{root}/v1/search?{urlencode({parameter: value})}",
    }
