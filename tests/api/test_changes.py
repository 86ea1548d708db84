"""/v1/changes, read by somebody who keeps a copy."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio


class Follower:
    """Keeps a copy of the catalogue by reading its changes."""

    def __init__(self, client: httpx2.AsyncClient, limit: int = 3) -> None:
        self.client = client
        self.limit = limit
        self.seen: list[int] = []
        self.copy: dict[str, Any] = {}

    async def catch_up(self) -> None:
        """Read until nothing is pending."""
        pending = True
        while pending:
            since = self.seen[-1] if self.seen else 0
            query = {"since": since, "limit": self.limit}
            page = (await self.client.get("/v1/changes", params=query)).json()
            for change in page["results"]:
                self._apply(change)
            assert page["lastSeq"] == (self.seen[-1] if self.seen else 0)
            pending = page["pending"] > 0

    def _apply(self, change: dict[str, Any]) -> None:
        self.seen.append(change["seq"])
        assert change["entity"] == "software"
        assert change["deleted"] == (change["software"] is None)
        if change["deleted"]:
            self.copy.pop(change["softwareId"], None)
        else:
            self.copy[change["softwareId"]] = change["software"]


async def all_software(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Each software as `/v1/software/{id}` shows it."""
    found, query = {}, "?all=true&page[size]=2"
    while query:
        page = (await client.get(f"/v1/software{query}")).json()
        for software in page["data"]:
            one = (await client.get(f"/v1/software/{software['id']}")).json()
            assert one == software
            found[software["id"]] = one
        query = page["links"]["next"]
    return found


async def create(writer: httpx2.AsyncClient, number: int) -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    response = await writer.post("/v1/software", json=body)
    assert response.status_code == 200
    id: str = response.json()["id"]
    return id


async def test_a_follower_sees_each_software_as_it_is_shown(writer: httpx2.AsyncClient) -> None:
    follower = Follower(writer)
    ids = [await create(writer, number) for number in range(7)]
    await follower.catch_up()
    assert follower.copy == await all_software(writer)

    await writer.patch(f"/v1/software/{ids[1]}", json={"vitality": "80"})
    await writer.patch(f"/v1/software/{ids[2]}", json={"active": False})
    await writer.delete(f"/v1/software/{ids[3]}")
    await create(writer, 8)
    await follower.catch_up()

    assert follower.copy == await all_software(writer)
    assert ids[3] not in follower.copy
    assert follower.seen == list(range(1, len(follower.seen) + 1))


async def test_a_follower_of_many_writers_misses_nothing(writer: httpx2.AsyncClient) -> None:
    follower = Follower(writer, limit=5)
    writing = asyncio.gather(*(create(writer, number) for number in range(20)))
    while not writing.done():
        await follower.catch_up()
        await asyncio.sleep(0.01)
    await writing
    await follower.catch_up()

    assert follower.copy == await all_software(writer)
    assert follower.seen == list(range(1, 21))


async def test_a_tombstone_has_no_content(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1)
    await writer.delete(f"/v1/software/{id}")

    page = (await writer.get("/v1/changes")).json()

    assert [(each["seq"], each["type"], each["deleted"]) for each in page["results"]] == [
        (1, "create", True),
        (2, "delete", True),
    ]
    assert page["results"][1]["software"] is None
    assert page["results"][1]["softwareId"] == id
    assert (page["lastSeq"], page["pending"]) == (2, 0)


async def test_an_edit_without_effect_is_no_change(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1)
    await writer.patch(f"/v1/software/{id}", json={"vitality": None})

    assert (await writer.get("/v1/changes?since=1")).json()["results"] == []


async def test_the_content_can_be_left_out(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)

    (change,) = (await writer.get("/v1/changes?include=none")).json()["results"]

    assert "software" not in change
    assert change["deleted"] is False


async def test_the_log_begins_empty(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/v1/changes")).json()

    assert (page["results"], page["lastSeq"], page["pending"]) == ([], 0, 0)
    assert page["epoch"]


@pytest.mark.parametrize(("limit", "length"), [(-1, 1), (0, 1), (2, 2), (10**30, 3)])
async def test_the_limit_is_kept_within_bounds(
    writer: httpx2.AsyncClient, limit: int, length: int
) -> None:
    for number in range(3):
        await create(writer, number)

    page = (await writer.get(f"/v1/changes?limit={limit}")).json()

    assert len(page["results"]) == length
    assert page["pending"] == 3 - length


@pytest.mark.parametrize(
    "query", ["since=-1", "since=x", "since=1.5", "limit=many", "include=everything"]
)
async def test_a_bad_parameter_is_named(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(f"/v1/changes?{query}")

    problem = response.json()
    assert response.status_code == 422
    assert problem["type"] == "/docs/problems/invalid-parameters"
    assert problem["instance"] == "/v1/changes"
    assert problem["validationErrors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("since", [1, 10**40])
async def test_nobody_is_ahead_of_the_log(client: httpx2.AsyncClient, since: int) -> None:
    response = await client.get(f"/v1/changes?since={since}")

    assert response.status_code == 422
    assert response.json()["type"] == "/docs/problems/sequence-ahead"
    assert "ends at 0" in response.json()["detail"]
