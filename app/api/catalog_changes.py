"""/v1/catalogs/{id}/changes: what those follow who want one catalogue only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api import examples
from app.api.catalogs import CatalogId
from app.api.changes import FAILURES, STREAMED, Changes, FollowQuery, LastEvent, follow
from app.api.dependencies import DatabaseDep, FeedDep
from app.api.problems import documented

router = APIRouter(prefix="/catalogs/{id}/changes", tags=["catalogs"])


@router.get(
    "",
    summary="Follow changes of a catalogue",
    response_model=Changes,
    responses=STREAMED | documented("GET", f"/v1/catalogs/{examples.ID}/changes", *FAILURES),
)
async def since(
    request: Request,
    catalog_id: CatalogId,
    query: Annotated[FollowQuery, Query()],
    database: DatabaseDep,
    feed: FeedDep,
    last_event: LastEvent = None,
) -> Response:
    """As `/v1/changes` with `catalog`: software as this catalogue has it.

    What leaves the catalogue is `deleted` here, though others may go on having it.
    """
    return await follow(request, query, database, feed, catalog_id, last_event)
