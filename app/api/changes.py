"""/v1/changes: what another catalogue follows."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.dependencies import CurrentHead, ReadSession
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid, SequenceAhead
from app.api.software import Software
from app.catalogue import changes
from app.catalogue.entry import LoggedChange
from app.pagination import rfc3339

router = APIRouter(prefix="/changes", tags=["federation"])

LARGEST_LIMIT = 1000
NOT_AN_INTEGER = BrokenRule(
    "since", "int_parsing", "since: Input should be a valid integer", value="yesterday"
)


def _clamp(limit: str) -> int | str:
    try:
        return min(max(int(limit), 1), LARGEST_LIMIT)
    except ValueError:
        return limit


class ChangesQuery(BaseModel):
    """Which part of the log, and with what."""

    since: int = Field(0, ge=0, description="The `lastSeq` of the page before; 0 to begin.")
    limit: Annotated[int, BeforeValidator(_clamp)] = Field(
        100, description=f"Changes per page, at most {LARGEST_LIMIT}."
    )
    include: Literal["software", "none"] = Field(
        "software", description="Whether each change brings the software as it is now."
    )


class Change(BaseModel):
    """What became of one software."""

    model_config = ConfigDict(alias_generator=to_camel)

    seq: int = Field(description="Its number in the log, which has no gaps.")
    entity: Literal["software"]
    software_id: str
    type: Literal["create", "update", "delete"]
    deleted: bool = Field(description="The software is gone, perhaps by a later change.")
    at: datetime
    rev: str | None = Field(description="Names the content; equal when nothing differs.")
    software: Software | None = Field(
        None, description="As `/v1/software/{id}` shows it now, which may be newer than the change."
    )


class Changes(BaseModel):
    """A page of the log, oldest first."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.CHANGES]}
    )

    results: list[Change]
    last_seq: int = Field(description="Where to go on: the next `since`.")
    pending: int = Field(
        description="How many changes follow this page, those of all kinds counted."
    )
    epoch: str = Field(description="Names the log. If it changes, start again from 0.")


@router.get(
    "",
    summary="Follow changes",
    response_model=Changes,
    responses=documented(
        "GET", "/v1/changes", ParametersInvalid([NOT_AN_INTEGER]), SequenceAhead(9000, 41)
    ),
)
async def since(
    request: Request,
    query: Annotated[ChangesQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """What has changed after `since`, in the order in which it was committed.

    Begin at 0, apply each page, and ask again with its `lastSeq`. Whoever has seen a number has
    seen all before it. A software that is gone has `deleted` true and no content.
    """
    if query.since > head.sequence:
        raise SequenceAhead(query.since, head.sequence)
    found = await changes.since(session, query.since, query.limit)
    read_all = len(found) < query.limit
    last = max([head.sequence if read_all else 0, *(change.sequence for change in found[-1:])])
    body = {
        "results": [_result(change, query.include) for change in found],
        "lastSeq": last,
        "pending": max(head.sequence - last, 0),
        "epoch": head.epoch,
    }
    return caching.reply(request, head, orjson.dumps(body))


def _result(change: LoggedChange, include: str) -> dict[str, Any]:
    document = change.document
    result = {
        "seq": change.sequence,
        "entity": change.entity,
        "softwareId": change.entity_id,
        "type": change.type,
        "deleted": document is None,
        "at": rfc3339(change.at),
        "rev": change.revision,
    }
    if include == "software":
        result["software"] = None if document is None else orjson.Fragment(document)
    return result
