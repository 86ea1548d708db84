"""Work that another transaction may get in the way of: undone, and done again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.errors import Deadlocked

MOST_ATTEMPTS = 5

T = TypeVar("T")


class Overtaken(Exception):
    """What the work began with was changed by another transaction meanwhile."""


async def again_if_overtaken(session: AsyncSession, work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns, which must note changes last of all.

    Without locks that would keep everybody waiting, two who make the same thing at once find out
    by a constraint. The one who comes second begins anew, and then sees what the first has made.
    """
    for _ in range(MOST_ATTEMPTS - 1):
        try:
            async with session.begin_nested():
                return await work()
        except (IntegrityError, Overtaken):
            continue
    return await work()


async def again_if_deadlocked(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns, which opens and commits a transaction of its own.

    For those that write about many things at once, and so cannot lock them in one order.
    """
    for _ in range(MOST_ATTEMPTS - 1):
        try:
            return await work()
        except Deadlocked:
            continue
    return await work()
