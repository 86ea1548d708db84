"""Published software by the month in which it came here: lists that do not move when there is more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.entry import Tier
from app.catalogue.tables import Software

_PUBLISHED = (col(Software.active), col(Software.tier) == Tier.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Month:
    """How much came in it, and when any of that was last changed."""

    begin: datetime
    count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Dated:
    """A software, and when it was last changed."""

    id: str
    updated_at: datetime


async def months(session: AsyncSession) -> list[Month]:
    """Those in which anything came, oldest first, in UTC."""
    created_at = col(Software.created_at)
    ends = select(func.count(), func.min(created_at), func.max(created_at)).where(*_PUBLISHED)
    total, first, last = (await session.execute(ends)).one()
    found = []
    for begin in _months(first, last) if total else ():
        statement = select(func.count(), func.max(col(Software.updated_at))).where(_in(begin))
        count, updated_at = (await session.execute(statement)).one()
        if count:
            found.append(Month(begin, count, updated_at))
    return found


async def of(session: AsyncSession, begin: datetime, offset: int, limit: int) -> list[Dated]:
    """What came in the month that begins then, oldest first."""
    rows = await session.execute(
        select(col(Software.id), col(Software.updated_at))
        .where(_in(begin))
        .order_by(col(Software.created_at), col(Software.id))
        .offset(offset)
        .limit(limit)
    )
    return [Dated(*row) for row in rows]


def _in(begin: datetime) -> ColumnElement[bool]:
    created_at = col(Software.created_at)
    return and_(*_PUBLISHED, created_at >= begin, created_at < _next(begin))


def _months(first: datetime, last: datetime) -> Iterator[datetime]:
    begin = datetime(first.year, first.month, 1, tzinfo=UTC)
    while begin <= last:
        yield begin
        begin = _next(begin)


def _next(begin: datetime) -> datetime:
    year, month = divmod(begin.year * 12 + begin.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)
