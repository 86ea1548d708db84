"""Whose turn it is, how far a harvest has come, and how it ended.

Who harvests a peer holds it until a time, and holds on while pages come in: nobody else begins
before that time is over. A harvest that was cut off is taken up where its last page was stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import identity
from app.federation.driver import Capabilities, Mode, Task
from app.federation.runs import Count, Run, RunState, of_row
from app.federation.tables import HarvestRun, HarvestState, Peer

LEASE = timedelta(seconds=30)
"""How long a peer is held by who does not say that they still do."""

OVERLAP = timedelta(minutes=10)
"""Between the times that two harvests ask for: clocks differ, and commits take time."""

RECONCILED_EVERY = timedelta(days=7)
REMOVAL = "removal"
"""Holds a peer that is being removed, for ever."""

LISTING_OUTLIVES = timedelta(days=1)
"""After that, a listing that was given up is begun anew."""


class TurnLost(Exception):
    """Somebody else harvests this peer now, or it was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to harvest a peer, and what this harvest is for.

    A full listing goes on since `listing_since`, perhaps by several harvests.
    """

    peer_id: str
    run_id: str
    holder: str
    task: Task
    started_at: datetime
    listing_since: datetime | None


async def waiting(session: AsyncSession, *, now: datetime, limit: int) -> list[str]:
    """The ids of peers whose turn it is and that nobody holds, the longest due first."""
    asked_for = exists().where(
        col(HarvestRun.peer_id) == col(Peer.id),
        col(HarvestRun.state).in_((RunState.QUEUED, RunState.RUNNING)),
    )
    rows = await session.execute(
        select(col(Peer.id))
        .join(HarvestState, col(HarvestState.peer_id) == Peer.id)
        .where(
            or_(asked_for, col(Peer.enabled) & (col(HarvestState.due_at) <= now)),
            or_(col(HarvestState.held_until).is_(None), col(HarvestState.held_until) <= now),
        )
        .order_by(col(HarvestState.due_at), col(Peer.id))
        .limit(limit)
    )
    return list(rows.scalars())


async def take(
    session: AsyncSession, peer_id: str, capabilities: Capabilities, *, now: datetime
) -> Turn | None:
    """Hold the peer, if it is its turn and nobody else holds it, and open its harvest."""
    peer, state = await session.get(Peer, peer_id), await session.get(HarvestState, peer_id)
    if peer is None or state is None or (state.held_until and state.held_until > now):
        return None
    cut_off, asked_for = await _open(session, peer_id)
    row = cut_off or asked_for
    if row is None:
        if not (peer.enabled and state.due_at <= now):
            return None
        row = HarvestRun(
            id=identity.new_id(),
            peer_id=peer_id,
            mode=Mode.INCREMENTAL,
            state=RunState.QUEUED,
            created_at=now,
        )
        session.add(row)
    if row is not cut_off:
        row.mode = _possible(Mode(row.mode), state, capabilities, now)
        row.state, row.started_at = RunState.RUNNING, now
    if row.mode == Mode.FULL and (state.listing_since is None or not _goes_on(state, now)):
        if state.listing_since is None and state.cursor is not None:
            state.before = state.cursor
        state.cursor, state.listing_since, state.began_at = None, now, now
    elif row.mode == Mode.INCREMENTAL:
        state.began_at = state.began_at or now
    state.held_by, state.held_until = identity.new_id(), now + LEASE
    await session.flush()
    return Turn(
        peer_id=peer_id,
        run_id=row.id,
        holder=state.held_by,
        started_at=row.started_at or now,
        listing_since=state.listing_since if row.mode == Mode.FULL else None,
        task=Task(
            mode=Mode(row.mode),
            cursor=None if row.mode == Mode.TARGETED else state.cursor,
            before=state.before if row.mode == Mode.FULL else None,
            since=state.succeeded_at - OVERLAP if state.succeeded_at else None,
            targets=tuple(row.targets),
        ),
    )


async def hold(session: AsyncSession, turn: Turn, *, now: datetime) -> None:
    """Say that the peer is still being harvested. Raises TurnLost if it is not by us."""
    held = await session.execute(
        update(HarvestState)
        .where(col(HarvestState.peer_id) == turn.peer_id, col(HarvestState.held_by) == turn.holder)
        .values(held_until=now + LEASE)
    )
    if not (isinstance(held, CursorResult) and held.rowcount):
        raise TurnLost(turn.peer_id)


async def advance(
    session: AsyncSession, turn: Turn, cursor: str | None, counts: Mapping[Count, int]
) -> None:
    """A page was stored, and the harvest goes on behind it."""
    row = await session.get_one(HarvestRun, turn.run_id)
    row.pages += 1
    row.counts = _added(row.counts, counts)
    if turn.task.mode is not Mode.TARGETED:
        state = await session.get_one(HarvestState, turn.peer_id)
        state.cursor = cursor


async def count(session: AsyncSession, turn: Turn, counts: Mapping[Count, int]) -> None:
    """Something else was stored than a page."""
    row = await session.get_one(HarvestRun, turn.run_id)
    row.counts = _added(row.counts, counts)


async def begin_anew(session: AsyncSession, peer_id: str) -> None:
    """Forget how far we have come; whoever harvests this peer just now loses their turn."""
    await session.execute(
        update(HarvestState)
        .where(col(HarvestState.peer_id) == peer_id)
        .values(
            cursor=None,
            before=None,
            began_at=None,
            listing_since=None,
            listed_at=None,
            succeeded_at=None,
        )
    )
    await session.execute(
        update(HarvestState)
        .where(
            col(HarvestState.peer_id) == peer_id,
            func.coalesce(col(HarvestState.held_by), "") != REMOVAL,
        )
        .values(held_by=None, held_until=None)
    )
    await session.execute(
        update(HarvestRun)
        .where(col(HarvestRun.peer_id) == peer_id, col(HarvestRun.state) == RunState.RUNNING)
        .values(state=RunState.QUEUED)
    )


async def let_go(session: AsyncSession, turn: Turn) -> None:
    """Whoever comes next goes on with this harvest at once."""
    await session.execute(
        update(HarvestState)
        .where(col(HarvestState.peer_id) == turn.peer_id, col(HarvestState.held_by) == turn.holder)
        .values(held_by=None, held_until=None)
    )


async def succeed(
    session: AsyncSession,
    turn: Turn,
    *,
    complete: bool,
    suspicion: str | None = None,
    counts: Mapping[Count, int],
    now: datetime,
) -> Run:
    """The harvest came to its end; with a `suspicion`, a person must look at what is missing."""
    row = await session.get_one(HarvestRun, turn.run_id)
    peer = await session.get_one(Peer, turn.peer_id)
    state = await session.get_one(HarvestState, turn.peer_id)
    row.state = RunState.SUSPICIOUS if suspicion else RunState.SUCCEEDED
    row.complete, row.error, row.finished_at = complete, suspicion, now
    row.counts = _added(row.counts, counts)
    state.failures = 0
    if turn.task.mode is not Mode.TARGETED:
        state.succeeded_at, state.began_at = state.began_at or turn.started_at, None
        state.due_at = now + timedelta(seconds=peer.schedule)
    if turn.task.mode is Mode.FULL:
        state.listed_at, state.listing_since, state.before = turn.listing_since, None, None
    state.held_by = state.held_until = None
    await session.flush()
    return of_row(row)


async def fail(
    session: AsyncSession,
    turn: Turn,
    reason: str,
    *,
    goes_on: bool,
    is_lost: bool,
    pause: timedelta,
    now: datetime,
) -> Run:
    """The harvest broke off for a reason that can be stored, to be tried once more after a pause.

    Unless the next one `goes_on` from where it was, it lists everything from the beginning; if that
    `is_lost`, the peer cannot tell what has gone since either.
    """
    row = await session.get_one(HarvestRun, turn.run_id)
    state = await session.get_one(HarvestState, turn.peer_id)
    row.state, row.error, row.finished_at = RunState.FAILED, reason, now
    state.failures += 1
    if turn.task.mode is not Mode.TARGETED:
        state.due_at = now + pause
    if not goes_on:
        if turn.task.mode is Mode.INCREMENTAL:
            state.before = state.cursor
        state.cursor = state.began_at = state.listing_since = state.listed_at = None
    if is_lost:
        state.before = None
    state.held_by = state.held_until = None
    await session.flush()
    return of_row(row)


async def cursor(session: AsyncSession, peer_id: str) -> str | None:
    """That of the last page that was stored; None while a full listing is under way."""
    state = await session.get(HarvestState, peer_id)
    return state.cursor if state and not state.listing_since else None


async def failures(session: AsyncSession, peer_id: str) -> int:
    """How many harvests of this peer have failed in a row."""
    state = await session.get(HarvestState, peer_id)
    return state.failures if state else 0


async def _open(session: AsyncSession, peer_id: str) -> tuple[HarvestRun | None, HarvestRun | None]:
    """The harvest that was cut off, and the one that was asked for first."""
    rows = await session.execute(
        select(HarvestRun)
        .where(
            col(HarvestRun.peer_id) == peer_id,
            col(HarvestRun.state).in_((RunState.QUEUED, RunState.RUNNING)),
        )
        .order_by(col(HarvestRun.created_at), col(HarvestRun.id))
    )
    found = list(rows.scalars())
    running = next((row for row in found if row.state == RunState.RUNNING), None)
    return running, next((row for row in found if row.state == RunState.QUEUED), None)


def _possible(wanted: Mode, state: HarvestState, capabilities: Capabilities, now: datetime) -> Mode:
    """What is wanted, or more where the driver can do no less, or where it is time for all."""
    if wanted is Mode.TARGETED and capabilities.targeted:
        return wanted
    is_listed = state.listed_at is not None and now - state.listed_at < RECONCILED_EVERY
    if wanted is Mode.FULL or not (capabilities.incremental and is_listed) or state.listing_since:
        return Mode.FULL
    return Mode.INCREMENTAL


def _goes_on(state: HarvestState, now: datetime) -> bool:
    """Whether the listing that was given up can be taken up again."""
    return state.listing_since is not None and now - state.listing_since < LISTING_OUTLIVES


def _added(known: Mapping[str, int], more: Mapping[Count, int]) -> dict[str, int]:
    return {each.value: known.get(each, 0) + more.get(each, 0) for each in Count}
