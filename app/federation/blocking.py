"""What is never taken in from peers: kept out when it comes, withdrawn when it is blocked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import absence, blocks, bulk
from app.catalogue.blocks import Block
from app.federation.tables import PeerRecord

BLOCKED = "blocked"
"""Why software goes that nobody but peers spoke of."""


async def block(session: AsyncSession, wanted: Block, *, now: datetime) -> int:
    """Block an address; returns how many records of peers were withdrawn for it."""
    await blocks.put(session, wanted)
    names: dict[str, set[str]] = {}
    for catalog_id, source_id in await blocks.sources_at(session, wanted.url):
        names.setdefault(catalog_id, set()).add(source_id)
    count = 0
    for catalog_id, source_ids in sorted(names.items()):
        of_peers = select(PeerRecord).where(col(PeerRecord.catalog_id) == catalog_id)
        rows = await bulk.among(session, of_peers, col(PeerRecord.source_id), source_ids)
        harvested = {row.source_id for (row,) in rows}
        count += await absence.withdraw(session, catalog_id, harvested, reason=BLOCKED, now=now)
        for (row,) in rows:
            await session.delete(row)
    return count


async def blocked(session: AsyncSession, claimed: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Those of `{source id: the addresses that it claims}` that claim one which is blocked."""
    found = await blocks.blocking(
        session, {each for several in claimed.values() for each in several}
    )
    return frozenset(
        source_id
        for source_id, several in claimed.items()
        if any(address in found for address in several)
    )
