"""Is it alive, is it ready."""

import socket

import httpx2
import pytest

from app.database import downgrade, open_database
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.anyio


async def test_status_says_nothing_when_all_is_well(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/status")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["cache-control"] == "no-cache"
    assert "content-type" not in response.headers


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_probes_say_ok(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert (response.status_code, response.text) == (200, "OK")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_it_is_not_ready_on_another_schema(
    client: httpx2.AsyncClient, database_url: str
) -> None:
    database = open_database(database_url)
    await downgrade(database)
    await database.close()

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["title"] == "Schema outdated"
    assert (await client.get("/livez")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/status", "/v1/software", "/v1/changes", "/readyz"])
async def test_a_database_that_is_gone_is_a_503(path: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    app = create_app(Settings(database_url=f"postgresql://nobody@127.0.0.1:{port}/none"))
    transport = httpx2.ASGITransport(app)

    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client,
    ):
        response = await client.get(path)

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"] == "1"
    assert response.json()["title"] == "can't connect to database"


async def test_metrics_count_requests_by_route_and_not_by_what_clients_invent(
    client: httpx2.AsyncClient,
) -> None:
    await client.get("/v1/software/nobody")
    await client.request("BREW", "/v1/software")

    response = await client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=")
    counted = 'duration_seconds_count{method="GET",route="/software/{id}",status="404"} 1.0'
    assert counted in response.text
    assert "BREW" not in response.text
