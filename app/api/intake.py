"""Ways in that are ours: a text under its address (PUT), and a stream of them (MEDIA_TYPE)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import Address, Body, PlainText, Required, checked, sized
from app.api.conversation import MEDIA_TYPE, Conversation, lines
from app.api.dependencies import DatabaseDep, Now, PolicyDep, SettingsDep, WriteSession, writing
from app.api.lists import one
from app.api.problems import documented
from app.api.refusals import (
    BodyEmpty,
    BodyMalformed,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    ParametersInvalid,
)
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.api.software import Software, SoftwareWriter, unescaped
from app.catalogue import software
from app.catalogue.entry import ROOT_ID
from app.catalogue.errors import FileRefused
from app.ingest import stream, submission
from app.ingest.stream import LineOutcome, Offered, Refused
from app.publiccode import validate
from app.publiccode.results import as_result

PATH = "/ingest"
YAML = "application/yaml"
ALL = "/v1/software"
LONGEST_NAME = 500

OUTCOMES = {"type": "string", "description": "Lines, each an `Outcome`."}

router = APIRouter(tags=["software"])


class Line(Body):
    """A line of the stream: a text, and by what it will be known again.

    That is `sourceId`, a name that is the crawler's own; without it the `url`, and without that the
    address in the file.
    """

    url: Address | None = None
    source_id: Annotated[PlainText, sized(1, LONGEST_NAME)] | None = None
    publiccode_yml: Required


class Outcome(BaseModel):
    """What became of a line; it is on disk when this is sent."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.OUTCOME]}
    )

    line: int = Field(description="Counted from 1.")
    outcome: str = Field(
        description="`created`, `updated`, `unchanged`, `quarantined` or `rejected`."
    )
    reason: str | None = Field(None, description="Why it was quarantined or rejected.")
    source_id: str | None = None
    software_id: str | None = None
    valid: bool | None = None
    results: list[dict[str, Any]] | None = Field(None, description="As `/v1/validate` has them.")


class PutQuery(BaseModel):
    """Under which address the text belongs."""

    url: Annotated[Address, BeforeValidator(unescaped)] = Field(
        description="The address of the repository, canonical or alias, escaped or not."
    )


@router.put(
    "/software",
    summary="Store a publiccode.yml under an address",
    response_model=Software,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                YAML: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": examples.YAML,
                }
            },
        }
    },
    responses=documented(
        "PUT",
        ALL,
        BodyEmpty(),
        ParametersInvalid([BrokenRule("url", "url", "url is invalid")]),
        FileRefused(validate(b"name: Acqua chiara\n")),
    ),
)
async def put(
    request: Request,
    writer: SoftwareWriter,
    query: Annotated[PutQuery, Query()],
    session: WriteSession,
    policy: PolicyDep,
    now: Now,
) -> Response:
    """Create the software with this address in the root catalogue, or give it a new text.

    All else that is known of it stays. The same text again changes nothing.
    """
    data = await request.body()
    if not data:
        raise BodyEmpty
    report = await submission.accept(data, policy)
    await permit(session, writer, ROOT_ID)
    done = await submission.put(session, query.url, data, report, now=now)
    return one(await software.get(session, done.software_id or "", catalog_id=ROOT_ID))


@router.post(
    PATH,
    summary="Ingest a stream of publiccode.yml",
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Line"},
                    "example": examples.LINE,
                }
            },
        }
    },
    responses={200: {"content": {MEDIA_TYPE: {"schema": OUTCOMES}}}},
)
async def ingest(
    request: Request,
    writer: Annotated[Writer, Depends(allowed("software:write"))],
    database: DatabaseDep,
    settings: SettingsDep,
    policy: PolicyDep,
) -> Response:
    """One JSON object per line in, one outcome per line out, in order, while the request goes on.

    Outcomes follow each commit, of some fifty lines. A faulty line is rejected, and the rest goes
    on. After an interruption send everything again: what is stored already is `unchanged`.
    """
    async with writing(request, database) as session:
        await permit(session, writer, ROOT_ID)

    def converse(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        outcomes = stream.ingest(
            database,
            _offers(lines(pieces, settings.max_body_bytes), settings.max_file_bytes),
            partial(writing, request, database),
            policy=policy,
            now=lambda: datetime.now(UTC),
        )
        return _written(outcomes)

    return Conversation(converse)


async def _offers(
    texts: AsyncIterator[bytes | None], longest_file: int
) -> AsyncIterator[tuple[int, Offered | Refused]]:
    """What the lines offer, by their numbers; blank ones are counted, and left out."""
    number = 0
    async for text in texts:
        number += 1
        if text is None:
            yield number, Refused("too-long")
        elif text.strip():
            yield number, _line(text, longest_file)


def _line(text: bytes, longest_file: int) -> Offered | Refused:
    try:
        line = checked(Line, orjson.loads(text))
    except (orjson.JSONDecodeError, BodyMalformed):
        return Refused("malformed-json")
    except (FieldUnknown, FieldsInvalid) as refusal:
        return Refused(str(refusal))
    raw = line.publiccode_yml.encode()
    if len(raw) > longest_file:
        return Refused("too-long")
    return Offered(raw, line.url, line.source_id)


async def _written(outcomes: AsyncIterator[list[LineOutcome]]) -> AsyncIterator[bytes]:
    async for batch in outcomes:
        yield b"".join(orjson.dumps(_shown(each)) + b"\n" for each in batch)


def _shown(done: LineOutcome) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "line": done.line,
        "outcome": done.outcome.value,
        "reason": done.reason,
        "sourceId": done.source_id,
        "softwareId": done.software_id,
    }
    if done.report:
        shown["valid"] = done.report.valid
        shown["results"] = [as_result(finding) for finding in done.report.findings]
    return {name: value for name, value in shown.items() if value is not None}
