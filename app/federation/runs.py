"""Harvests as people see them: asked for, under way, or over; and what each brought."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import identity
from app.catalogue.listing import page_of
from app.federation.driver import Mode
from app.federation.errors import PeerNotFound, RunNotFound
from app.federation.tables import HarvestRun, Peer
from app.pagination import Page, PageRequest

MOST_TARGETS = 1000
"""Of one harvest; who wants more gets everything."""


class RunState(StrEnum):
    """Where a harvest is. One that is suspicious would have removed so much that a person must say so."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUSPICIOUS = "suspicious_shrink"


class Count(StrEnum):
    """What became of the records that a peer told of, and of those that it did not.

    Those that are ours, or came by too long a way, are `dropped`; what has no file is `skipped`. Of the
    `quarantined`, the `unplaced` are of more catalogues than one peer may speak for.
    """

    SEEN = "seen"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    UNPLACED = "unplaced"
    DROPPED = "dropped"
    SKIPPED = "skipped"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One harvest of a peer; `complete` says that everything was listed."""

    id: str
    peer_id: str
    mode: Mode
    state: RunState
    targets: tuple[str, ...]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    complete: bool
    pages: int
    counts: Mapping[Count, int]
    error: str | None


async def get(session: AsyncSession, peer_id: str, id: str) -> Run:
    """One harvest of this peer. Raises RunNotFound."""
    row = await session.get(HarvestRun, id)
    if row is None or row.peer_id != peer_id:
        raise RunNotFound(id)
    return of_row(row)


async def listing(session: AsyncSession, peer_id: str, page: PageRequest) -> Page[Run]:
    """The harvests of a peer, newest first. Raises PeerNotFound."""
    if await session.get(Peer, peer_id) is None:
        raise PeerNotFound(peer_id)
    place = (col(HarvestRun.created_at), col(HarvestRun.id))
    statement = select(HarvestRun, *place).where(col(HarvestRun.peer_id) == peer_id)
    found = await page_of(session, statement, place, page, newest_first=True)
    return replace(found, items=[of_row(row.HarvestRun) for row in found.items])


async def ask_for(
    session: AsyncSession,
    peer_id: str,
    mode: Mode,
    *,
    targets: Collection[str] = (),
    now: datetime,
) -> Run:
    """Line up a harvest, to begin as soon as the peer is free; `targets` are those of a targeted one.

    What is lined up already takes them in, or stands for another like it. Raises PeerNotFound.
    """
    if await session.get(Peer, peer_id) is None:
        raise PeerNotFound(peer_id)
    waiting = await session.execute(
        select(HarvestRun).where(
            col(HarvestRun.peer_id) == peer_id,
            col(HarvestRun.state) == RunState.QUEUED,
            col(HarvestRun.mode) == mode,
        )
    )
    row = waiting.scalars().first() or HarvestRun(
        id=identity.new_id(), peer_id=peer_id, mode=mode, state=RunState.QUEUED, created_at=now
    )
    row.targets = sorted({*row.targets, *targets})
    if len(row.targets) > MOST_TARGETS:
        row.mode, row.targets = Mode.FULL, []
    session.add(row)
    await session.flush()
    return of_row(row)


async def last_complete(session: AsyncSession, peer_id: str) -> str | None:
    """The id of the last harvest of this peer that listed everything."""
    found = await session.execute(
        select(col(HarvestRun.id))
        .where(col(HarvestRun.peer_id) == peer_id, col(HarvestRun.complete))
        .order_by(col(HarvestRun.finished_at).desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def confirmed(session: AsyncSession, id: str, *, withdrawn: int) -> Run:
    """A person has said that all is well with this harvest; so much went because of that."""
    row = await session.get_one(HarvestRun, id)
    row.state, row.error = RunState.SUCCEEDED, None
    row.counts = {**row.counts, Count.WITHDRAWN: row.counts[Count.WITHDRAWN] + withdrawn}
    return of_row(row)


async def prune(session: AsyncSession, *, before: datetime) -> None:
    """Forget harvests that were over before this time."""
    await session.execute(delete(HarvestRun).where(col(HarvestRun.finished_at) < before))


def of_row(row: HarvestRun) -> Run:
    """The same as a value."""
    return Run(
        id=row.id,
        peer_id=row.peer_id,
        mode=Mode(row.mode),
        state=RunState(row.state),
        targets=tuple(row.targets),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        complete=row.complete,
        pages=row.pages,
        counts={each: row.counts.get(each, 0) for each in Count},
        error=row.error,
    )
