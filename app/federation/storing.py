"""What becomes of what came of a peer: written, left alone, set aside, or withdrawn."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import absence, bulk, catalogs, records
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import Identifier, Outcome, Provenance, Scheme
from app.federation.arrivals import LONGEST_WAY, Arrival, Arrived
from app.federation.blocking import blocked
from app.federation.names import clean, storable
from app.federation.peers import Followed
from app.federation.runs import Count
from app.federation.tables import PeerCatalog, PeerRecord
from app.ingest import known
from app.ingest.submission import (
    MOST_ALIASES,
    URL_TAKEN,
    Source,
    Submission,
    declared_url,
    set_aside,
    submit_all,
)
from app.publiccode import Report
from app.publiccode.fingerprint import fingerprint

MOST_ORIGINS = 1000
"""Catalogues for which one peer may speak: each has one of ours."""

MOST_IDENTIFIERS = 100
"""Of one record, the first ones; every reader of the software is told of all."""

UNPLACED = "origins-exceeded"
"""Why a record waits in quarantine whose peer speaks for more than that."""

WITHDRAWN = "withdrawn"
"""Why software goes of which its last source does not speak any more."""

SCHEMES = frozenset(Scheme)
COUNTED: Mapping[Outcome, Count] = {
    Outcome.CREATED: Count.CREATED,
    Outcome.UPDATED: Count.UPDATED,
    Outcome.UNCHANGED: Count.UNCHANGED,
    Outcome.QUARANTINED: Count.QUARANTINED,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a page. What was `crowded_out` has an address that another record holds, perhaps
    only until the peer tells of that one."""

    counts: Counter[Count]
    crowded_out: tuple[Arrival, ...]


async def store(
    session: AsyncSession, peer: Followed, arrived: Arrived, *, major: int, now: datetime
) -> Stored:
    """Write what came, and withdraw what is told of no more."""
    arrived = await _let_in(session, arrived)
    counts = arrived.counts.copy()
    told = await _told(session, peer, arrived)
    held = {row.source_id: row.catalog_id for row in told}
    counts[Count.WITHDRAWN] += await _withdraw(session, peer, arrived, told, now)
    homes, homeless = await _homes(session, peer, arrived, now)
    heard = await _unless_better(session, arrived, told)
    submissions, waiting = [], []
    for arrival, report in heard:
        submission = replace(
            _submission(peer, homes[arrival.source_id], arrival, report, major),
            rendering=arrived.renderings.get(arrival.source_id) if report else None,
        )
        if fault := UNPLACED if arrival.source_id in homeless else arrival.record.fault:
            waiting.append((submission, fault))
        else:
            submissions.append((submission, arrival))
    crowded_out = []
    for submitted, (_, arrival) in zip(
        await submit_all(session, [each for each, _ in submissions], now=now),
        submissions,
        strict=True,
    ):
        counts[COUNTED[submitted.outcome]] += 1
        if submitted.reason == URL_TAKEN:
            crowded_out.append(arrival)
    await set_aside(session, waiting, now=now)
    counts[Count.QUARANTINED] += len(waiting)
    counts[Count.UNPLACED] += sum(fault == UNPLACED for _, fault in waiting)
    await _move(session, told, {each.source_id: homes[each.source_id] for each, _ in heard}, now)
    await _find(session, told, arrived, {each.source_id for each, _ in heard})
    counts[Count.UNCHANGED] += len(arrived.arrivals) - len(heard)
    await _remember(session, peer, arrived, held | homes, told, now)
    return Stored(counts, tuple(crowded_out))


async def _let_in(session: AsyncSession, arrived: Arrived) -> Arrived:
    """What came without what is blocked, which is as good as gone."""
    kept_out = await blocked(
        session, {each.source_id: _claimed(each, report) for each, report in arrived.arrivals}
    )
    if not kept_out:
        return arrived
    return replace(
        arrived,
        arrivals=tuple(each for each in arrived.arrivals if each[0].source_id not in kept_out),
        gone=arrived.gone | kept_out,
        counts=arrived.counts + Counter({Count.DROPPED: len(kept_out)}),
    )


def _claimed(arrival: Arrival, report: Report | None) -> list[str]:
    """All addresses under which it would be known."""
    record = arrival.record
    declared = declared_url(report) if report else None
    return [clean(each) for each in (record.url, *record.aliases, declared) if each]


async def _move(
    session: AsyncSession, told: Iterable[PeerRecord], homes: Mapping[str, str], now: datetime
) -> None:
    """Withdraw what another catalogue said until now: the peer says that it was never its word."""
    left: dict[str, set[str]] = {}
    for row in told:
        home = homes.get(row.source_id, row.catalog_id)
        if row.catalog_id != home:
            left.setdefault(row.catalog_id, set()).add(row.source_id)
            row.catalog_id = home
    for catalog_id, names in sorted(left.items()):
        await absence.withdraw(session, catalog_id, names, reason=WITHDRAWN, now=now)


async def _find(
    session: AsyncSession, told: Iterable[PeerRecord], arrived: Arrived, heard: Collection[str]
) -> None:
    """Note of what only is still there that it is; of what was heard, that goes without saying."""
    here = arrived.here
    found: dict[str, set[str]] = {}
    for row in told:
        if (row.source_id, row.group) in here and row.source_id not in heard:
            found.setdefault(row.catalog_id, set()).add(row.source_id)
    for catalog_id, names in sorted(found.items()):
        await absence.deny(session, catalog_id, names)


async def _remember(
    session: AsyncSession,
    peer: Followed,
    arrived: Arrived,
    homes: Mapping[str, str],
    told: Iterable[PeerRecord],
    now: datetime,
) -> None:
    """Note in which groups the peer has told of what, and that it was now."""
    here = arrived.here
    known = here & {(row.source_id, row.group) for row in told}
    for some in bulk.portions(sorted(known)):
        seen = update(PeerRecord).where(
            col(PeerRecord.peer_id) == peer.id,
            tuple_(col(PeerRecord.source_id), col(PeerRecord.group)).in_(some),
        )
        await session.execute(
            seen.values(seen_at=now, left_at=None), execution_options={"synchronize_session": False}
        )
    await bulk.add(
        session,
        PeerRecord,
        [
            {
                "peer_id": peer.id,
                "source_id": source_id,
                "group": group,
                "catalog_id": homes[source_id],
                "seen_at": now,
            }
            for source_id, group in sorted(here - known)
            if source_id in homes
        ],
    )


async def _told(session: AsyncSession, peer: Followed, arrived: Arrived) -> list[PeerRecord]:
    """What we have of this peer under these names, and in these groups."""
    of_peer = select(PeerRecord).where(col(PeerRecord.peer_id) == peer.id)
    names = arrived.gone | {source_id for source_id, _ in arrived.here}
    in_groups = await bulk.among(session, of_peer, col(PeerRecord.group), arrived.groups)
    left = {row.source_id for (row,) in in_groups}
    named = await bulk.among(session, of_peer, col(PeerRecord.source_id), names | left)
    return [row for (row,) in named]


async def _withdraw(
    session: AsyncSession,
    peer: Followed,
    arrived: Arrived,
    told: list[PeerRecord],
    now: datetime,
) -> int:
    """Forget what is gone, and note what has left its group for none; returns how much is gone."""
    here = arrived.here
    heard = {source_id for source_id, _ in here}

    def is_over(row: PeerRecord) -> bool:
        may_leave = row.group in arrived.groups or row.left_at
        has_left = may_leave and (row.source_id, row.group) not in here
        return row.source_id in arrived.gone or bool(has_left)

    over = [row for row in told if is_over(row)]
    told[:] = [row for row in told if not is_over(row)]
    stays = {row.source_id for row in told} | heard
    for row in over:
        if row.source_id in stays or row.source_id in arrived.gone:
            await session.delete(row)
        else:
            row.left_at = row.left_at or now
    gone = [row for row in over if row.source_id in arrived.gone - stays]
    return await withdraw(session, peer, gone, now=now)


async def withdraw(
    session: AsyncSession, peer: Followed, rows: Collection[PeerRecord], *, now: datetime
) -> int:
    """Withdraw these records of a peer; returns how many there were.

    What others have heard of them through this peer goes as well: they cannot know better.
    """
    count = 0
    for catalog_id in sorted({row.catalog_id for row in rows}):
        names = {row.source_id for row in rows if row.catalog_id == catalog_id}
        passed_on = await records.passed_on(session, catalog_id, names, by=peer.uri)
        count += await absence.withdraw(session, catalog_id, names, reason=WITHDRAWN, now=now)
        for elsewhere, copies in passed_on.items():
            await absence.withdraw(session, elsewhere, copies, reason=WITHDRAWN, now=now)
    return count


async def _unless_better(
    session: AsyncSession, arrived: Arrived, told: Sequence[PeerRecord]
) -> list[tuple[Arrival, Report | None]]:
    """What arrived, but for what another group tells by a shorter way."""
    elsewhere: dict[str, str] = {}
    groups = {arrival.source_id: arrival.group for arrival, _ in arrived.arrivals}
    for row in told:
        if groups.get(row.source_id, row.group) != row.group:
            elsewhere[row.source_id] = row.catalog_id
    ways: dict[str, int] = {}
    for catalog_id in sorted(set(elsewhere.values())):
        names = [name for name, home in elsewhere.items() if home == catalog_id]
        ways |= await records.ways(session, catalog_id, names)
    return [
        (arrival, report)
        for arrival, report in arrived.arrivals
        if len(arrival.via) <= ways.get(arrival.source_id, LONGEST_WAY)
    ]


async def _homes(
    session: AsyncSession, peer: Followed, arrived: Arrived, now: datetime
) -> tuple[dict[str, str], set[str]]:
    """`{source id: the catalogue of ours that holds it}`, made if it is not there yet; and for whom
    none is made any more: they wait in that of the peer.
    """
    origins = {each.source_id: _home(peer, each) for each, _ in arrived.arrivals}
    rows = await bulk.among(
        session,
        select(PeerCatalog).where(col(PeerCatalog.peer_id) == peer.id),
        col(PeerCatalog.origin),
        set(origins.values()),
    )
    homes = {row.origin: row.catalog_id for (row,) in rows} | {peer.uri: peer.catalog_id}
    new = sorted(set(origins.values()) - set(homes))
    room = MOST_ORIGINS - await _number_of_origins(session, peer) if new else 0
    for origin in new[: max(room, 0)]:
        made = await catalogs.create(session, CatalogDraft(name=origin[:255]), now=now)
        homes[origin] = made.id
        session.add(PeerCatalog(peer_id=peer.id, origin=origin, catalog_id=made.id))
    await session.flush()
    return (
        {source_id: homes.get(origin, peer.catalog_id) for source_id, origin in origins.items()},
        {source_id for source_id, origin in origins.items() if origin not in homes},
    )


async def _number_of_origins(session: AsyncSession, peer: Followed) -> int:
    found = await session.execute(select(func.count()).where(col(PeerCatalog.peer_id) == peer.id))
    return found.scalar_one()


def _home(peer: Followed, arrival: Arrival) -> str:
    """The catalogue that said it, as far as two of them could speak of the same address."""
    return arrival.origin.catalog if arrival.origin else peer.uri


def _submission(
    peer: Followed, catalog_id: str, arrival: Arrival, report: Report | None, major: int
) -> Submission:
    record = arrival.record
    url = None if record.url is None else clean(record.url)
    provenance = Provenance(
        origin_catalog=arrival.origin.catalog if arrival.origin else None,
        origin_id=arrival.origin.record_id if arrival.origin else None,
        via=arrival.via,
        priority=peer.trust.weight + peer.priority,
        modified=record.modified,
        fork=record.fork,
        identifiers=tuple(
            Identifier(Scheme(scheme), storable(value))
            for scheme, value in record.identifiers[:MOST_IDENTIFIERS]
            if scheme in SCHEMES
        ),
    )
    source = Source(catalog_id, arrival.source_id, provenance=provenance)
    if report is not None and record.text is not None:
        made = Submission(source, record.text, report, url, checked=fingerprint(major))
    elif record.known is not None:
        made = known.submission(source, record.known, url)
    else:
        raise ValueError(f"{arrival.source_id} says nothing.")
    return replace(
        made,
        aliases=tuple(map(clean, record.aliases[:MOST_ALIASES])),
        active=record.active,
        vitality=None if record.vitality is None else clean(record.vitality),
    )
