"""Which software a webhook with a filter knows of: so it also hears when one fits no more, or is gone.

Those are what matched when it subscribed, and afterwards what it was told of.
"""

from collections.abc import Iterable

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import WebhookMatch


async def begin(session: AsyncSession, webhook_id: str, software_ids: Iterable[str]) -> None:
    """These match the filter as it is now; whatever matched another one is forgotten."""
    await session.flush()
    await session.execute(delete(WebhookMatch).where(col(WebhookMatch.webhook_id) == webhook_id))
    rows = [{"webhook_id": webhook_id, "software_id": id} for id in software_ids]
    if rows:
        await session.execute(insert(WebhookMatch), rows)


async def is_known(session: AsyncSession, webhook_id: str, software_id: str) -> bool:
    """Whether it was told of this software as one that matches."""
    return await session.get(WebhookMatch, (webhook_id, software_id)) is not None


async def told(session: AsyncSession, webhook_id: str, software_id: str, *, matches: bool) -> None:
    """Note that it now knows whether this software matches."""
    row = await session.get(WebhookMatch, (webhook_id, software_id))
    if matches and row is None:
        session.add(WebhookMatch(webhook_id=webhook_id, software_id=software_id))
    elif row is not None and not matches:
        await session.delete(row)
