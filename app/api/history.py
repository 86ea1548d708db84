"""What became of a software's files: the report, the description as it was read, earlier texts."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.dependencies import ReadSession
from app.api.negotiation import ReaderLanguage, in_language, preferred
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.api.software import SoftwareId
from app.catalogue import documents, profiles, records, versions
from app.catalogue.entry import Tier
from app.catalogue.errors import DescriptionNotFound, SoftwareNotFound
from app.catalogue.versions import Version
from app.pagination import rfc3339
from app.publiccode import Description
from app.publiccode.normalise import to_yaml
from app.publiccode.results import as_result

router = APIRouter(prefix="/software/{id}", tags=["software"])

ONE = f"/v1/software/{examples.ID}"
MISSING = SoftwareNotFound(examples.ID)
JSON, YAML = "application/json", "application/yaml"
PUBLICCODE: dict[int | str, Any] = {
    200: {"content": {JSON: {"schema": {"type": "object"}}, YAML: {"schema": {"type": "string"}}}}
}
DIFFERENCE: dict[int | str, Any] = {
    200: {"content": {"text/x-diff": {"schema": {"type": "string"}}}}
}
UNCOMPARED = BrokenRule("diff", "value_error", "diff must name two versions, as in 1..2")


class StoredValidation(BaseModel):
    """What was found in the text as it is now."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.STORED_VALIDATION]})

    valid: bool
    stale: bool = Field(description="What is served is the last valid text's, not this one's.")
    results: list[dict[str, Any]] = Field(description="As `/v1/validate` has them.")


class StoredVersion(BaseModel):
    """One text that there was."""

    model_config = ConfigDict(alias_generator=to_camel)

    number: int = Field(description="From 1, the oldest.")
    hash: str
    at: datetime
    valid: bool
    publiccode_yml: str = Field(description="The file as it was given.")
    diff: str | None = Field(description="Unified, to the version before; null for the first.")


class VersionList(BaseModel):
    """Every text that there was, oldest first, the present one last."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VERSIONS]})

    data: list[StoredVersion]


class VersionQuery(BaseModel):
    """Which versions are to be compared."""

    diff: str | None = Field(
        None, pattern=r"^[1-9][0-9]{0,8}\.\.[1-9][0-9]{0,8}$", description="As in `1..2`."
    )


@router.get(
    "/validation",
    summary="Get the validation report of software",
    response_model=StoredValidation,
    responses=documented("GET", f"{ONE}/validation", MISSING),
)
async def validation(id: SoftwareId, language: ReaderLanguage, session: ReadSession) -> Response:
    """What is wrong with the text as it is now, in the reader's language."""
    record = await records.addressed(session, id)
    findings = documents.read_findings(record.report)
    body = {
        "valid": record.valid,
        "stale": record.stale,
        "results": [as_result(finding, language) for finding in findings],
    }
    return Response(orjson.dumps(body), media_type=JSON, headers=in_language(language))


@router.get(
    "/publiccode",
    summary="Get the normalised publiccode.yml of software",
    responses=PUBLICCODE
    | documented("GET", f"{ONE}/publiccode", MISSING, DescriptionNotFound(examples.ID)),
)
async def publiccode(
    id: SoftwareId,
    session: ReadSession,
    accept: Annotated[str | None, Header(description=f"`{JSON}` or `{YAML}`.")] = None,
) -> Response:
    """The description as it is served: in the standard's order and newest spelling.

    That of the last valid text; where there never was one, what could be read. Where several
    catalogues describe it, or people have overridden a field, all of it together.
    """
    profile = await profiles.get(session, id)
    description = profile.description
    if profile.tier is Tier.INDEX or description == Description():
        raise DescriptionNotFound(id)
    media_type = preferred(accept, (JSON, YAML))
    body = to_yaml(description) if media_type == YAML else documents.description_json(description)
    return Response(body, media_type=media_type, headers={"Vary": "Accept"})


@router.get(
    "/versions",
    summary="Get earlier texts of software",
    response_model=VersionList,
    responses=DIFFERENCE
    | documented("GET", f"{ONE}/versions", MISSING, ParametersInvalid([UNCOMPARED])),
)
async def history(
    id: SoftwareId, query: Annotated[VersionQuery, Query()], session: ReadSession
) -> Response:
    """Every text that was ever given to us, each with what it changed; or what two differ in."""
    found = await versions.of_record(session, await records.addressed(session, id))
    if query.diff:
        before, after = _compared(found, query.diff)
        text = await to_thread.run_sync(versions.difference, before, after)
        return Response(text, media_type="text/x-diff; charset=utf-8")
    shown = await to_thread.run_sync(_shown, found)
    return Response(orjson.dumps({"data": shown}), media_type=JSON)


def _compared(found: Sequence[Version], numbers: str) -> tuple[Version, Version]:
    by_number = {version.number: version for version in found}
    before, after = (by_number.get(int(number)) for number in numbers.split(".."))
    if before is None or after is None:
        raise ParametersInvalid([UNCOMPARED])
    return before, after


def _shown(found: Sequence[Version]) -> list[dict[str, Any]]:
    if not found:
        return []
    changes = [None, *(versions.difference(before, after) for before, after in pairwise(found))]
    return [
        {
            "number": version.number,
            "hash": version.content_hash,
            "at": rfc3339(version.at),
            "valid": version.valid,
            "publiccodeYml": version.raw.decode("utf-8", "replace"),
            "diff": change,
        }
        for version, change in zip(found, changes, strict=True)
    ]
