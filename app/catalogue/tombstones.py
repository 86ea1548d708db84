"""What is gone, why, and what took its place; never what it was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.tables import Tombstone


@dataclass(frozen=True, slots=True)
class Grave:
    """What is left of a software; `successor` is the id of the one it was merged into."""

    id: str
    reason: str
    successor: str | None
    at: datetime


async def find(session: AsyncSession, id: str) -> Grave | None:
    """The tombstone of the software that had this id, if there was one."""
    row = await session.get(Tombstone, id)
    if row is None:
        return None
    return Grave(row.software_id, row.reason, row.successor, row.at)
