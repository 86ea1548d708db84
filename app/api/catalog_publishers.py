"""/v1/catalogs/{id}/publishers: the publishers of one catalogue."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator

from app.api import caching, examples
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, DatabaseDep, Now, ReadSession, WriteSession
from app.api.lists import REFUSED, ListQuery, one, versioned_page
from app.api.paths import with_slashes
from app.api.problems import documented
from app.api.publishers import (
    CREATE,
    CREATE_FAILURES,
    UPDATE,
    UPDATE_FAILURES,
    Change,
    Posted,
    Publisher,
    PublisherList,
    PublisherWriter,
    remove,
    revise,
)
from app.api.security import permit
from app.catalogue import catalogs, publishers
from app.catalogue.errors import CatalogNotFound, PublisherNotFound
from app.database import reading

router = APIRouter(prefix="/catalogs/{id}/publishers", tags=["catalogs"])

ALL = f"/v1/catalogs/{examples.ID}/publishers"
ONE = f"{ALL}/{examples.ID}"
MISSING = CatalogNotFound(examples.ID)

PublisherId = Annotated[
    str,
    Path(description="Id or alternativeId.", examples=[examples.ID]),
    AfterValidator(with_slashes),
]


async def _held(publisher_id: PublisherId, catalog_id: CatalogId, database: DatabaseDep) -> str:
    """The id, once it is known to be in this catalogue: that is checked before the body."""
    async with reading(database) as session:
        await publishers.get(session, publisher_id, catalog_id=catalog_id)
    return publisher_id


@router.get(
    "",
    summary="List publishers of a catalogue",
    response_model=PublisherList,
    responses=documented("GET", ALL, MISSING, REFUSED),
)
async def listing(
    request: Request,
    catalog_id: CatalogId,
    query: Annotated[ListQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active publishers of this catalogue, in the order of creation."""
    found = await publishers.listing(session, query.filter(catalog_id), query.page())
    return versioned_page(request, head, found)


@router.post(
    "",
    summary="Create a publisher in a catalogue",
    **CREATE,
    responses=documented("POST", ALL, MISSING, *CREATE_FAILURES),
)
async def create(
    writer: PublisherWriter,
    catalog_id: CatalogId,
    post: Posted,
    session: WriteSession,
    now: Now,
) -> Response:
    """Store a publisher in this catalogue."""
    await permit(session, writer, catalog_id)
    await catalogs.hold(session, catalog_id)
    return one(await publishers.create(session, post.draft(), catalog_id=catalog_id, now=now))


@router.get(
    "/{publisher_id}",
    summary="Get a publisher of a catalogue",
    response_model=Publisher,
    responses=documented("GET", ONE, MISSING, PublisherNotFound(examples.ID)),
)
async def read(
    request: Request,
    catalog_id: CatalogId,
    publisher_id: PublisherId,
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """One publisher of this catalogue, active or not."""
    entry = await publishers.get(session, publisher_id, catalog_id=catalog_id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{publisher_id}",
    summary="Update a publisher of a catalogue",
    **UPDATE,
    responses=documented("PATCH", ONE, MISSING, *UPDATE_FAILURES),
)
async def update(
    writer: PublisherWriter,
    catalog_id: CatalogId,
    publisher_id: Annotated[str, Depends(_held)],
    patch: Change,
    session: WriteSession,
    now: Now,
) -> Response:
    """Change a publisher by JSON Merge Patch or JSON Patch."""
    return one(await revise(session, writer, publisher_id, patch, catalog_id=catalog_id, now=now))


@router.delete(
    "/{publisher_id}",
    status_code=204,
    summary="Delete a publisher of a catalogue",
    responses=documented("DELETE", ONE, MISSING, PublisherNotFound(examples.ID)),
)
async def delete(
    writer: PublisherWriter,
    catalog_id: CatalogId,
    publisher_id: PublisherId,
    session: WriteSession,
    now: Now,
) -> Response:
    """Delete a publisher. Software is not affected."""
    await remove(session, writer, publisher_id, catalog_id=catalog_id, now=now)
    return Response(status_code=204)
