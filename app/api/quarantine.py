"""/v1/quarantine: files that wait for a person. They may hold anything, so a token is needed."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.dependencies import ReadSession
from app.api.links import Links, PageQuery, links
from app.api.negotiation import ReaderLanguage, in_language
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.api.scopes import Writer
from app.api.security import allowed
from app.catalogue import quarantine
from app.catalogue.entry import QuarantinedFile
from app.pagination import rfc3339
from app.publiccode.results import as_result

router = APIRouter(prefix="/quarantine", tags=["quarantine"])


class Quarantined(BaseModel):
    """A file that could not become a record, and why."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    source: str = Field(description="What the file is called where it came from.")
    reason: str = Field(
        description="`url-missing`, `url-taken`, and of peers `id-missing` or `origins-exceeded`."
    )
    url: str | None = Field(description="The address in question.")
    raw: str = Field(description="The text; bytes that are not UTF-8 are shown as U+FFFD.")
    results: list[dict[str, Any]] = Field(description="As `/v1/validate` has them.")
    first_seen: datetime
    last_seen: datetime


class QuarantineList(BaseModel):
    """A page of quarantined files, the longest waiting first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.QUARANTINE]})

    data: list[Quarantined]
    links: Links


@router.get(
    "",
    summary="List quarantined files",
    response_model=QuarantineList,
    responses=documented(
        "GET",
        "/v1/quarantine",
        ParametersInvalid(
            [BrokenRule("page[size]", "value_error", "page[size] must be an integer", value="x")]
        ),
    ),
)
async def listing(
    request: Request,
    query: Annotated[PageQuery, Query()],
    _writer: Annotated[Writer, Depends(allowed("quarantine:read"))],
    session: ReadSession,
    language: ReaderLanguage,
) -> Response:
    """Files without a usable address, or with one that other software holds."""
    page = await quarantine.listing(session, query.page())
    body = {
        "data": [_shown(file, language) for file in page.items],
        "links": links(request, None, page.next),
    }
    return Response(
        orjson.dumps(body), media_type="application/json", headers=in_language(language)
    )


def _shown(file: QuarantinedFile, language: str) -> dict[str, Any]:
    return {
        "id": file.id,
        "source": file.source_id,
        "reason": file.reason,
        "url": file.url,
        "raw": file.raw.decode("utf-8", "replace"),
        "results": [as_result(finding, language) for finding in file.findings],
        "firstSeen": rfc3339(file.first_seen),
        "lastSeen": rfc3339(file.last_seen),
    }
