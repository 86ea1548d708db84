"""What is gone, why, and what took its place; never what it was."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.entry import Grave
from app.catalogue.tables import Tombstone


async def find(session: AsyncSession, id: str) -> Grave | None:
    """What is left of the software that had this id, if there was one."""
    row = await session.get(Tombstone, id)
    if row is None:
        return None
    return Grave(row.software_id, row.reason, row.successor, row.at)
