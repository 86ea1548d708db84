"""What a complete listing did not have: missed once, then withdrawn, unless it is too much.

A peer that answers with half of what it has looks like one that has lost the rest. So nothing goes
that only one listing did not have, and no large part of a peer before a person has said so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogue import absence, bulk
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import peers, runs, storing
from app.federation.errors import NothingToConfirm
from app.federation.peers import Followed
from app.federation.runs import Run, RunState
from app.federation.tables import PeerRecord

LARGE_PART = 0.2
FEW = 5
WITHDRAWN_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Absent:
    """What a listing did not have, as (catalogue, source): for the first time, or once too often.

    What is lost and `never_stored` has nothing to lose.
    """

    missing: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]
    never_stored: tuple[tuple[str, str], ...]
    of: int
    """How much the peer has told us in all."""

    @property
    def suspicion(self) -> str | None:
        """Why a person should look at it first."""
        if len(self.lost) <= max(FEW, LARGE_PART * self.of):
            return None
        return f"{len(self.lost)} of {self.of} records would go; confirm it if they are gone."


async def absent(session: AsyncSession, peer_id: str, *, since: datetime) -> Absent:
    """What the peer did not speak of since a complete listing began."""
    of_peer = col(PeerRecord.peer_id) == peer_id
    names = (col(PeerRecord.catalog_id), col(PeerRecord.source_id))
    total = await session.execute(select(func.count(distinct(names[1]))).where(of_peer))
    rows = await session.execute(
        select(*names)
        .where(of_peer)
        .group_by(*names)
        .having(func.max(col(PeerRecord.seen_at)) < since)
        .order_by(*names)
    )
    found: dict[int | None, list[tuple[str, str]]] = {}
    for catalog_id, unseen in _by_catalog([(home, name) for home, name in rows]):
        missed = await absence.listings_missed(session, catalog_id, unseen)
        for name in unseen:
            before = missed.get(name)
            found.setdefault(before and 1, []).append((catalog_id, name))
    first, again, never = (tuple(found.get(each, ())) for each in (0, 1, None))
    return Absent(first, again, never, total.scalar_one())


async def withdraw(
    database: Database,
    peer: Followed,
    lost: Sequence[tuple[str, str]],
    *,
    since: datetime,
    now: datetime,
) -> int:
    """Withdraw what is lost, some at a time; returns how many records there were.

    What the peer has spoken of again meanwhile is not lost.
    """
    count = 0
    for start in range(0, len(lost), WITHDRAWN_AT_ONCE):
        async with transaction(database) as session:
            names = [name for _, name in lost[start : start + WITHDRAWN_AT_ONCE]]
            rows = await bulk.among(
                session,
                select(PeerRecord).where(col(PeerRecord.peer_id) == peer.id).with_for_update(),
                col(PeerRecord.source_id),
                names,
            )
            back = {row.source_id for (row,) in rows if row.seen_at >= since}
            going = [row for (row,) in rows if row.source_id not in back]
            count += await storing.withdraw(session, peer, going, now=now)
            for row in going:
                await session.delete(row)
    return count


async def note(
    session: AsyncSession,
    peer_id: str,
    missing: Sequence[tuple[str, str]],
    *,
    since: datetime,
    now: datetime,
) -> None:
    """Say of what is missing that it was missed, and forget groups that were not told of any more."""
    for catalog_id, names in _by_catalog(missing):
        await absence.note(session, catalog_id, names, now=now)
    elsewhere = aliased(PeerRecord)
    await session.execute(
        delete(PeerRecord).where(
            col(PeerRecord.peer_id) == peer_id,
            col(PeerRecord.seen_at) < since,
            select(elsewhere)
            .where(
                col(elsewhere.peer_id) == peer_id,
                col(elsewhere.source_id) == col(PeerRecord.source_id),
                col(elsewhere.seen_at) >= since,
            )
            .exists(),
        ),
        execution_options={"synchronize_session": False},
    )


async def confirm(database: Database, peer_id: str, run_id: str, *, now: datetime) -> Run:
    """Withdraw what a suspicious harvest of this peer has kept: a person says that it is gone.

    Raises RunNotFound, and NothingToConfirm unless it is the last complete one.
    """
    async with reading(database) as session:
        run = await runs.get(session, peer_id, run_id)
        peer = await peers.get(session, peer_id)
        since = peer.standing.listed_at
        is_last = await runs.last_complete(session, peer_id) == run_id
        if run.state is not RunState.SUSPICIOUS or not is_last or since is None:
            raise NothingToConfirm(run_id)
        found = await absent(session, peer_id, since=since)
    going = found.lost + found.never_stored
    gone = await withdraw(database, peer, going, since=since, now=now)
    async with transaction(database) as session:
        return await runs.confirmed(session, run_id, withdrawn=gone)


def _by_catalog(names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Of names in the order of their catalogues."""
    for catalog_id, group in groupby(names, key=itemgetter(0)):
        yield catalog_id, [name for _, name in group]
