"""The end of a peer: what it told us is withdrawn, and what was made for it goes."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import absence, bulk, catalogs, events
from app.catalogue.entry import ChangeType
from app.catalogue.errors import CatalogInUse, CatalogNotFound
from app.catalogue.transaction import transaction
from app.database import Database
from app.federation import peers
from app.federation.progress import REMOVAL
from app.federation.tables import PeerCatalog, PeerRecord

WITHDRAWN_AT_ONCE = 500

REMOVED = "withdrawn"
"""Why software goes that only a removed peer told of."""


async def remove(
    database: Database,
    id: str,
    *,
    withdraw: bool = True,
    actor: str | None = None,
    now: datetime,
) -> None:
    """Follow this peer no longer, and withdraw what it told us, unless it is to stay.

    Piece by piece, so that others can write in between; who is interrupted can begin again. The
    catalogues that were made for it go as well, if they are empty then. Raises PeerNotFound.
    """
    async with transaction(database, actor=actor) as session:
        row, state = await peers.rows(session, id)
        row.enabled = False
        state.held_by, state.held_until = REMOVAL, datetime.max.replace(tzinfo=now.tzinfo)
    is_done = not withdraw
    while not is_done:
        async with transaction(database, actor=actor) as session:
            is_done = await _withdraw_some(session, id, now=now)
    async with transaction(database, actor=actor) as session:
        row, _ = await peers.rows(session, id)
        made = await session.execute(
            select(col(PeerCatalog.catalog_id)).where(col(PeerCatalog.peer_id) == id)
        )
        catalog_ids = list(made.scalars())
        await bulk.remove(session, PeerCatalog, col(PeerCatalog.peer_id), [id])
        await session.delete(row)
        await session.flush()
        for catalog_id in catalog_ids:
            with suppress(CatalogInUse, CatalogNotFound):
                await catalogs.remove(session, catalog_id, now=now)
        await events.record(session, ChangeType.DELETE, peers.EVENT_ENTITY, id, now=now)


async def _withdraw_some(session: AsyncSession, id: str, *, now: datetime) -> bool:
    """Withdraw some of what a peer told us; returns whether nothing is left."""
    rows = await session.execute(
        select(PeerRecord).where(col(PeerRecord.peer_id) == id).limit(WITHDRAWN_AT_ONCE)
    )
    told = list(rows.scalars())
    for catalog_id in {each.catalog_id for each in told}:
        source_ids = {each.source_id for each in told if each.catalog_id == catalog_id}
        await absence.withdraw(session, catalog_id, source_ids, reason=REMOVED, now=now)
    for each in told:
        await session.delete(each)
    return len(told) < WITHDRAWN_AT_ONCE
