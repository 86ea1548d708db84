"""The public log of changes: append-only, numbered without gaps in the order of commits.

Numbers come from one counter row, taken last before the commit and held until it. A database's
own sequences would leave gaps and become visible out of order, and a reader who has seen N could
then miss what was N - 1.

Up to its horizon the log is compacted, and holds only the last change of each thing.
"""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogue import bulk, standings
from app.catalogue.entry import ChangeType, LastChange, LoggedChange
from app.catalogue.errors import ChangeForgotten
from app.catalogue.tables import Change, ChangeCatalog, ChangeHead, Tombstone
from app.database import SEES_ONE_STATE
from app.head import Head

SOFTWARE = "software"
"""The entity that most changes are about."""

WORDS = "words"
"""The entity of a change of all search words, which followers are not told of."""

LOT = 500
"""Changes that are read in one statement."""

_PENDING = "changes waiting for their number"
_SEEN = "how far the log reaches in a transaction"


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the log reaches; up to its `horizon` it is compacted, 0 where it is whole."""

    head: Head
    horizon: int


@dataclass(frozen=True, slots=True)
class Published:
    """A change as those see it who follow only what is published; without a type, they do not.

    It concerns the catalogues that publish the thing, and those that did until then.
    """

    type: ChangeType | None
    catalog_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Noted:
    entity: str
    entity_id: str
    type: ChangeType
    at: datetime
    revision: str | None
    catalog_ids: frozenset[str]
    published: Published


def append(
    session: AsyncSession,
    type: ChangeType,
    entity_id: str,
    *,
    entity: str = SOFTWARE,
    catalog_ids: Collection[str] = (),
    published: Published | None = None,
    revision: str | None,
    now: datetime,
) -> None:
    """Note a change; `number` gives it its place in the log when the transaction ends.

    It concerns the catalogues that have the thing now, and those that had it before; and is the
    same for all, unless it is said how it is `published`.
    """
    concerned = frozenset(catalog_ids)
    published = published or Published(type, concerned)
    noted = _Noted(entity, entity_id, type, now, revision, concerned, published)
    session.info.setdefault(_PENDING, []).append(noted)


async def number(session: AsyncSession, *, now: datetime) -> Head | None:
    """Give the noted changes their numbers; returns the head that there is after the commit.

    None where nothing was noted. Nothing but the commit may follow: harvesters find changes by
    date, for which `now` is as late as it can be.
    """
    await session.flush()
    pending: list[_Noted] = session.info.pop(_PENDING, [])
    if not pending:
        return None
    statement = (
        update(ChangeHead)
        .values(sequence=ChangeHead.sequence + len(pending))
        .returning(col(ChangeHead.sequence), col(ChangeHead.epoch))
    )
    last, epoch = (await session.execute(statement)).one()
    numbered = list(enumerate(pending, last - len(pending) + 1))
    await bulk.add(
        session,
        Change,
        [
            {
                "sequence": sequence,
                "entity": noted.entity,
                "entity_id": noted.entity_id,
                "type": noted.type.value,
                "published_as": noted.published.type and noted.published.type.value,
                "at": noted.at,
                "revision": noted.revision,
            }
            for sequence, noted in numbered
        ],
    )
    await bulk.add(
        session,
        ChangeCatalog,
        [
            {
                "catalog_id": catalog_id,
                "sequence": sequence,
                "published": catalog_id in noted.published.catalog_ids,
            }
            for sequence, noted in numbered
            for catalog_id in sorted(noted.catalog_ids)
        ],
    )
    numbers = {
        noted.entity_id: sequence for sequence, noted in numbered if noted.entity == SOFTWARE
    }
    await standings.restate(session, numbers, now=now)
    return Head(last, epoch)


async def head(session: AsyncSession) -> Head:
    """The highest number given out: the catalogue's revision."""
    return (await extent(session)).head


async def extent(session: AsyncSession) -> Extent:
    """Its head, and what is left of its beginning. A session that only reads asks once.

    Up to three parts of one request want to know it.
    """
    transaction = session.sync_session.get_transaction()
    known = session.info.get(_SEEN)
    if known and known[0] is transaction:
        seen: Extent = known[1]
        return seen
    row = (await session.execute(select(ChangeHead))).scalar_one()
    found = Extent(Head(row.sequence, row.epoch), row.horizon)
    if SEES_ONE_STATE in session.info:
        session.info[_SEEN] = session.sync_session.get_transaction(), found
    return found


def append_words(session: AsyncSession, now: datetime) -> None:
    """Note that all search words were made anew: whoever keeps a copy of them must read them."""
    append(session, ChangeType.UPDATE, WORDS, entity=WORDS, revision=None, now=now)


async def has_other_words(session: AsyncSession, sequence: int) -> bool:
    """Whether search words were made anew after this number."""
    later = exists().where(col(Change.sequence) > sequence, col(Change.entity) == WORDS)
    return bool((await session.execute(select(later))).scalar_one())


async def since(
    session: AsyncSession,
    sequence: int,
    limit: int,
    *,
    entities: Collection[str] = (SOFTWARE,),
    catalog_id: str | None = None,
    with_index: bool = False,
) -> list[LoggedChange]:
    """Changes of these kinds after `sequence`, oldest first, at most `limit`.

    With a `catalog_id`, those that concern what this catalogue has, or had until then. Without the
    index tier, software comes when it is published, and goes when it is not any more.
    """
    statement = (
        select(Change, col(Tombstone.reason), col(Tombstone.successor))
        .outerjoin(
            Tombstone,
            and_(col(Tombstone.software_id) == Change.entity_id, col(Change.entity) == SOFTWARE),
        )
        .where(col(Change.sequence) > sequence, col(Change.entity).in_(entities))
        .order_by(col(Change.sequence))
        .limit(limit)
    )
    if catalog_id is not None:
        statement = statement.join(
            ChangeCatalog, col(ChangeCatalog.sequence) == Change.sequence
        ).where(col(ChangeCatalog.catalog_id) == catalog_id)
    if not with_index:
        statement = statement.where(col(Change.published_as).is_not(None))
        if catalog_id is not None:
            statement = statement.where(col(ChangeCatalog.published))
    return [
        LoggedChange(
            sequence=change.sequence,
            entity=change.entity,
            entity_id=change.entity_id,
            type=ChangeType((None if with_index else change.published_as) or change.type),
            at=change.at,
            revision=change.revision,
            reason=reason,
            successor=successor,
        )
        for change, reason, successor in await session.execute(statement)
    ]


async def changed_after(
    session: AsyncSession, sequence: int
) -> AsyncGenerator[Sequence[str], None]:
    """The ids of software that changed after `sequence`, in lots, oldest first; one may come again.

    Not each once: for that, SQLite would walk through the whole log.
    """
    number = col(Change.sequence)
    following = (
        select(number, col(Change.entity_id))
        .where(col(Change.entity) == SOFTWARE)
        .order_by(number)
        .limit(LOT)
    )
    while lot := (await session.execute(following.where(number > sequence))).all():
        yield [row.entity_id for row in lot]
        sequence = lot[-1].sequence


async def refuse_forgotten(session: AsyncSession, sequence: int, horizon: int) -> None:
    """Raises ChangeForgotten for a number before the horizon that the log does not hold any more.

    Who begins has seen nothing, and who walks through the compacted log stands on what is left.
    """
    if 0 < sequence < horizon and await session.get(Change, sequence) is None:
        raise ChangeForgotten(sequence, horizon)


async def latest(
    session: AsyncSession, limit: int, *, before: int, catalog_id: str | None = None
) -> list[LastChange]:
    """The last change of each software, newest first, at most `limit`: those numbered below `before`.

    With a `catalog_id`, the last that concerned this catalogue: what left it has left by that one.
    The index tier is left out.
    """
    later = aliased(Change)
    overtaken = select(col(later.sequence)).where(
        col(later.entity_id) == col(Change.entity_id),
        col(later.entity) == SOFTWARE,
        col(later.sequence) > col(Change.sequence),
        col(later.published_as).is_not(None),
    )
    statement = (
        select(col(Change.sequence), col(Change.entity_id), col(Change.at))
        .where(
            col(Change.entity) == SOFTWARE,
            col(Change.sequence) < before,
            col(Change.published_as).is_not(None),
        )
        .order_by(col(Change.sequence).desc())
        .limit(limit)
    )
    if catalog_id is not None:
        concerned = select(col(ChangeCatalog.sequence)).where(
            col(ChangeCatalog.catalog_id) == catalog_id, col(ChangeCatalog.published)
        )
        overtaken = overtaken.where(col(later.sequence).in_(concerned))
        statement = statement.where(col(Change.sequence).in_(concerned))
    return [LastChange(*row) for row in await session.execute(statement.where(~overtaken.exists()))]
