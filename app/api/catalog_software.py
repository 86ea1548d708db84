"""/v1/catalogs/{id}/software: software as one catalogue has it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import caching, examples
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, DatabaseDep, Now, PolicyDep, ReadSession, WriteSession
from app.api.lists import REFUSED, one, versioned_page
from app.api.problems import documented
from app.api.security import permit
from app.api.software import (
    CREATE,
    CREATE_FAILURES,
    UPDATE,
    UPDATE_FAILURES,
    Change,
    Posted,
    Software,
    SoftwareId,
    SoftwareList,
    SoftwareQuery,
    SoftwareWriter,
    revise,
)
from app.catalogue import catalogs, records, software
from app.catalogue.errors import CatalogNotFound, SoftwareNotFound
from app.database import reading
from app.ingest import editing, submission

router = APIRouter(prefix="/catalogs/{id}/software", tags=["catalogs"])

ALL = f"/v1/catalogs/{examples.ID}/software"
ONE = f"{ALL}/{examples.ID}"
MISSING = CatalogNotFound(examples.ID)


async def _held(catalog_id: CatalogId, software_id: SoftwareId, database: DatabaseDep) -> str:
    """The id, once it is known to be in this catalogue: that is checked before the body."""
    async with reading(database) as session:
        await records.addressed(session, software_id, catalog_id)
    return software_id


HeldId = Annotated[str, Depends(_held)]


@router.get(
    "",
    summary="List software of a catalogue",
    response_model=SoftwareList,
    responses=documented("GET", ALL, MISSING, REFUSED),
)
async def listing(
    request: Request,
    catalog_id: CatalogId,
    query: Annotated[SoftwareQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Active software of this catalogue in the order of creation, or what matches the filters."""
    found = await software.listing(session, query.filter(catalog_id), query.page())
    return versioned_page(request, head, found)


@router.post(
    "",
    summary="Create software in a catalogue",
    **CREATE,
    responses=documented("POST", ALL, MISSING, *CREATE_FAILURES),
)
async def create(
    writer: SoftwareWriter,
    catalog_id: CatalogId,
    post: Posted,
    session: WriteSession,
    policy: PolicyDep,
    now: Now,
) -> Response:
    """Store a publiccode.yml under an address that this catalogue does not know yet.

    Another catalogue may know it: then both describe the same software.
    """
    draft = post.draft()
    report = await submission.accept(draft.text, policy)
    await permit(session, writer, catalog_id)
    await catalogs.hold(session, catalog_id)
    return one(await editing.create(session, draft, catalog_id=catalog_id, report=report, now=now))


@router.get(
    "/{software_id}",
    summary="Get software of a catalogue",
    response_model=Software,
    responses=documented("GET", ONE, MISSING, SoftwareNotFound(examples.ID)),
)
async def read(
    request: Request,
    catalog_id: CatalogId,
    software_id: SoftwareId,
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """One software as this catalogue has it, inactive or not."""
    entry = await software.get(session, software_id, catalog_id=catalog_id)
    return caching.reply(request, head, entry.document.encode())


@router.patch(
    "/{software_id}",
    summary="Update software of a catalogue",
    **UPDATE,
    responses=documented("PATCH", ONE, MISSING, *UPDATE_FAILURES),
)
async def update(
    writer: SoftwareWriter,
    catalog_id: CatalogId,
    software_id: HeldId,
    change: Change,
    session: WriteSession,
    policy: PolicyDep,
    now: Now,
) -> Response:
    """Change what this catalogue says, by JSON Merge Patch or JSON Patch."""
    return one(
        await revise(
            session, writer, software_id, change, catalog_id=catalog_id, policy=policy, now=now
        )
    )


@router.delete(
    "/{software_id}",
    status_code=204,
    summary="Delete software of a catalogue",
    responses=documented("DELETE", ONE, MISSING, SoftwareNotFound(examples.ID)),
)
async def delete(
    writer: SoftwareWriter,
    catalog_id: CatalogId,
    software_id: SoftwareId,
    session: WriteSession,
    now: Now,
) -> Response:
    """Delete what this catalogue says; the software goes with the last that is said about it."""
    await permit(session, writer, catalog_id)
    await records.withdraw(
        session, software_id, catalog_ids=[catalog_id], reason="deleted", now=now
    )
    return Response(status_code=204)
