"""What people have decided about single fields of software: it stands above all that records say.

It stays through every harvest, until it ends or is taken back; with the software, it is merged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, documents
from app.catalogue.tables import Override
from app.publiccode import Description


@dataclass(frozen=True, slots=True)
class Decision:
    """The value of a field, who decided it and why, and when that ends."""

    path: str
    value: Any
    author: str | None
    reason: str
    until: datetime | None
    at: datetime


async def of(session: AsyncSession, software_id: str) -> list[Decision]:
    """What was decided about this software, by path."""
    rows = await session.execute(
        select(Override)
        .where(col(Override.software_id) == software_id)
        .order_by(col(Override.path))
    )
    return [
        Decision(row.path, orjson.loads(row.value), row.author, row.reason, row.until, row.at)
        for row in rows.scalars()
    ]


async def values(session: AsyncSession, software_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`{software id: {path: value}}` of those about which anything was decided."""
    columns = select(col(Override.software_id), col(Override.path), col(Override.value))
    found: dict[str, dict[str, Any]] = {}
    for software_id, path, value in await bulk.among(
        session, columns, col(Override.software_id), software_ids
    ):
        found.setdefault(software_id, {})[path] = orjson.loads(value)
    return found


async def keep(session: AsyncSession, software_id: str, decision: Decision) -> None:
    """Store a decision, in place of an earlier one about the same field."""
    await forget(session, software_id, decision.path)
    row = {
        "software_id": software_id,
        "path": decision.path,
        "value": documents.json_text(decision.value),
        "author": decision.author,
        "reason": decision.reason,
        "until": decision.until,
        "at": decision.at,
    }
    await bulk.add(session, Override, [row])


async def forget(session: AsyncSession, software_id: str, path: str) -> bool:
    """Take a decision back; returns whether there was one."""
    row = await session.get(Override, (software_id, path))
    if row is None:
        return False
    await session.delete(row)
    await session.flush()
    return True


async def forget_ended(session: AsyncSession, now: datetime) -> list[str]:
    """Forget the decisions that have ended; returns the ids of their software."""
    rows = await session.execute(select(Override).where(col(Override.until) <= now))
    ended = rows.scalars().all()
    for row in ended:
        await session.delete(row)
    await session.flush()
    return sorted({row.software_id for row in ended})


async def pass_on(session: AsyncSession, gone: Mapping[str, str | None]) -> None:
    """Give `{software that is about to go: its successor}` what was decided, unless it has its own."""
    rows = await bulk.among(
        session, select(Override), col(Override.software_id), [*gone, *filter(None, gone.values())]
    )
    known = {(row.software_id, row.path): row for (row,) in rows}
    for (software_id, path), row in sorted(known.items()):
        successor = gone.get(software_id)
        if successor and (successor, path) not in known:
            columns = row.model_dump(exclude={"software_id"})
            known[successor, path] = Override(software_id=successor, **columns)
            session.add(known[successor, path])
        if software_id in gone:
            session.expunge(row)
    await session.flush()


def inherited(
    decided: Mapping[str, Mapping[str, Any]], gone: Mapping[str, str | None]
) -> dict[str, Mapping[str, Any]]:
    """As `pass_on`, of `{software id: {path: value}}`."""
    found = dict(decided)
    for software_id, successor in sorted(gone.items()):
        if successor and software_id in decided:
            found[successor] = {**decided[software_id], **found.get(successor, {})}
    return found


def overridden(description: Description, decided: Mapping[str, Any]) -> Description:
    """The description with these values, by their paths."""
    return Description.from_json(changed(description.to_json(), decided))


def changed(wire: Mapping[str, Any], decided: Mapping[str, Any]) -> dict[str, Any]:
    """JSON with these values, by their paths."""
    found = dict(wire)
    for path, value in decided.items():
        *sections, name = path.split(".")
        section = found
        for each in sections:
            section[each] = section = dict(section.get(each, {}))
        section[name] = value
    return found
