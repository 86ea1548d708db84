"""A forge, from its API over a real socket to the software that readers find."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from app.database import Database
from app.federation.runs import Count
from app.remote.hosts import PatientClient
from tests.builders import a_file
from tests.federation.drivers.runs import asking
from tests.federation.scripted import Clock, Stage
from tests.remote.servers import Server, in_turn, reply, serving

pytestmark = pytest.mark.anyio

API = "/api/v1"
SEARCH = f"{API}/repos/search?sort=id&order=asc&limit=50&page=1"


def repository(number: int, name: str, **changed: object) -> dict[str, Any]:
    return {
        "id": number,
        "name": name.rpartition("/")[2],
        "full_name": name,
        "description": f"What {name} is for",
        "licenses": ["EUPL-1.2"],
        "updated_at": "2026-11-20T12:00:00Z",
    } | changed


def serve(server: Server, *repositories: dict[str, Any]) -> None:
    body = orjson.dumps({"ok": True, "data": repositories})
    server.answers[SEARCH] = reply(body=body, link='<x>; rel="last"')


def file(name: str) -> str:
    return f"{API}/repos/{name}/raw/publiccode.yml"


async def test_a_forge_becomes_software(database: Database) -> None:
    clock = Clock()

    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)

    async with serving({}) as server, asking(server) as client:
        there, without, copy = server.url("/city/app"), server.url("/city/x"), "jane/app"
        fork = repository(3, copy, fork=True, parent={"full_name": "city/app"})
        serve(server, repository(1, "city/app"), repository(2, "city/x"), fork)
        busy = reply(429, retry_after="20")
        server.answers[file("city/app")] = in_turn(busy, reply(body=a_file(there)))
        server.answers[file(copy)] = reply(body=a_file(there))
        web = PatientClient(client, clock=clock, sleep=sleep)
        stage = Stage(database, clock=clock, web=web)
        peer = await stage.follow(server.url(""), kind="forgejo")

        async def tiers() -> dict[str, set[str]]:
            return {
                each["software"]["url"]: {record["tier"] for record in each["records"]}
                for each in await stage.software()
            }

        assert (await stage.list_again(peer)).counts[Count.CREATED] == 3
        assert await tiers() == {there: {"published", "index"}, without: {"index"}}

        server.answers[file("city/x")] = reply(body=a_file(without, name="X"))
        server.answers[file("city/app")] = reply(403)
        for _ in range(3):
            await stage.list_again(peer)
        assert await tiers() == {there: {"published", "index"}, without: {"published"}}

        serve(server, repository(1, "city/app"))
        for _ in range(2):
            await stage.list_again(peer)
        assert await tiers() == {there: {"published"}}
