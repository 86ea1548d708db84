"""One step ahead, and never more; and what is given up when it is time to stop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.federation.ahead import one_ahead, unless_stopped

pytestmark = pytest.mark.anyio


class Source:
    """Counts to `most`, then fails if it is told to; notes what it was asked for, and its end."""

    def __init__(self, most: int = 3, *, fails: bool = False) -> None:
        self.asked = 0
        self.is_closed = False
        self._most, self._fails = most, fails

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            while self.asked < self._most:
                self.asked += 1
                await asyncio.sleep(0)
                yield self.asked
            if self._fails:
                raise ValueError("enough")
        finally:
            self.is_closed = True


async def settled() -> None:
    """Let others go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_next_one_is_under_way_and_no_other() -> None:
    source, found = Source(), []
    async with aclosing(one_ahead(source.items(), asyncio.Event())) as items:
        async for item in items:
            await settled()
            assert source.asked == min(item + 1, 3)
            found.append(item)

    assert found == [1, 2, 3]
    assert source.is_closed


async def test_a_failure_comes_after_what_came_before_it() -> None:
    async with aclosing(one_ahead(Source(2, fails=True).items(), asyncio.Event())) as items:
        for number in (1, 2):
            assert await anext(items) == number
            await settled()
        with pytest.raises(ValueError, match="enough"):
            await anext(items)


async def test_nothing_is_left_behind_when_nobody_goes_on() -> None:
    source = Source()
    async with aclosing(one_ahead(source.items(), asyncio.Event())) as items:
        assert await anext(items) == 1

    assert source.is_closed


async def test_whoever_stops_waits_for_nothing() -> None:
    stop, never = asyncio.Event(), asyncio.Event()

    async def silent() -> AsyncGenerator[int, None]:
        await never.wait()
        yield 1

    asyncio.get_running_loop().call_soon(stop.set)
    assert [item async for item in one_ahead(silent(), stop)] == []


async def test_what_comes_before_the_end_is_told() -> None:
    async def short() -> int:
        return 1

    async def broken() -> int:
        raise ValueError("enough")

    assert await unless_stopped(short(), asyncio.Event()) == 1
    with pytest.raises(ValueError, match="enough"):
        await unless_stopped(broken(), asyncio.Event())


async def test_what_takes_too_long_is_given_up() -> None:
    stop, is_closed = asyncio.Event(), []

    async def long() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            is_closed.append(True)
        return 1

    asyncio.get_running_loop().call_soon(stop.set)
    assert await unless_stopped(long(), stop) is None
    assert is_closed
