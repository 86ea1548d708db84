"""/v1/software/{id}/overrides/{path}: what people decide that a field says, whatever is harvested."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BeforeValidator

from app.api import examples
from app.api.bodies import Body, RequiredText, body_of, broken, json_body, sized
from app.api.dependencies import Now, WriteSession
from app.api.links import NoParameters
from app.api.lists import SLIP
from app.api.problems import documented
from app.api.refusals import BodyMalformed, BrokenRule, FieldsInvalid
from app.api.software import KnownId
from app.api.sources import MEDIA, MISSING, ONE, Curator, permit_all, shown_override
from app.api.sources import Override as Shown
from app.catalogue import curation
from app.catalogue.errors import OverrideMisplaced, OverrideNotFound, OverrideRefused
from app.catalogue.overrides import Decision
from app.pagination import parse_rfc3339, rfc3339
from app.publiccode import validate
from app.publiccode.tree import MAX_DEPTH

router = APIRouter(prefix="/software/{id}/overrides", tags=["software"])

NEWEST_MAJOR = 1
"""Descriptions of any version may be overridden."""

LONGEST_REASON = 2000
LONGEST_PATH = 255


def _moment(given: object) -> datetime | None:
    """RFC 3339 in UTC; None for null."""
    if given is None:
        return None
    try:
        return parse_rfc3339(str(given))
    except ValueError:
        raise broken("datetime") from None


def _shallow(value: object) -> object:
    """As a file has to be: what is deeper can be read as JSON, but not written again."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return value
    raise broken("depth")


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


class OverridePut(Body):
    """The value of a field, as the standard writes it in JSON; null takes the field away."""

    value: Annotated[Any, AfterValidator(_shallow)]
    reason: Annotated[RequiredText, sized(1, LONGEST_REASON)]
    until: Annotated[datetime | None, BeforeValidator(_moment)] = None


FieldPath = Annotated[
    str,
    Path(
        max_length=LONGEST_PATH,
        description="The field, as findings name it: `legal.license`, `description.en.features`.",
        examples=["legal.license"],
    ),
]


@router.put(
    "/{path}",
    summary="Override a field of software",
    response_model=Shown,
    openapi_extra=body_of(OverridePut, MEDIA, licence=examples.OVERRIDE_PUT),
    responses=documented(
        "PUT",
        f"{ONE}/overrides/legal.license",
        BodyMalformed(),
        MISSING,
        OverrideMisplaced("url"),
        OverrideRefused("legal.license", []),
        SLIP,
    ),
)
async def put(
    writer: Curator,
    _none: NoParameters,
    id: KnownId,
    path: FieldPath,
    override: Annotated[OverridePut, Depends(json_body(OverridePut))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Say what a field is, whatever the sources say, until it is taken back or `until` has passed.

    Search, feeds and exports follow; the text of the file stays as it was given. The value must
    not break the standard where it was kept before.
    """
    await permit_all(session, writer, id)
    if override.until is not None and override.until <= now:
        over = rfc3339(override.until)
        raise FieldsInvalid([BrokenRule("until", "future", "until has passed already", over)])
    decision = Decision(path, override.value, writer.subject, override.reason, override.until, now)
    kept = await curation.decide(session, id, decision, partial(validate, major=NEWEST_MAJOR))
    return Response(orjson.dumps(shown_override(kept)), media_type=MEDIA)


@router.delete(
    "/{path}",
    status_code=204,
    summary="Take an override back",
    responses=documented(
        "DELETE",
        f"{ONE}/overrides/legal.license",
        MISSING,
        OverrideNotFound("legal.license"),
        SLIP,
    ),
)
async def delete(
    writer: Curator,
    _none: NoParameters,
    id: KnownId,
    path: FieldPath,
    session: WriteSession,
    now: Now,
) -> Response:
    """Let the sources say again what the field is."""
    await permit_all(session, writer, id)
    await curation.retract(session, id, path, now=now)
    return Response(status_code=204)
