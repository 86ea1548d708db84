"""One transaction: open, yield, number the changes, commit."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import changes, events, webhooks
from app.catalogue.webhooks import Debounce
from app.database import Database


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def transaction(
    database: Database,
    *,
    actor: str | None = None,
    debounce: Debounce | None = None,
    clock: Callable[[], datetime] = _now,
) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed at the end, or not at all; then `database.head` knows of it.

    The first statement waits until no other transaction writes, so text may be validated while it
    is open, and afterwards nobody gets in its way. Events name the `actor`, and their deliveries
    wait as `debounce` says. The `clock` is read once, right before the commit.
    """
    async with (
        AsyncSession(database.writing, expire_on_commit=False) as session,
        session.begin(),
    ):
        session.info[events.ACTOR] = actor
        session.info[webhooks.DEBOUNCE] = debounce or Debounce()
        yield session
        head = await changes.number(session, now=clock())
    if head:
        database.head.tell(head)
