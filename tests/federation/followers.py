"""Those who keep a copy of a catalogue by its changes, each in a way of its own."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx2
import orjson

SECONDS_TO_WAIT = 120


@dataclass
class Copy:
    """What a follower has stored: the state of each software, and all numbers it has seen.

    `times` says for each number when it arrived.
    """

    software: dict[str, Any] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    times: dict[int, float] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return self.seen[-1] if self.seen else 0

    def apply(self, change: dict[str, Any]) -> None:
        assert change["seq"] > self.last, "A number came twice, or too late."
        assert change["deleted"] == (change["software"] is None)
        self.seen.append(change["seq"])
        self.times[change["seq"]] = monotonic()
        if change["deleted"]:
            self.software.pop(change["softwareId"], None)
        else:
            self.software[change["softwareId"]] = change["software"]


Follow = Callable[[httpx2.AsyncClient, Copy], Coroutine[Any, Any, None]]


async def poll(client: httpx2.AsyncClient, copy: Copy) -> None:
    """Asks again and again."""
    while True:
        await _apply_page(client, copy, limit=7)
        await asyncio.sleep(0.05)


async def long_poll(client: httpx2.AsyncClient, copy: Copy) -> None:
    """Asks, and is answered when there is something."""
    while True:
        await _apply_page(client, copy, feed="longpoll", limit=50)


async def stream(client: httpx2.AsyncClient, copy: Copy) -> None:
    """Is sent each change, and comes back where the stream ends."""
    while True:
        async for change in events(client, copy.last):
            copy.apply(change)


async def restart(client: httpx2.AsyncClient, copy: Copy) -> None:
    """Breaks off at random, in all ways of reading, and goes on from what was stored."""
    chance = random.Random(20261123)
    while True:
        way = chance.choice((poll, long_poll, stream))
        try:
            async with asyncio.timeout(chance.uniform(0.02, 0.6)):
                await way(client, copy)
        except TimeoutError:
            pass


FOLLOWERS: tuple[Follow, ...] = (poll, long_poll, stream, restart)


async def events(client: httpx2.AsyncClient, since: int) -> AsyncIterator[dict[str, Any]]:
    """The changes of a stream, as EventSource reads them: `Last-Event-ID` is where it was."""
    headers = {"Last-Event-ID": str(since)}
    query = {"feed": "sse"}
    async with client.stream("GET", "/v1/changes", params=query, headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        number = ""
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                number = value
            elif name == "data":
                change = orjson.loads(value)
                assert str(change["seq"]) == number
                yield change


async def _apply_page(client: httpx2.AsyncClient, copy: Copy, **query: str | int) -> None:
    response = await client.get("/v1/changes", params={"since": copy.last, **query})
    page = response.json()
    for change in page["results"]:
        copy.apply(change)
