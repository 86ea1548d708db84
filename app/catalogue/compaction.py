"""Forgetting old changes that later ones have overtaken, without losing any state.

Up to its horizon the log holds only the last change of each thing, in the whole catalogue and in
each one that ever had it, and the last one of those that are told where the index tier is left out;
what is gone keeps that change for ever. So whoever reads on from any number ends with the state of
today, though without what lay between.
"""

from datetime import datetime

from sqlalchemy import and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogue import changes
from app.catalogue.tables import Change, ChangeCatalog, ChangeHead


async def compact(session: AsyncSession, *, before: datetime, at_most: int) -> bool:
    """Move the horizon towards the first change since `before`, at most by so many numbers.

    Returns whether it has arrived. Nothing that happened since `before` is forgotten.
    """
    extent = await changes.extent(session)
    begin, last = extent.horizon, extent.head.sequence
    first_kept = func.coalesce(func.min(col(Change.sequence)), last + 1)
    goal: int = (
        await session.execute(
            select(first_kept - 1).where(col(Change.sequence) > begin, col(Change.at) >= before)
        )
    ).scalar_one()
    end = min(goal, begin + at_most)
    if end > begin:
        await _forget_overtaken(session, begin, end)
        await session.execute(update(ChangeHead).values(horizon=end))
    return end >= goal


async def _forget_overtaken(session: AsyncSession, begin: int, end: int) -> None:
    """Forget what is overtaken by a change that follows `begin`, up to `end`.

    Each catalogue keeps the last change of a thing that concerns it: the thing may have left by it.
    """
    old, new = aliased(Change), aliased(Change)
    of_old, of_new = aliased(ChangeCatalog), aliased(ChangeCatalog)
    same_thing = and_(col(new.entity) == old.entity, col(new.entity_id) == old.entity_id)
    overtaken = (
        select(col(old.sequence))
        .join(new, same_thing)
        .where(
            col(new.sequence).between(begin + 1, end),
            col(old.sequence) < new.sequence,
            or_(col(old.published_as).is_(None), col(new.published_as).is_not(None)),
        )
    )
    same_catalog = and_(
        col(of_old.sequence) == old.sequence, col(of_old.catalog_id) == of_new.catalog_id
    )
    overtaken_there = (
        overtaken.with_only_columns(col(of_old.catalog_id), col(of_old.sequence))
        .join(of_new, col(of_new.sequence) == new.sequence)
        .join(of_old, same_catalog)
        .where(or_(~col(of_old.published), col(of_new.published)))
    )
    place = tuple_(col(ChangeCatalog.catalog_id), col(ChangeCatalog.sequence))
    await session.execute(delete(ChangeCatalog).where(place.in_(overtaken_there)))
    still_concerns = exists().where(col(ChangeCatalog.sequence) == Change.sequence)
    await session.execute(
        delete(Change).where(col(Change.sequence).in_(overtaken), ~still_concerns)
    )
