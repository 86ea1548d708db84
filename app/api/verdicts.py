"""What is said of a file that somebody sends to be judged, whether alone or with others."""

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import to_thread
from pydantic import BaseModel, ConfigDict, Field

from app.api import examples
from app.ingest.submission import LONGEST_VALIDATED_IN_PLACE, prepare
from app.publiccode import Report
from app.publiccode.fixes import suggest
from app.publiccode.normalise import to_yaml
from app.publiccode.results import as_result

T = TypeVar("T")


class ExternalCheck(BaseModel):
    """What the network says of one address in the file."""

    key: str
    url: str | None = Field(description="What was asked; null where nothing could be.")
    state: str = Field(description="`ok`, `gone`, `blocked` (we were turned away) or `unknown`.")
    reason: str
    status: int | None


class Validation(BaseModel):
    """What was found in a file."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VALIDATION]})

    valid: bool
    results: list[dict[str, Any]]
    normalized: str | None
    external_checks: list[ExternalCheck] = Field(
        default=[], alias="externalChecks", description="Only where they were asked for."
    )


async def examine(data: bytes, *, major: int) -> Report:
    """The report; where the file is not unusually long, with a fix for each simple finding."""
    report = await prepare(data, major=major)
    if major or not report.findings or len(data) > LONGEST_VALIDATED_IN_PLACE:
        return report
    return suggest(data, report)


def present(report: Report, language: str) -> dict[str, Any]:
    """The members of the reference's service."""
    description = report.description if report.valid else None
    return {
        "valid": report.valid,
        "results": [as_result(finding, language) for finding in report.findings],
        "normalized": to_yaml(description) if description else None,
    }


async def without_delay(data: bytes, work: Callable[[], T]) -> T:
    """Do what takes long where `data` is long, without keeping other requests waiting."""
    if len(data) <= LONGEST_VALIDATED_IN_PLACE:
        return work()
    return await to_thread.run_sync(work)
