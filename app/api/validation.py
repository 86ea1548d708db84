"""/v1/validate: a publiccode.yml in, everything that is wrong with it out."""

from enum import StrEnum
from typing import Annotated, Any

import orjson
from anyio import CapacityLimiter
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from app.api import conversation, examples
from app.api.body_limit import media_type_of
from app.api.conversation import Conversation
from app.api.dependencies import Now, OutsideDep, SettingsDep
from app.api.negotiation import ReaderLanguage, in_language
from app.api.problems import documented
from app.api.refusals import BodyEmpty, BrokenRule, ParametersInvalid
from app.api.validation_lines import LineByLine
from app.api.verdicts import Validation, examine, present, without_delay
from app.ingest.external_checks import as_json, check_addresses
from app.publiccode import formats
from app.publiccode.formats import Verdict

PATH = "/validate"
FILE_NAME = "publiccode.yml"
"""What a file is called that came without a name."""

_EXTERNAL_CHECKS = CapacityLimiter(8)
"""How many files may be checked at once, so that nobody makes us ask the whole world."""

router = APIRouter(prefix=PATH, tags=["validation"])


class Format(StrEnum):
    """A form of the reply."""

    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.SARIF: "application/sarif+json",
    Format.GITHUB: "text/plain",
    Format.JUNIT: "application/xml",
}


class ValidationQuery(BaseModel):
    """What may be asked of a validation, beside the file."""

    format: Format = Field(Format.JSON, description="The form of the reply.")
    external_checks: bool = Field(
        False,
        alias="external-checks",
        description="Also ask the network for the addresses in the file, for a limited time. What "
        "it says never makes a file invalid.",
    )

    def must_suit_lines(self) -> None:
        """Raises ParametersInvalid for what is only there for single files."""
        broken = []
        if self.format is not Format.JSON:
            broken.append(BrokenRule("format", "single", "format: lines are answered in JSON"))
        if self.external_checks:
            text = "external-checks: only for one file at a time"
            broken.append(BrokenRule("external-checks", "single", text))
        if broken:
            raise ParametersInvalid(broken)


class Reply(Response):
    """In the reader's language."""

    def __init__(self, body: bytes, format: Format, language: str) -> None:
        super().__init__(body, headers=in_language(language), media_type=MEDIA_TYPES[format])


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
                },
                conversation.MEDIA_TYPE: {
                    "schema": {"type": "string"},
                    "example": examples.VALIDATION_LINES,
                },
            },
        }
    },
    responses={
        200: {
            "content": {
                media_type: {
                    "schema": {"type": "object" if media_type.endswith("+json") else "string"}
                }
                for media_type in (*MEDIA_TYPES.values(), conversation.MEDIA_TYPE)
                if media_type != MEDIA_TYPES[Format.JSON]
            }
        },
        **documented(
            "POST",
            "/v1/validate",
            BodyEmpty(),
            ParametersInvalid([BrokenRule("format", "enum", "format: no such form", "word")]),
        ),
    },
)
@router.api_route("", methods=["QUERY"], include_in_schema=False)  # OpenAPI 3.1 has no QUERY
async def validate(
    request: Request,
    query: Annotated[ValidationQuery, Query()],
    language: ReaderLanguage,
    settings: SettingsDep,
    outside: OutsideDep,
    now: Now,
) -> Response:
    """Every fault at once, with line and column. Nothing is stored and no token is needed.

    The media type of the body does not matter, but for lines of JSON (`application/x-ndjson`): each
    is a text, or an object with `publiccodeYml` and perhaps an `id`, and is answered by a line as
    soon as it is there. A bad line is answered with an `error`, and the others as ever.

    A file with faults is a successful request. What each `code` means is explained at
    `/docs/rules/{code}`.
    """
    if media_type_of(request.scope) == conversation.MEDIA_TYPE:
        query.must_suit_lines()
        answers = LineByLine(
            settings.max_body_bytes,
            max_file_bytes=settings.max_file_bytes,
            major=settings.publiccode_major,
            language=language,
        )
        return Conversation(answers, in_language(language))
    data = await request.body()
    if not data:
        raise BodyEmpty
    report = await examine(data, major=settings.publiccode_major)
    checks: list[dict[str, Any]] | None = None
    if query.external_checks:
        async with _EXTERNAL_CHECKS:
            checked = await check_addresses(outside, data, report, now=now)
        report, checks = checked.report, [as_json(result) for result in checked.results]

    def body() -> bytes:
        if query.format is not Format.JSON:
            verdict = Verdict(FILE_NAME, report)
            pieces = formats.write(formats.Format(query.format), [verdict], language)
            return "".join(f"{piece}\n" for piece in pieces).encode()
        members = present(report, language)
        return orjson.dumps(members if checks is None else members | {"externalChecks": checks})

    return Reply(await without_delay(data, body), query.format, language)
