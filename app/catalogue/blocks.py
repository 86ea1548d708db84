"""Addresses of which nothing is taken in from others: of a repository, an owner, or a whole host.

An address stands for all that lies at or below it. Whoever is trusted to write here directly may
still do so.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.errors import BlockNotFound
from app.catalogue.tables import Block as Row
from app.catalogue.tables import Record, SoftwareUrl
from app.publiccode import urls

DEEPEST = 20
"""Parts of the longest path that is looked at."""


@dataclass(frozen=True, slots=True)
class Block:
    """An address, and who blocked it when and why."""

    url: str
    reason: str
    author: str | None
    at: datetime


async def listing(session: AsyncSession) -> list[Block]:
    """All of them, by address."""
    rows = await session.execute(select(Row).order_by(col(Row.key)))
    return [_block(row) for row in rows.scalars()]


async def put(session: AsyncSession, block: Block) -> None:
    """Block an address, in place of an earlier block of the same one."""
    key = urls.key(block.url)
    await session.merge(
        Row(key=key, url=block.url, reason=block.reason, author=block.author, at=block.at)
    )
    await session.flush()


async def lift(session: AsyncSession, url: str) -> None:
    """Block this address no more. Raises BlockNotFound."""
    row = await session.get(Row, urls.key(url))
    if row is None:
        raise BlockNotFound(url)
    await session.delete(row)
    await session.flush()


async def blocking(session: AsyncSession, addresses: Collection[str]) -> dict[str, Block]:
    """`{address: its block}` of those that are blocked."""
    places = {address: list(_places(urls.key(address))) for address in addresses}
    wanted = {place for several in places.values() for place in several}
    found = {
        row.key: _block(row)
        for (row,) in await bulk.among(session, select(Row), col(Row.key), wanted)
    }
    return {
        address: found[place]
        for address, several in places.items()
        for place in several
        if place in found
    }


async def sources_at(session: AsyncSession, url: str) -> list[tuple[str, str]]:
    """The catalogues and source ids of records that have an address at or below this one."""
    key = urls.key(url)
    below = f"{key}/"
    statement = (
        select(col(Record.catalog_id), col(Record.source_id))
        .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
        .where(
            or_(
                col(SoftwareUrl.key) == key,
                # Not LIKE, which on SQLite takes capitals for small letters.
                func.substr(col(SoftwareUrl.key), 1, len(below)) == below,
            )
        )
        .distinct()
    )
    rows = await session.execute(statement)
    return sorted((catalog_id, source_id) for catalog_id, source_id in rows)


def _places(key: str) -> Iterator[str]:
    """`h/a/b` lies at `h`, `h/a` and `h/a/b`."""
    parts = key.split("/")
    if len(parts) > DEEPEST:
        yield key
    yield from accumulate(parts[:DEEPEST], "{}/{}".format)


def _block(row: Row) -> Block:
    return Block(row.url, row.reason, row.author, row.at)
