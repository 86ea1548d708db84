"""/v1/validate: a publiccode.yml in, everything that is wrong with it out."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from app.api import examples
from app.api.problems import documented
from app.api.refusals import BodyEmpty
from app.ingest.submission import prepare
from app.publiccode.normalise import to_yaml
from app.publiccode.results import as_result

PATH = "/validate"
LANGUAGE = "en"

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
async def validate(request: Request) -> Response:
    """Every fault at once, with line and column. Nothing is stored and no token is needed.

    The media type of the body does not matter. A file with faults is a successful request.
    """
    data = await request.body()
    if not data:
        raise BodyEmpty
    report = await prepare(data)
    body = {
        "valid": report.valid,
        "results": [as_result(finding, LANGUAGE) for finding in report.findings],
        "normalized": to_yaml(report.description) if report.valid and report.description else None,
    }
    return Response(orjson.dumps(body), media_type="application/json")
