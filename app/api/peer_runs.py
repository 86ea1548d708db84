"""The harvests of a peer: `/v1/peers/{id}/sync` lines one up, `/v1/peers/{id}/runs` tells of all."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import Body, body_of, json_body, one_of
from app.api.dependencies import DatabaseDep, Now, ReadSession, WriteSession
from app.api.links import Links, NoParameters, StrictPageQuery
from app.api.lists import REFUSED, SLIP, one, page
from app.api.peers import MEDIA, MISSING, ONE, Admin, PeerId
from app.api.problems import documented
from app.api.refusals import BodyMalformed, FieldUnknown
from app.catalogue.entry import Entry
from app.federation import reconciliation, runs
from app.federation.driver import Mode
from app.federation.errors import NothingToConfirm, RunNotFound
from app.federation.runs import Run, RunState
from app.pagination import Page, rfc3339, rfc3339_or_null

router = APIRouter(prefix="/peers", tags=["federation"])

RUNS = f"{ONE}/runs"


class PeerRun(BaseModel):
    """One harvest of a peer."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.PEER_RUN]}
    )

    id: str
    mode: Mode
    state: RunState
    targets: list[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    complete: bool = Field(description="Everything was listed.")
    pages: int
    counts: dict[str, int]
    error: str | None


class PeerRuns(BaseModel):
    """A page of harvests, newest first."""

    data: list[PeerRun]
    links: Links


class SyncPost(Body):
    """What is to be harvested: what changed, or everything."""

    mode: Annotated[str, one_of(Mode.FULL, Mode.INCREMENTAL)] | None = None


async def _asked(request: Request) -> SyncPost:
    """The body may be left out."""
    return await json_body(SyncPost)(request) if await request.body() else SyncPost()


RunId = Annotated[str, Path(description="The harvest's id.")]


@router.post(
    "/{id}/sync",
    status_code=202,
    summary="Harvest a peer now",
    response_model=PeerRun,
    openapi_extra=body_of(SyncPost, MEDIA, full={"mode": "full"}),
    responses=documented("POST", f"{ONE}/sync", MISSING, BodyMalformed(), FieldUnknown(), SLIP),
)
async def sync(
    request: Request,
    _admin: Admin,
    _none: NoParameters,
    id: PeerId,
    asked: Annotated[SyncPost, Depends(_asked)],
    session: WriteSession,
    now: Now,
) -> Response:
    """Line up a harvest; `Location` says where to see how it goes. Without a body, of what changed."""
    run = await runs.ask_for(session, id, Mode(asked.mode or Mode.INCREMENTAL), now=now)
    where = {"Location": f"{request.url.path.removesuffix('/sync')}/runs/{run.id}"}
    return Response(orjson.dumps(_run(run)), status_code=202, headers=where, media_type=MEDIA)


@router.get(
    "/{id}/runs",
    summary="List harvests of a peer",
    response_model=PeerRuns,
    responses=documented("GET", RUNS, MISSING, REFUSED),
)
async def harvests(
    request: Request,
    _admin: Admin,
    id: PeerId,
    query: Annotated[StrictPageQuery, Query()],
    session: ReadSession,
) -> Response:
    """What each brought, and why it failed where it did."""
    found = await runs.listing(session, id, query.page())
    items = [_entry(run) for run in found.items]
    return page(request, Page(items, found.previous, found.next))


@router.get(
    "/{id}/runs/{run_id}",
    summary="Get a harvest",
    response_model=PeerRun,
    responses=documented("GET", f"{RUNS}/{examples.ID}", RunNotFound(examples.ID), SLIP),
)
async def harvest(
    _admin: Admin, _none: NoParameters, id: PeerId, run_id: RunId, session: ReadSession
) -> Response:
    """How it goes, or went."""
    run = await runs.get(session, id, run_id)
    return one(_entry(run))


@router.post(
    "/{id}/runs/{run_id}/confirm",
    summary="Confirm what a harvest did not find",
    response_model=PeerRun,
    responses=documented(
        "POST",
        f"{RUNS}/{examples.ID}/confirm",
        MISSING,
        RunNotFound(examples.ID),
        NothingToConfirm(examples.ID),
        SLIP,
    ),
)
async def confirm(
    _admin: Admin, _none: NoParameters, id: PeerId, run_id: RunId, database: DatabaseDep, now: Now
) -> Response:
    """Say that what is missing is gone, of a harvest that stopped as `suspicious_shrink`."""
    run = await reconciliation.confirm(database, id, run_id, now=now)
    return one(_entry(run))


def _entry(run: Run) -> Entry:
    return Entry(run.id, orjson.dumps(_run(run)).decode(), run.created_at)


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "mode": run.mode.value,
        "state": run.state.value,
        "targets": list(run.targets),
        "createdAt": rfc3339(run.created_at),
        "startedAt": rfc3339_or_null(run.started_at),
        "finishedAt": rfc3339_or_null(run.finished_at),
        "complete": run.complete,
        "pages": run.pages,
        "counts": {count.value: number for count, number in run.counts.items()},
        "error": run.error,
    }
