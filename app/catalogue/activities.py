"""What last became of each software of a set, in the order of the log.

What a later change has overtaken is not among it any more. So between two numbers that the log has
passed, there are ever fewer activities, and none of them becomes another one: how many there are
says which.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.entry import ChangeType
from app.catalogue.sets import Set, Standing
from app.catalogue.tables import Change, SetMember


@dataclass(frozen=True, slots=True)
class Activity:
    """The change with this number made the software what it is; or it is `gone` since then.

    Dates grow with numbers. Only what nothing has happened to since it came is `new`.
    """

    sequence: int
    software_id: str
    at: datetime
    gone: bool
    new: bool


async def between(session: AsyncSession, among: Set, after: int, last: int) -> list[Activity]:
    """Those numbered above `after`, up to `last`, in order."""
    logged = and_(
        col(Change.sequence) == SetMember.sequence,
        col(Change.entity_id) == SetMember.software_id,
    )
    rows = await session.execute(
        select(SetMember, col(Change.published_as))
        .outerjoin(Change, logged)
        .where(*_of(among, after), col(SetMember.sequence) <= last)
        .order_by(col(SetMember.sequence))
    )
    return [
        Activity(
            sequence=row.SetMember.sequence,
            software_id=row.SetMember.software_id,
            at=row.SetMember.datestamp,
            gone=row.SetMember.standing != Standing.IN,
            new=row.published_as == ChangeType.CREATE,
        )
        for row in rows
    ]


async def count(session: AsyncSession, among: Set, after: int, last: int) -> int:
    """How many are numbered above `after`, up to `last`."""
    statement = select(func.count()).where(*_of(among, after), col(SetMember.sequence) <= last)
    return (await session.execute(statement)).scalar_one()


async def first(session: AsyncSession, among: Set, after: int) -> int | None:
    """The lowest number above `after`; None if nothing follows."""
    statement = select(func.min(SetMember.sequence)).where(*_of(among, after))
    return (await session.execute(statement)).scalar_one()


def _of(among: Set, after: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SetMember.kind) == among.kind,
        col(SetMember.value) == among.value,
        col(SetMember.sequence) > after,
    )
