"""After records have changed: which software there is now, what it is like, and what is logged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import (
    analysis,
    bulk,
    bundles,
    changes,
    events,
    identity,
    overrides,
    parts,
    versions,
    vocabulary,
)
from app.catalogue.entry import ChangeType
from app.catalogue.holdings import Holding, Holdings, store_evidence
from app.catalogue.remake import ENTITY, Remade, make, published_in, remake
from app.catalogue.tables import Record, Software, Tombstone

MERGED = "merged"
"""Why software went whose records are now part of another one."""


async def settle(
    session: AsyncSession, holdings: Holdings, *, now: datetime, reason: str = "removed"
) -> None:
    """Store the records, and make their software anew where it is different.

    What has lost its last record goes, and the tombstone says `reason`.
    """
    had = _catalogs(holdings)
    groups = _grouped(holdings)
    vanished = _vanished(holdings, groups)
    decided = overrides.inherited(holdings.overrides, vanished)
    remade = [
        each
        for id, group in groups.items()
        if (each := _remade(holdings, id, group, decided.get(id, {}), now))
    ]
    await _forget(session, [holding.record for holding in holdings.dropped])
    await _write(session, holdings, remade)
    await _store(session, holdings, groups)
    await _bury(session, vanished, now=now, reason=reason)
    await _forget(session, [holdings.software[id] for id in vanished])
    await parts.write(
        session,
        {each.id: each.rendering for each in remade if each.rendering},
        fresh={each.id for each in remade if each.is_new},
    )
    await _log(session, remade, vanished, had, now)


def _catalogs(holdings: Holdings) -> dict[str, dict[str, bool]]:
    """`{software id: {catalogue that has it: whether it publishes it}}`, before anything is settled."""
    had: dict[str, list[tuple[str, bool]]] = {}
    for holding in (*holdings.held.values(), *holdings.dropped):
        known = had.setdefault(holding.record.software_id, [])
        known.append((holding.record.catalog_id, holding.was_published))
    return {id: published_in(records) for id, records in had.items()}


def _grouped(holdings: Holdings) -> dict[str, list[Holding]]:
    """`{software id: what is said about it}`."""
    keys = {id: holding.keys for id, holding in holdings.held.items()}
    records = [holding.record for holding in holdings.held.values()]
    groups = identity.partition(keys, records, holdings.software)
    return {id: [holdings.held[record.id] for record in group] for id, group in groups.items()}


def _vanished(holdings: Holdings, groups: Mapping[str, Sequence[Holding]]) -> dict[str, str | None]:
    """`{id of software that goes: its successor, if it is merged}`."""
    homes = {
        holding.record.own_software_id: software_id
        for software_id, group in groups.items()
        for holding in group
    }
    return {id: homes.get(id) for id in holdings.software if id not in groups}


def _remade(
    holdings: Holdings,
    id: str,
    group: Sequence[Holding],
    decided: Mapping[str, Any],
    now: datetime,
) -> Remade | None:
    if id in holdings.software:
        return remake(holdings.software[id], group, decided, now)
    if all(each.is_new for each in group):
        return make(id, group, decided, ChangeType.CREATE, since=now, now=now)
    [founder] = (each.record for each in group if each.record.own_software_id == id)
    return make(id, group, decided, ChangeType.SPLIT, since=founder.own_since, now=now)


async def _write(session: AsyncSession, holdings: Holdings, remade: Sequence[Remade]) -> None:
    """Write the rows of software. What was merged once and is back has no tombstone any more."""
    made = [each for each in remade if each.is_new]
    await bulk.add(session, Software, [{"id": each.id, **each.columns} for each in made])
    back = [each.id for each in made if each.kind is ChangeType.SPLIT]
    await bulk.remove(session, Tombstone, col(Tombstone.software_id), back)
    for each in remade:
        if not each.is_new:
            row = holdings.software[each.id]
            for name, value in each.columns.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)


async def _store(
    session: AsyncSession, holdings: Holdings, groups: Mapping[str, Sequence[Holding]]
) -> None:
    """Write the records; their software is there already."""
    moved: dict[str, list[str]] = {}
    for software_id, group in groups.items():
        for holding in group:
            record = holding.record
            if not holding.is_new and record.software_id != software_id:
                moved.setdefault(software_id, []).append(record.own_software_id)
            record.software_id = software_id
    await session.flush()
    made = [holding.record for holding in holdings.held.values() if holding.is_new]
    await bulk.add(session, Record, [bulk.row(record) for record in made])
    await versions.keep(session, holdings.outdated)
    await store_evidence(session, holdings.held.values())
    for software_id, ids in moved.items():
        await session.execute(
            update(Tombstone)
            .where(col(Tombstone.software_id).in_(ids))
            .values(successor=software_id)
        )


async def _forget(session: AsyncSession, rows: Sequence[Record] | Sequence[Software]) -> None:
    """Delete these rows, before others take over what is unique."""
    for row in rows:
        session.expunge(row)
    with session.no_autoflush:
        for table in {type(row) for row in rows}:
            await bulk.remove(session, table, col(table.id), [row.id for row in rows])


async def _bury(
    session: AsyncSession, vanished: Mapping[str, str | None], *, now: datetime, reason: str
) -> None:
    session.add_all(
        Tombstone(
            software_id=id,
            reason=MERGED if successor else reason,
            successor=successor,
            at=now,
        )
        for id, successor in vanished.items()
    )
    await bundles.replace_members(session, vanished, now=now)
    await overrides.pass_on(session, vanished)
    await vocabulary.forget(session, vanished)
    deleted = [id for id, successor in vanished.items() if not successor]
    await analysis.forget(session, ENTITY, deleted)


async def _log(
    session: AsyncSession,
    remade: Sequence[Remade],
    vanished: Mapping[str, str | None],
    had: Mapping[str, Mapping[str, bool]],
    now: datetime,
) -> None:
    """Note what was done; it concerns the catalogues that have the software, and those that `had`.

    Events tell of it as it is published.
    """
    deeds = [
        *((each.kind, each.id, each.columns["updated_at"]) for each in remade),
        *(
            (ChangeType.MERGE if successor else ChangeType.DELETE, id, now)
            for id, successor in vanished.items()
        ),
    ]
    made = {each.id: each for each in remade}
    told: list[tuple[ChangeType, str, datetime]] = []
    for kind, id, at in deeds:
        each = made.get(id)
        before, after = had.get(id, {}), each.catalogs if each else {}
        published = _published(kind, before, after)
        changes.append(
            session,
            kind,
            id,
            catalog_ids={*before, *after},
            published=published,
            revision=each.columns["revision"] if each else None,
            now=at,
        )
        if published.type:
            told.append((published.type, id, at))
    await events.record_all(session, ENTITY, told)


def _published(
    kind: ChangeType, before: Mapping[str, bool], after: Mapping[str, bool]
) -> changes.Published:
    """The change for those who do not follow the index tier: from there software comes and goes."""
    was, now = any(before.values()), any(after.values())
    type: ChangeType | None = kind
    if not (was or now):
        type = None
    elif now and not was and kind is not ChangeType.SPLIT:
        type = ChangeType.CREATE
    elif was and after and not now:
        type = ChangeType.DELETE
    places = {id for each in (before, after) for id, is_published in each.items() if is_published}
    return changes.Published(type, frozenset(places))
