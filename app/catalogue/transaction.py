"""One transaction: open, yield, number the changes, commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import changes, events, webhooks
from app.catalogue.errors import Deadlocked
from app.catalogue.webhooks import Debounce
from app.database import Database, is_deadlock


@asynccontextmanager
async def transaction(
    database: Database, *, actor: str | None = None, debounce: Debounce | None = None
) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed at the end, or not at all.

    No lock is taken before its first statement, so text may be validated while it is open. Events
    name the `actor`, and their deliveries wait as `debounce` says. Raises Deadlocked.
    """
    try:
        async with (
            AsyncSession(database.writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.info[events.ACTOR] = actor
            session.info[webhooks.DEBOUNCE] = debounce or Debounce()
            yield session
            await changes.number(session)
    except DBAPIError as error:
        if is_deadlock(error):
            raise Deadlocked from error
        raise
