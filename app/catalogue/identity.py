"""Which records are the same software, and on what evidence: an address they share.

An address counts in whichever way it is spelled (`app.publiccode.urls.key`). Never by name.
"""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Record, SoftwareKey, SoftwareUrl


async def software_of(session: AsyncSession, keys: Sequence[str]) -> str | None:
    """The software that holds the first of these keys which is held at all."""
    owners = await _owners(session, keys)
    return next((owners[key] for key in keys if key in owners), None)


async def claim(session: AsyncSession, software_id: str, keys: Sequence[str]) -> set[str]:
    """Take the keys for this software; returns those that other software holds already.

    A key that two transactions want at once goes to the one that commits first: the other waits
    for it and then finds the key held. Keys are taken in sorted order, so that two such
    transactions cannot wait for each other.
    """
    lost = set()
    for key in sorted(set(keys)):
        if (owner := (await _owners(session, [key])).get(key)) is None:
            owner = await _insert(session, software_id, key)
        if owner != software_id:
            lost.add(key)
    return lost


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


async def _insert(session: AsyncSession, software_id: str, key: str) -> str:
    try:
        async with session.begin_nested():
            session.add(SoftwareKey(key=key, software_id=software_id))
            await session.flush()
    except IntegrityError:
        return (await _owners(session, [key]))[key]
    return software_id


async def _owners(session: AsyncSession, keys: Sequence[str]) -> dict[str, str]:
    statement = select(col(SoftwareKey.key), col(SoftwareKey.software_id)).where(
        col(SoftwareKey.key).in_(keys)
    )
    return dict((await session.execute(statement)).all())
