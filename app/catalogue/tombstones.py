"""What is gone, why, and what took its place: ids and reasons for ever, never any content."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.entry import Grave
from app.catalogue.tables import Software, Tombstone


async def find(session: AsyncSession, id: str) -> Grave | None:
    """What is left of the software that had this id, if there was one."""
    rows = await session.execute(
        select(
            col(Tombstone.software_id),
            col(Tombstone.reason),
            col(Tombstone.successor),
            col(Tombstone.at),
        ).where(col(Tombstone.software_id) == id)
    )
    row = rows.one_or_none()
    return Grave(*row) if row else None


async def survivor(session: AsyncSession, software_id: str) -> str:
    """The id of the software that this id stands for now: its own, or of what it was merged into.

    What never was, or is gone, keeps its own.
    """
    passed: dict[str, None] = {}
    id = software_id
    while id not in passed:
        if (await session.execute(select(col(Software.id)).where(col(Software.id) == id))).first():
            return id
        passed[id] = None
        grave = await find(session, id)
        id = (grave and grave.successor) or id
    return software_id
