"""The public log of changes: append-only, numbered without gaps in the order of commits.

Numbers come from one counter row, taken last before the commit and held until it. A database's
own sequences would leave gaps and become visible out of order, and a reader who has seen N could
then miss what was N - 1.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogue.entry import ChangeType, LastChange, LoggedChange
from app.catalogue.tables import Change, ChangeHead, Software
from app.head import Head

SOFTWARE = "software"
"""The entity that most changes are about."""

_PENDING = "changes waiting for their number"


def append(
    session: AsyncSession,
    type: ChangeType,
    entity_id: str,
    *,
    entity: str = SOFTWARE,
    revision: str | None,
    now: datetime,
) -> None:
    """Note a change; `number` gives it its place in the log when the transaction ends."""
    pending: list[dict[str, Any]] = session.info.setdefault(_PENDING, [])
    pending.append(
        {
            "entity": entity,
            "entity_id": entity_id,
            "type": type.value,
            "at": now,
            "revision": revision,
        }
    )


async def number(session: AsyncSession) -> Head | None:
    """Give the noted changes their numbers; returns the head that there is after the commit.

    None where nothing was noted. Nothing but the commit may follow.
    """
    await session.flush()
    pending = session.info.pop(_PENDING, [])
    if not pending:
        return None
    statement = (
        update(ChangeHead)
        .values(sequence=ChangeHead.sequence + len(pending))
        .returning(col(ChangeHead.sequence), col(ChangeHead.epoch))
    )
    last, epoch = (await session.execute(statement)).one()
    first = last - len(pending) + 1
    session.add_all(
        Change(sequence=sequence, **change) for sequence, change in enumerate(pending, first)
    )
    await session.flush()
    return Head(last, epoch)


async def head(session: AsyncSession) -> Head:
    """The highest number given out: the catalogue's revision."""
    row = (await session.execute(select(ChangeHead))).scalar_one()
    return Head(row.sequence, row.epoch)


async def since(session: AsyncSession, sequence: int, limit: int) -> list[LoggedChange]:
    """Changes of software after `sequence`, oldest first, at most `limit`.

    Each comes with the software as it is now, which may be newer than the change: whoever applies
    them in order ends with the state at the last one, and never with an older one.
    """
    statement = (
        select(Change, col(Software.document))
        .outerjoin(Software, col(Software.id) == Change.entity_id)
        .where(col(Change.sequence) > sequence, col(Change.entity) == SOFTWARE)
        .order_by(col(Change.sequence))
        .limit(limit)
    )
    return [
        LoggedChange(
            sequence=change.sequence,
            entity=change.entity,
            entity_id=change.entity_id,
            type=ChangeType(change.type),
            at=change.at,
            revision=change.revision,
            document=document,
        )
        for change, document in await session.execute(statement)
    ]


async def latest(
    session: AsyncSession, limit: int, *, before: int | None = None
) -> list[LastChange]:
    """The last change of each software, newest first, at most `limit`: those numbered below `before`."""
    later = aliased(Change)
    overtaken = exists().where(
        col(later.entity_id) == col(Change.entity_id),
        col(later.entity) == SOFTWARE,
        col(later.sequence) > col(Change.sequence),
    )
    statement = (
        select(col(Change.sequence), col(Change.entity_id), col(Change.at))
        .where(col(Change.entity) == SOFTWARE, ~overtaken)
        .order_by(col(Change.sequence).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(Change.sequence) < before)
    return [LastChange(*row) for row in await session.execute(statement)]
