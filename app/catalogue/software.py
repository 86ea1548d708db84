"""Merged software as readers get it: one by id, or a list in the order of creation."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.entry import Entry, SoftwareFilter
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.listing import page_of, within
from app.catalogue.tables import Record, Software, SoftwareUrl
from app.pagination import Page, PageRequest
from app.publiccode import urls


async def get(session: AsyncSession, id: str) -> Entry:
    """The software with this id, inactive or not. Raises SoftwareNotFound."""
    rows = await session.execute(
        select(col(Software.document), col(Software.created_at)).where(col(Software.id) == id)
    )
    if (row := rows.one_or_none()) is None:
        raise SoftwareNotFound(id)
    return Entry(id, row.document, row.created_at)


async def listing(session: AsyncSession, wanted: SoftwareFilter, page: PageRequest) -> Page[Entry]:
    """Software by (createdAt, id), oldest first."""
    statement = within(
        select(col(Software.id), col(Software.document), col(Software.created_at)),
        col(Software.created_at),
        wanted,
    )
    if not wanted.include_inactive:
        statement = statement.where(col(Software.active))
    if wanted.url is not None:
        statement = statement.where(
            col(Software.id).in_(
                select(col(Record.software_id))
                .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
                .where(col(SoftwareUrl.url) == urls.normalise(wanted.url))
            )
        )
    place = (col(Software.created_at), col(Software.id))
    found = await page_of(session, statement, place, page)
    return replace(
        found, items=[Entry(row.id, row.document, row.created_at) for row in found.items]
    )
