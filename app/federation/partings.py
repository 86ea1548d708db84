"""What has left its group in a peer: withdrawn at the end of the harvest, unless it is in another one.

A peer tells of both groups, but perhaps on two pages. What goes over to another group stays what it was.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.federation import storing
from app.federation.peers import Followed
from app.federation.tables import PeerRecord

AT_ONCE = 200


async def some(session: AsyncSession, peer_id: str) -> list[PeerRecord]:
    """Some of what is in no group now, if anything is."""
    rows = await session.execute(
        select(PeerRecord)
        .where(col(PeerRecord.peer_id) == peer_id, col(PeerRecord.left_at).is_not(None))
        .order_by(col(PeerRecord.source_id), col(PeerRecord.group))
        .limit(AT_ONCE)
    )
    return list(rows.scalars())


async def withdraw(
    session: AsyncSession, peer: Followed, parted: list[PeerRecord], *, now: datetime
) -> int:
    """Withdraw these, unless they are in another group after all; returns how many there were."""
    held = await session.execute(
        select(col(PeerRecord.source_id)).where(
            col(PeerRecord.peer_id) == peer.id,
            col(PeerRecord.source_id).in_({row.source_id for row in parted}),
            col(PeerRecord.left_at).is_(None),
        )
    )
    stays = set(held.scalars())
    for row in parted:
        await session.delete(row)
    going = [row for row in parted if row.source_id not in stays]
    return await storing.withdraw(session, peer, going, now=now)
