"""/v1/validate: a publiccode.yml in, everything that is wrong with it out."""

from typing import Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from app.api import examples
from app.api.negotiation import ReaderLanguage, in_language
from app.api.problems import documented
from app.api.refusals import BodyEmpty
from app.ingest.submission import LONGEST_VALIDATED_IN_PLACE, prepare
from app.publiccode import Report
from app.publiccode.normalise import to_yaml
from app.publiccode.results import as_result

PATH = "/validate"

router = APIRouter(prefix=PATH, tags=["validation"])


class Validation(BaseModel):
    """What was found in a file."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VALIDATION]})

    valid: bool
    results: list[dict[str, Any]]
    normalized: str | None


@router.post(
    "",
    summary="Validate a publiccode.yml",
    response_model=Validation,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/yaml": {
                    "schema": {"type": "string", "format": "binary"},
                    "example": examples.YAML,
                }
            },
        }
    },
    responses=documented("POST", "/v1/validate", BodyEmpty()),
)
@router.api_route("", methods=["QUERY"], include_in_schema=False)  # OpenAPI 3.1 has no QUERY
async def validate(request: Request, language: ReaderLanguage) -> Response:
    """Every fault at once, with line and column. Nothing is stored and no token is needed.

    The media type of the body does not matter. A file with faults is a successful request.
    What each `code` means is explained at `/docs/rules/{code}`.
    """
    data = await request.body()
    if not data:
        raise BodyEmpty
    report = await prepare(data)
    if len(data) > LONGEST_VALIDATED_IN_PLACE:
        body = await to_thread.run_sync(_present, report, language)
    else:
        body = _present(report, language)
    return Response(body, media_type="application/json", headers=in_language(language))


def _present(report: Report, language: str) -> bytes:
    description = report.description if report.valid else None
    return orjson.dumps(
        {
            "valid": report.valid,
            "results": [as_result(finding, language) for finding in report.findings],
            "normalized": to_yaml(description) if description else None,
        }
    )
