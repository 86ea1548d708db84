"""/v1/blocks: addresses of which nothing is taken in from peers."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import examples
from app.api.bodies import Body, RequiredAddress, RequiredText, body_of, json_body, sized
from app.api.dependencies import Now, ReadSession, WriteSession
from app.api.links import NoParameters
from app.api.lists import SLIP
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    ParametersInvalid,
)
from app.api.scopes import ADMIN, Writer
from app.api.security import allowed_everywhere
from app.catalogue import blocks
from app.catalogue.errors import BlockNotFound
from app.federation import blocking
from app.pagination import rfc3339

router = APIRouter(prefix="/blocks", tags=["federation"])

ALL = "/v1/blocks"
MEDIA = "application/json"
LONGEST_REASON = 2000
LONGEST_ADDRESS = 500
NO_URL = BrokenRule("url", "missing", "url: Field required")

Admin = Annotated[Writer, Depends(allowed_everywhere(ADMIN))]


class BlockPut(Body):
    """An address that is to be blocked, and why."""

    url: Annotated[RequiredAddress, sized(1, LONGEST_ADDRESS)]
    reason: Annotated[RequiredText, sized(1, LONGEST_REASON)]


class LiftQuery(BaseModel):
    """Of which address the block is lifted."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=LONGEST_ADDRESS, examples=[examples.URL])]


class Block(BaseModel):
    """An address of which nothing is taken in."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BLOCK]})

    url: str = Field(description="It stands for all that lies at or below it.")
    reason: str
    author: str | None = Field(description="The subject of the token that blocked it.")
    at: datetime


class Blocks(BaseModel):
    """All that is blocked, by address."""

    data: list[Block]


@router.get(
    "",
    summary="List what is blocked",
    response_model=Blocks,
    responses=documented("GET", ALL, SLIP),
)
async def listing(_admin: Admin, _none: NoParameters, session: ReadSession) -> Response:
    """Addresses of which nothing is taken in from peers, each with the reason."""
    found = [_shown(each) for each in await blocks.listing(session)]
    return Response(orjson.dumps({"data": found}), media_type=MEDIA)


@router.put(
    "",
    summary="Block an address",
    response_model=Block,
    openapi_extra=body_of(BlockPut, MEDIA, owner=examples.BLOCK_PUT),
    responses=documented(
        "PUT",
        ALL,
        BodyMalformed(),
        FieldUnknown(),
        FieldsInvalid([BrokenRule("url", "url", "url is invalid", value="nowhere")]),
        SLIP,
    ),
)
async def put(
    admin: Admin,
    _none: NoParameters,
    wanted: Annotated[BlockPut, Depends(json_body(BlockPut))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Take in nothing more from peers that is at or below this address, be it a host or an owner.

    What they have said of it is withdrawn. What was written here directly stays, and may be.
    """
    block = blocks.Block(wanted.url, wanted.reason, admin.subject, now)
    await blocking.block(session, block, now=now)
    return Response(orjson.dumps(_shown(block)), media_type=MEDIA)


@router.delete(
    "",
    status_code=204,
    summary="Lift a block",
    responses=documented("DELETE", ALL, BlockNotFound(examples.URL), ParametersInvalid([NO_URL])),
)
async def delete(
    _admin: Admin,
    query: Annotated[LiftQuery, Query()],
    session: WriteSession,
) -> Response:
    """Take in again what peers say; it comes back when they are harvested."""
    await blocks.lift(session, query.url)
    return Response(status_code=204)


def _shown(block: blocks.Block) -> dict[str, str | None]:
    return {
        "url": block.url,
        "reason": block.reason,
        "author": block.author,
        "at": rfc3339(block.at),
    }
