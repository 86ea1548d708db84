"""One step ahead: what follows is made ready while what came is looked after, until told to stop."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def one_ahead(items: AsyncGenerator[T, None], stop: asyncio.Event) -> AsyncGenerator[T, None]:
    """The same items, each asked for as soon as the one before was handed over.

    Ends when `stop` is set, whatever is on its way by then; closes `items` in any case.
    """

    async def following() -> T | None:
        return await anext(items, None)

    stopping, coming = asyncio.create_task(stop.wait()), asyncio.create_task(following())
    try:
        while True:
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            item = coming.result() if coming.done() else None
            if item is None:
                return
            coming = asyncio.create_task(following())
            yield item
    finally:
        for task in (coming, stopping):
            task.cancel()
        await asyncio.gather(coming, stopping, return_exceptions=True)
        await items.aclose()


async def unless_stopped(waiting: Coroutine[Any, Any, T], stop: asyncio.Event) -> T | None:
    """What it brings; None if `stop` is set before that, and then it is cancelled."""
    stopping, coming = asyncio.create_task(stop.wait()), asyncio.create_task(waiting)
    try:
        await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        for task in (coming, stopping):
            task.cancel()
        await asyncio.gather(coming, stopping, return_exceptions=True)
