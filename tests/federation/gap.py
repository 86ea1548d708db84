"""Many write, and some follow: does each follower end with the exact state, no number skipped?"""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2

from tests.api.files import publiccode_yml
from tests.federation.followers import FOLLOWERS, SECONDS_TO_WAIT, Copy
from tests.services import AUTHORIZATION

WRITERS = 16


@dataclass(frozen=True)
class Gap:
    """What the catalogue ended with, and each follower."""

    head: int
    software: dict[str, Any]
    copies: dict[str, Copy]


async def follow_writers(address: str, writes: int, *, writers: int = WRITERS) -> Gap:
    """Let `writers` write at once, so many times in all, while everybody follows."""
    connect = partial(httpx2.AsyncClient, base_url=address, timeout=SECONDS_TO_WAIT)
    copies = {follow.__name__: Copy() for follow in FOLLOWERS}
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        following = [
            tasks.create_task(
                follow(await stack.enter_async_context(connect()), copies[follow.__name__])
            )
            for follow in FOLLOWERS
        ]
        client = await stack.enter_async_context(connect(headers=AUTHORIZATION))
        share = writes // writers
        async with asyncio.TaskGroup() as writing:
            for number in range(writers):
                writing.create_task(_write(client, number, share))
        head = (await client.get("/v1/changes?include=none&limit=1")).json()
        last = head["lastSeq"] + head["pending"]
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while any(copy.last < last for copy in copies.values()):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
        for task in following:
            task.cancel()
        return Gap(last, await _all_software(client), copies)


async def _write(client: httpx2.AsyncClient, writer: int, times: int) -> None:
    """Create, edit and delete, each time one of what this writer has created before."""
    chance = random.Random(writer)
    mine: list[str] = []
    for number in range(times):
        deed = chance.choice(("create", "edit", "edit", "delete")) if mine else "create"
        if deed == "create":
            url = f"https://git.example.org/{writer}/{number}"
            body = {"url": url, "publiccodeYml": publiccode_yml(url)}
            response = await client.post("/v1/software", json=body)
            mine.append(response.json()["id"])
        elif deed == "edit":
            path = f"/v1/software/{chance.choice(mine)}"
            response = await client.patch(path, json={"vitality": str(number)})
        else:
            response = await client.delete(f"/v1/software/{mine.pop()}")
        assert response.is_success, response.text


async def _all_software(client: httpx2.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = {}
    query = "?all=true&page[size]=100"
    while query:
        page = (await client.get(f"/v1/software{query}")).json()
        found |= {software["id"]: software for software in page["data"]}
        query = page["links"]["next"]
    return found
