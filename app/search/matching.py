"""Whether software is among what a search finds, without its being shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Software
from app.search.find import ANY_LANGUAGE, Search
from app.search.query import SearchQuery
from app.search.terms import terms


async def matching(session: AsyncSession, query: SearchQuery, *, now: datetime) -> Sequence[str]:
    """The ids of all active software that the search finds."""
    return (await session.execute(_search(session, query, now).ids())).scalars().all()


async def matches(session: AsyncSession, query: SearchQuery, id: str, *, now: datetime) -> bool:
    """Whether the search finds the software with this id."""
    ids = _search(session, query, now).ids().where(col(Software.id) == id)
    return (await session.execute(ids)).first() is not None


def _search(session: AsyncSession, query: SearchQuery, now: datetime) -> Search:
    return Search(session, query, terms(query.q), ANY_LANGUAGE, now)
