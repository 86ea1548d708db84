"""Merged software as readers get it: one by id, or a list in the order of creation."""

from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.entry import Entry, SoftwareFilter
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.tables import Record, Software, SoftwareUrl
from app.pagination import Cursor, Page, PageRequest
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
    """Software by (createdAt, id), oldest first.

    Whether there is more in the direction of reading is known from one row too many; in the
    other direction the page that was left behind is taken to exist.
    """
    place = tuple_(col(Software.created_at), col(Software.id))
    statement = _matching(wanted)
    if page.after:
        statement = statement.where(place > (page.after.created_at, page.after.id))
    elif page.before:
        statement = statement.where(place < (page.before.created_at, page.before.id))
    order = [col(Software.created_at), col(Software.id)]
    statement = statement.order_by(*([each.desc() for each in order] if page.backward else order))
    rows = (await session.execute(statement.limit(page.size + 1))).all()
    more = len(rows) > page.size
    entries = [Entry(row.id, row.document, row.created_at) for row in rows[: page.size]]
    if page.backward:
        entries.reverse()
    if not entries:
        return Page([], None, None)
    before = more if page.backward else page.after is not None
    after = True if page.backward else more
    return Page(
        entries,
        previous=Cursor(entries[0].created_at, entries[0].id) if before else None,
        next=Cursor(entries[-1].created_at, entries[-1].id) if after else None,
    )


def _matching(wanted: SoftwareFilter) -> Select[str, str, datetime]:
    statement = select(col(Software.id), col(Software.document), col(Software.created_at))
    if not wanted.include_inactive:
        statement = statement.where(col(Software.active))
    if wanted.created_after:
        statement = statement.where(col(Software.created_at) > wanted.created_after)
    if wanted.created_before:
        statement = statement.where(col(Software.created_at) < wanted.created_before)
    if wanted.url is not None:
        statement = statement.where(
            col(Software.id).in_(
                select(col(Record.software_id))
                .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
                .where(col(SoftwareUrl.url) == urls.normalise(wanted.url))
            )
        )
    return statement
