"""Work that another transaction may get in the way of: undone to where it began, and done again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

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
