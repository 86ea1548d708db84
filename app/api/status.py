"""Is it alive, is it ready, is its database there, and what does it measure."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app.api.dependencies import DatabaseDep, ReadSession
from app.api.problems import documented
from app.api.refusals import SchemaOutdated
from app.catalogue import changes
from app.database import is_current
from app.telemetry import Metrics

router = APIRouter(tags=["status"])
probes = APIRouter(tags=["status"])
"""Outside /v1, as the Open Catalog API has them."""


@router.get("/status", status_code=204, summary="Is the API working?")
async def status(session: ReadSession) -> Response:
    """204 if the catalogue can be read."""
    await changes.head(session)
    return Response(status_code=204, headers={"Cache-Control": "no-cache"})


@probes.get("/livez", response_class=PlainTextResponse, summary="Is the process alive?")
async def livez() -> str:
    """Asks nobody else, so that an orchestrator does not restart us for the database's fault."""
    return "OK"


@probes.get(
    "/readyz",
    response_class=PlainTextResponse,
    summary="Can it take requests?",
    responses=documented("GET", "/readyz", SchemaOutdated()),
)
async def readyz(database: DatabaseDep) -> str:
    """The database answers, and its schema is the one that this version needs."""
    if not await is_current(database):
        raise SchemaOutdated
    return "OK"


@probes.get("/metrics", response_class=PlainTextResponse, summary="What does it measure?")
async def metrics(request: Request) -> Response:
    """Requests by method, route and status, and the process itself, as Prometheus reads them."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.text(), headers={"Content-Type": measured.media_type})
