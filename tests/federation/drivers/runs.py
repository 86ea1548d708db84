"""Runs of drivers against servers on the loopback interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

import pytest

from app.federation.driver import Driver, HarvestedRecord, Page, Source, Task
from app.remote.client import Client, open_client
from app.remote.guard import Address
from tests.remote.servers import Answer, Server

LOOPBACK = IPv4Address("127.0.0.1")
FORGE = "gitlab.example.org"
"""A forge by its name, wherever that leads."""


@asynccontextmanager
async def asking(*servers: Server) -> AsyncIterator[Client]:
    """A client that may ask these servers, also by the name of the forge."""

    async def resolve(host: str) -> list[Address]:
        return [LOOPBACK]

    allowed = {f"{host}:{each.port}" for each in servers for host in (str(LOOPBACK), FORGE)}
    async with open_client(allow_private_hosts=frozenset(allowed), resolve=resolve) as client:
        yield client


async def run(
    driver: Driver, source: Source, client: Client, task: Task | None = None
) -> list[Page]:
    """All pages of a run."""
    return [page async for page in driver.harvest(source, client, task or Task())]


async def run_until(
    fault: type[Exception], driver: Driver, source: Source, client: Client
) -> list[Page]:
    """The pages of a run which this fault ends."""
    pages = []
    with pytest.raises(fault):  # noqa: PT012 - what came before counts
        async for page in driver.harvest(source, client, Task()):
            pages.append(page)  # noqa: PERF401 - a comprehension would lose it
    return pages


def records(pages: list[Page]) -> dict[str, HarvestedRecord]:
    """`{source id: record}`; none may come twice."""
    found = [record for page in pages for record in page.records]
    by_id = {record.source_id: record for record in found}
    assert len(by_id) == len(found)
    return by_id


def cut_short(answer: bytes) -> Answer:
    """A reply whose last bytes never arrive."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(answer[:-9])
        await writer.drain()

    return write
