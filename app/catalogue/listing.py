"""Keyset pages over any table that has `created_at` and `id`."""

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from app.catalogue.entry import ListFilter
from app.pagination import Cursor, Page, PageRequest

Statement: TypeAlias = Select[*tuple[Any, ...]]
Place: TypeAlias = tuple[Mapped[datetime], Mapped[str]]
"""The columns a list is ordered by."""


async def page_of(
    session: AsyncSession,
    statement: Statement,
    place: Place,
    page: PageRequest,
    *,
    newest_first: bool = False,
) -> Page[Any]:
    """The rows of a page, in list order; they must have `created_at` and `id`.

    Whether there is more in the direction of reading is known from one row too many; in the
    other direction the page that was left behind is taken to exist.
    """
    cursor = page.after or page.before
    descending = newest_first is not page.backward
    if cursor:
        here, there = tuple_(*place), (cursor.created_at, cursor.id)
        statement = statement.where(here < there if descending else here > there)
    order: list[ColumnElement[Any]] = [each.desc() if descending else each.asc() for each in place]
    rows = (await session.execute(statement.order_by(*order).limit(page.size + 1))).all()
    more, found = len(rows) > page.size, list(rows[: page.size])
    if page.backward:
        found.reverse()
    return _bounded(found, page, more=more)


def within(statement: Statement, created_at: Mapped[datetime], wanted: ListFilter) -> Statement:
    """Narrowed to what was created strictly after and before the given times."""
    if wanted.created_after:
        statement = statement.where(created_at > wanted.created_after)
    if wanted.created_before:
        statement = statement.where(created_at < wanted.created_before)
    return statement


def _bounded(found: list[Any], page: PageRequest, *, more: bool) -> Page[Any]:
    if not found:
        return Page([], None, None)
    before = more if page.backward else page.after is not None
    after = page.backward or more
    return Page(
        found,
        previous=Cursor(found[0].created_at, found[0].id) if before else None,
        next=Cursor(found[-1].created_at, found[-1].id) if after else None,
    )
