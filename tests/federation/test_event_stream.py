"""Server-sent events of a service on a real socket, to which another process writes as well."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from app.catalogue import changes
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.database import Database
from tests.federation.followers import SECONDS_TO_WAIT, events
from tests.services import Service, serving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    with serving(database_url) as service:
        yield service


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.address, timeout=SECONDS_TO_WAIT) as client:
        yield client


async def commit(database: Database, *ids: str) -> None:
    async with transaction(database) as session:
        for id in ids:
            changes.append(session, ChangeType.UPDATE, id, revision=None, now=NOW)


async def test_a_stream_catches_up_goes_on_and_ends_with_the_service(
    database: Database, service: Service, client: httpx2.AsyncClient
) -> None:
    await commit(database, *(f"s{number}" for number in range(1, 26)))
    stream = events(client, 3)
    caught_up = [(await anext(stream))["seq"] for _ in range(22)]
    assert caught_up == list(range(4, 26))
    await commit(database, "live")
    assert (await anext(stream))["softwareId"] == "live"

    async with client.stream("GET", "/v1/changes?feed=sse&since=26") as raw:
        lines = raw.aiter_lines()
        assert (await anext(lines), await anext(lines)) == ("retry: 3000", "")
        assert raw.headers["cache-control"] == "no-store"
        assert "content-encoding" not in raw.headers
        service.end()
        assert [line async for line in lines] == []
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
