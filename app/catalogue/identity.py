"""Which records are the same software, and on what evidence: an address they share.

An address counts in whichever way it is spelled (`app.publiccode.urls.key`). Never by name.
"""

from collections.abc import Collection
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Record, SoftwareKey, SoftwareUrl


async def owners(session: AsyncSession, keys: Collection[str]) -> dict[str, str]:
    """`{key: software id}` of those keys that some software holds."""
    statement = select(col(SoftwareKey.key), col(SoftwareKey.software_id)).where(
        col(SoftwareKey.key).in_(keys)
    )
    return dict((await session.execute(statement)).all())


async def claim(session: AsyncSession, software_id: str, keys: Collection[str]) -> None:
    """Take these keys, which nobody holds, for this software."""
    session.add_all(SoftwareKey(key=key, software_id=software_id) for key in sorted(keys))
    await session.flush()


async def release(session: AsyncSession, software_id: str) -> None:
    """Give up the keys that no record of this software claims any more."""
    claimed = (
        select(col(SoftwareUrl.key))
        .join(Record, col(Record.id) == SoftwareUrl.record_id)
        .where(col(Record.software_id) == software_id)
    )
    await session.execute(
        delete(SoftwareKey).where(
            col(SoftwareKey.software_id) == software_id, col(SoftwareKey.key).not_in(claimed)
        )
    )


def new_id() -> str:
    """A random UUID, as text."""
    return str(uuid4())
