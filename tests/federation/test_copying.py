"""A follower copies everything while others write: files first, then the changes since then.

Over real HTTP, from a service in a process of its own.
"""

import asyncio
import random
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from app.zstd import ZstdDecompressor
from tests.api.files import publiccode_yml
from tests.services import AUTHORIZATION, serving

pytestmark = pytest.mark.anyio

KINDS = ("software", "publishers", "catalogs", "bundles")
OF_A_CHANGE = ("seq", "type", "deleted", "at", "reason", "successor")
"""What a change has of its own; the rest is what a line of a snapshot has."""

WRITERS = 3
WRITES = 15
FOLLOWERS = 4
CATALOGS = 2
HANG_LIMIT = 60


class Writer:
    """Writes whatever comes into its head; the same for the same seed."""

    def __init__(self, client: httpx2.AsyncClient, number: int) -> None:
        self.client = client
        self.name = f"w{number}"
        self.chance = random.Random(number)
        self.made: dict[str, list[str]] = {kind: [] for kind in KINDS}

    async def work(self) -> None:
        for number in range(WRITES):
            kind = self.chance.choice(KINDS)
            mine = self.made[kind]
            if not mine or self.chance.random() < 0.4:
                await self._create(kind, f"{self.name}-{number}")
            elif self.chance.random() < 0.4:
                await self._delete(kind, mine.pop(self.chance.randrange(len(mine))))
            else:
                await self._change(kind, self.chance.choice(mine), f"{self.name}-{number}")

    async def _create(self, kind: str, name: str) -> None:
        url = f"https://h.example/{name}"
        bodies: dict[str, dict[str, Any]] = {
            "software": {"url": url, "publiccodeYml": publiccode_yml(url)},
            "publishers": {"description": name, "codeHosting": [{"url": f"{url}/all"}]},
            "catalogs": {"name": name, "sources": [{"driver": "json", "url": url}]},
            "bundles": {"name": name, "softwareIds": self.made["software"][:2]},
        }
        if kind == "bundles" and not self.made["software"]:
            return
        path = f"/v1/{kind}"
        if kind == "software" and self.made["catalogs"]:
            path = f"/v1/catalogs/{self.chance.choice(self.made['catalogs'])}/software"
        response = await self.client.post(path, json=bodies[kind])
        assert response.status_code == 200, response.text
        self.made[kind].append(response.json()["id"])

    async def _change(self, kind: str, id: str, name: str) -> None:
        changes = {
            "software": {"vitality": str(self.chance.randrange(100))},
            "publishers": {"description": name},
            "catalogs": {"name": name},
            "bundles": {"name": name},
        }
        response = await self.client.patch(f"/v1/{kind}/{id}", json=changes[kind])
        assert response.status_code == 200, response.text

    async def _delete(self, kind: str, id: str) -> None:
        response = await self.client.delete(f"/v1/{kind}/{id}")
        if response.status_code == 409:
            self.made[kind].append(id)  # a catalogue that still holds something
        else:
            assert response.status_code == 204, response.text


class Follower:
    """Keeps a copy of everything, by kind and id."""

    def __init__(self, client: httpx2.AsyncClient, root: str = "/v1") -> None:
        self.client = client
        self.root = root
        self.copy: dict[tuple[str, str], dict[str, Any]] = {}
        self.since = 0

    async def begin(self) -> None:
        """Copy the files, one request each; they need not be of the same snapshot."""
        reached = []
        for kind in KINDS:
            response = await self.client.get(f"{self.root}/exports/{kind}.jsonl.zst")
            assert response.status_code == 200, response.text
            reached.append(int(response.headers["samkod-sequence"]))
            for line in ZstdDecompressor().decompress(response.content).splitlines():
                self._keep(orjson.loads(line))
        self.since = min(reached)

    async def catch_up(self) -> None:
        """Apply the changes, until there are no more."""
        pending = True
        while pending:
            query = f"?since={self.since}&limit=7&entity=all&include=records"
            response = await self.client.get(f"{self.root}/changes{query}")
            assert response.status_code == 200, response.text
            page = response.json()
            for change in page["results"]:
                thing = {name: each for name, each in change.items() if name not in OF_A_CHANGE}
                if change["deleted"]:
                    self.copy.pop(_named(thing), None)
                else:
                    self._keep(thing)
            self.since, pending = page["lastSeq"], page["pending"] > 0

    def _keep(self, thing: dict[str, Any]) -> None:
        self.copy[_named(thing)] = thing


def _named(thing: dict[str, Any]) -> tuple[str, str]:
    return thing["entity"], thing[f"{thing['entity']}Id"]


async def shown(client: httpx2.AsyncClient, kind: str) -> dict[str, Any]:
    """Everything of a kind as the lists of the Open Catalog API have it, by id."""
    found: dict[str, Any] = {}
    query = "?all=true"
    while query:
        page = (await client.get(f"/v1/{kind}{query}")).json()
        found |= {each["id"]: each for each in page["data"]}
        query = page["links"]["next"]
    return found


async def test_files_and_changes_since_are_an_exact_copy(database_url: str, tmp_path: Path) -> None:
    settings = {"SAMKOD_DATA_DIR": str(tmp_path / "data"), "SAMKOD_EXPORT_SECONDS": "0.2"}
    with serving(database_url, **settings) as service:
        async with httpx2.AsyncClient(
            base_url=service.address, headers=AUTHORIZATION, timeout=HANG_LIMIT
        ) as client:
            writers = [Writer(client, number) for number in range(WRITERS)]
            writing = asyncio.gather(*(writer.work() for writer in writers))
            followers: list[Follower] = []
            while not writing.done():
                if len(followers) < FOLLOWERS:
                    followers.append(Follower(client))
                    await followers[-1].begin()
                for each in followers:
                    await each.catch_up()
            await writing

            first, *others = followers
            await first.catch_up()
            for kind in KINDS:
                entity = kind.rstrip("s")
                copied = {
                    id: thing[entity] for (of, id), thing in first.copy.items() if of == entity
                }
                assert copied == await shown(client, kind)
            for follower in others:
                await follower.catch_up()
                assert follower.copy == first.copy

            for catalog_id in [*await shown(client, "catalogs")][:CATALOGS]:
                part = Follower(client, f"/v1/catalogs/{catalog_id}")
                await part.begin()
                await part.catch_up()
                followed = Follower(client, f"/v1/catalogs/{catalog_id}")
                await followed.catch_up()
                assert part.copy == followed.copy
