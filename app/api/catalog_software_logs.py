"""/v1/catalogs/{id}/software/{software_id}/logs: messages about software as one catalogue has it."""

from fastapi import APIRouter, Request, Response

from app.api import examples
from app.api.catalog_software import HeldId
from app.api.catalogs import CatalogId
from app.api.dependencies import Now, ReadSession, WriteSession
from app.api.lists import REFUSED, one, page
from app.api.logs import CREATE, FAILURES, Asked, LogList, LogWriter, Posted
from app.api.problems import documented
from app.api.security import permit
from app.catalogue import logs
from app.catalogue.errors import SoftwareNotFound

router = APIRouter(prefix="/catalogs/{id}/software/{software_id}/logs", tags=["logs"])

ALL = f"/v1/catalogs/{examples.ID}/software/{examples.ID}/logs"
MISSING = SoftwareNotFound(examples.ID)


@router.get(
    "",
    summary="List messages about software of a catalogue",
    response_model=LogList,
    responses=documented("GET", ALL, MISSING, REFUSED),
)
async def listing(
    request: Request, software_id: HeldId, query: Asked, session: ReadSession
) -> Response:
    """Messages about one software, the newest first."""
    wanted = query.filter(f"/software/{software_id}")
    return page(request, await logs.listing(session, wanted, query.page()))


@router.post(
    "",
    summary="Write a message about software of a catalogue",
    **CREATE,
    responses=documented("POST", ALL, MISSING, *FAILURES),
)
async def create(
    writer: LogWriter,
    catalog_id: CatalogId,
    software_id: HeldId,
    post: Posted,
    session: WriteSession,
    now: Now,
) -> Response:
    """Keep a message about one software."""
    await permit(session, writer, catalog_id)
    entity = f"/software/{software_id}"
    return one(await logs.append(session, post.message, entity=entity, now=now))
