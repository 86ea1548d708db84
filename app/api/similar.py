"""/v1/software/{id}/similar: what else there is that does the same."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import caching, examples
from app.api.dependencies import CurrentHead, ReadSession
from app.api.negotiation import in_language, negotiate
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.api.search import Found
from app.api.software import SoftwareId
from app.catalogue.errors import SoftwareNotFound
from app.publiccode.translations import languages
from app.search.reasons import Reason
from app.search.similar import Similar, similar

router = APIRouter(prefix="/software/{id}/similar", tags=["search"])

LARGEST_LIMIT = 50
TOO_FEW = BrokenRule(
    "limit",
    "greater_than_equal",
    "limit: Input should be greater than or equal to 1",
    value="0",
)


class SimilarQuery(BaseModel):
    """How many, and how they are shown."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(10, ge=1, le=LARGEST_LIMIT, description="At most so many.")
    lang: str | None = Field(
        None,
        max_length=100,
        description="The languages to show software and reasons in, as in `Accept-Language`, which "
        "it replaces.",
    )


class SharedValue(BaseModel):
    """A value that both have."""

    value: str = Field(
        description="As publiccode.yml has it; a word as the software asked for spells it."
    )
    label: str = Field(description="What it is called in the reader's language.")


class SharedValues(BaseModel):
    """What the two have in common, of one kind."""

    code: str = Field(
        description="`category`, `words`, `dependency`, `supports`, `organisation` or `softwareType`."
    )
    values: list[SharedValue] = Field(description="The rarest first.")
    text: str = Field(description="The same as a sentence in the reader's language.")


class SimilarSoftware(Found):
    """A software in short, and why it is here."""

    score: float = Field(description="How much it is alike, from 0 to 1.")
    reasons: list[SharedValues] = Field(description="What counts most first.")


class SimilarList(BaseModel):
    """Similar software, the most alike first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SIMILAR]})

    data: list[SimilarSoftware]


@router.get(
    "",
    summary="Find similar software",
    response_model=SimilarList,
    responses=documented(
        "GET",
        f"/v1/software/{examples.ID}/similar",
        SoftwareNotFound(examples.ID),
        ParametersInvalid([TOO_FEW]),
    ),
)
async def alike(
    request: Request,
    id: SoftwareId,
    query: Annotated[SimilarQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
    accept_language: Annotated[
        str | None, Header(description="The languages to show software and reasons in.")
    ] = None,
) -> Response:
    """Active software that has categories, words, dependencies and the like in common with this one.

    What is rare counts more than what many have, and what more than 500 have counts for little.
    """
    readers = query.lang or accept_language
    language = negotiate(readers, languages())
    headers = in_language(language)
    tag = caching.tag(head, readers or "")
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    found = await similar(
        session,
        id,
        limit=query.limit,
        choose=partial(negotiate, readers),
        language=language,
    )
    body = orjson.dumps({"data": [_shown(each, language) for each in found]})
    return caching.tagged(tag, body, headers)


def _shown(each: Similar, language: str) -> dict[str, Any]:
    reasons = [_reason(reason, language) for reason in each.reasons]
    return each.shown | {"score": each.score, "reasons": reasons}


def _reason(reason: Reason, language: str) -> dict[str, Any]:
    return {
        "code": reason.code,
        "values": [{"value": each.value, "label": each.label} for each in reason.shared],
        "text": reason.sentence(language),
    }
