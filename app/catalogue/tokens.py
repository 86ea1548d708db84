"""Tokens that were sealed by us and are not to be accepted any more."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.tables import RevokedToken


async def revoke(session: AsyncSession, id: str, *, now: datetime) -> bool:
    """Shut out the token with this id; False if it was shut out before."""
    if await is_revoked(session, id):
        return False
    session.add(RevokedToken(jti=id, at=now))
    return True


async def is_revoked(session: AsyncSession, id: str) -> bool:
    """Whether the token with this id was shut out: a look-up by key, so it holds at once."""
    return await session.get(RevokedToken, id) is not None
