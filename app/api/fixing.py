"""/v1/fix: a publiccode.yml in, the same put right as far as that goes by itself out."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import examples
from app.api.negotiation import ReaderLanguage, preferred
from app.api.problems import documented
from app.api.refusals import BodyEmpty, BrokenRule, ParametersInvalid
from app.publiccode import fixes
from app.publiccode.difference import difference
from app.publiccode.fixes import Fixed
from app.publiccode.results import as_result

PATH = "/fix"

router = APIRouter(prefix=PATH, tags=["validation"])

_FIXERS = CapacityLimiter(2)


class FixFormat(StrEnum):
    """What the answer is."""

    JSON = "json"
    DIFF = "diff"
    YAML = "yaml"


MEDIA_TYPES = {
    FixFormat.JSON: "application/json",
    FixFormat.DIFF: "text/x-diff",
    FixFormat.YAML: "application/yaml",
}
FORMS = {media_type: form for form, media_type in MEDIA_TYPES.items()}

TEXT = {"schema": {"type": "string"}}
UNKNOWN_FORM = BrokenRule("format", "enum", "format must be one of json, diff and yaml")


class AppliedFix(BaseModel):
    """One thing that was done."""

    code: str = Field(description="Of the finding, explained at `/docs/rules/{code}`.")
    path: str
    description: str = Field(description="Completes the sentence that begins with the path.")


class FixedFile(BaseModel):
    """A file put right, what was done, and what is left for its author."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.REPAIR]})

    fixed: str | None = Field(description="The file as it is now; null if it is not UTF-8.")
    changed: bool
    applied: list[AppliedFix]
    valid: bool
    results: list[dict[str, Any]] = Field(description="What is left, as `/v1/validate` has it.")


@router.post(
    "",
    summary="Fix a publiccode.yml",
    response_model=FixedFile,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/yaml": {
                    "schema": {"type": "string", "format": "binary"},
                    "example": examples.OUTDATED_YAML,
                }
            },
        }
    },
    responses={
        200: {"content": {"text/x-diff": TEXT, "application/yaml": TEXT}},
        **documented("POST", "/v1/fix", BodyEmpty(), ParametersInvalid([UNKNOWN_FORM])),
    },
)
async def fix(
    request: Request,
    language: ReaderLanguage,
    format: Annotated[FixFormat | None, Query(description="Goes before `Accept`.")] = None,
    accept: Annotated[str | None, Header(description="One of the media types below.")] = None,
) -> Response:
    """Put right what can be put right by itself, and bring old keys up to date.

    All else stays to the byte: comments, order, quotes, line ends. Nothing is stored and no token
    is needed. The answer is the fixed file with a report on it, the file alone, or the difference
    as a unified diff. What would lose or contradict something is left, and reported.
    """
    data = await request.body()
    if not data:
        raise BodyEmpty
    form = format or FORMS[preferred(accept, tuple(FORMS))]
    present = PRESENTERS[form]

    def fixed() -> bytes:
        return present(data, fixes.fix(data), language)

    body = await to_thread.run_sync(fixed, limiter=_FIXERS)
    headers = {"Vary": "Accept, Accept-Language"}
    if form is FixFormat.JSON:
        headers["Content-Language"] = language
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _as_json(_: bytes, fixed: Fixed, language: str) -> bytes:
    return orjson.dumps(
        {
            "fixed": _text(fixed.data),
            "changed": bool(fixed.applied),
            "applied": [one._asdict() for one in fixed.applied],
            "valid": fixed.after.valid,
            "results": [as_result(finding, language) for finding in fixed.after.findings],
        }
    )


def _as_difference(data: bytes, fixed: Fixed, _: str) -> bytes:
    before, after = _text(data), _text(fixed.data)
    return difference(before, after, "publiccode.yml").encode() if before and after else b""


def _as_file(_: bytes, fixed: Fixed, __: str) -> bytes:
    return fixed.data


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


PRESENTERS: dict[FixFormat, Callable[[bytes, Fixed, str], bytes]] = {
    FixFormat.JSON: _as_json,
    FixFormat.DIFF: _as_difference,
    FixFormat.YAML: _as_file,
}
