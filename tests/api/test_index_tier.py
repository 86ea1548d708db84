"""What is only known of software over HTTP: where it is, and where it has to be asked for."""

from datetime import UTC, datetime
from typing import Any

import feedparser
import httpx2
import pytest
from fastapi import FastAPI

from app.catalogue.entry import ROOT_ID
from app.catalogue.records import write
from app.catalogue.transaction import transaction
from app.ingest import known
from app.ingest.submission import Source
from app.publiccode.known import Known
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

URL = "https://h.example/known"
TOLD = Known(name="Felanmälan", description="Trasiga lampor", language="sv", topics=("lampor",))


@pytest.fixture
async def entry(app: FastAPI) -> str:
    """The id of software that has no file."""
    said = known.submission(Source(ROOT_ID, "17"), TOLD, URL).statement()
    async with transaction(app.state.database) as session:
        _, id = await write(session, said, now=datetime.now(UTC))
    return id


async def listed(client: httpx2.AsyncClient, address: str, **query: str) -> list[dict[str, Any]]:
    reply = await client.get(address, params=query)
    assert reply.status_code == 200, reply.text
    body = reply.json()
    found: list[dict[str, Any]] = body.get("data", body.get("results"))
    return found


async def test_list_has_it_where_it_is_asked_for(client: httpx2.AsyncClient, entry: str) -> None:
    assert await listed(client, "/v1/software") == []
    for tier in ("index", "all"):
        [shown] = await listed(client, "/v1/software", tier=tier)
        assert (shown["id"], shown["publiccodeYml"]) == (entry, "")
    assert (await client.get(f"/v1/software/{entry}")).json()["url"] == URL


async def test_changes_have_it_where_it_is_asked_for(
    client: httpx2.AsyncClient, entry: str
) -> None:
    assert await listed(client, "/v1/changes") == []
    [change] = await listed(client, "/v1/changes", tier="all", include="records")
    [record] = change["records"]
    assert (change["softwareId"], record["tier"]) == (entry, "index")
    assert record["known"] == {
        "name": "Felanmälan",
        "description": "Trasiga lampor",
        "language": "sv",
        "topics": ["lampor"],
    }


async def test_snapshot_has_it_where_it_is_asked_for(
    client: httpx2.AsyncClient, entry: str
) -> None:
    assert (await client.get("/v1/exports/software.jsonl")).content == b""
    manifest = await client.get("/v1/exports/manifest.json", params={"tier": "all"})
    [name] = (
        each["name"]
        for each in manifest.json()["files"]
        if ".jsonl?" in each["name"] and each["count"]
    )
    copied = await client.get(str(manifest.url.join(name)))
    [change] = await listed(client, "/v1/changes", tier="all", include="records")
    assert copied.json() == {
        name: change[name] for name in ("entity", "softwareId", "rev", "software", "records")
    }
    following = manifest.url.join(manifest.json()["changes"])
    assert (await client.get(str(following))).json()["results"] == []
    for slip in ("tier=index", "teir=all"):
        for file in ("manifest.json", "software.jsonl"):
            assert (await client.get(f"/v1/exports/{file}?{slip}")).status_code == 422


async def test_search_finds_it_below_what_is_published(
    writer: httpx2.AsyncClient, entry: str
) -> None:
    url = "https://h.example/published"
    body = {"url": url, "publiccodeYml": publiccode_yml(url, "Felanmälan")}
    await writer.post("/v1/software", json=body)

    found = await listed(writer, "/v1/search", q="felanmälan")

    assert [item["tier"] for item in found] == ["published", "index"]
    assert [item["id"] for item in await listed(writer, "/v1/search", tier="index")] == [entry]
    assert len(await listed(writer, "/v1/search", tier="all")) == 2


async def test_feeds_have_it_where_it_is_asked_for(client: httpx2.AsyncClient, entry: str) -> None:
    counts = {
        address: len(feedparser.parse((await client.get(address)).content).entries)
        for address in ("/v1/search.atom", "/v1/search.atom?tier=all", "/v1/changes.atom")
    }

    assert counts == {"/v1/search.atom": 0, "/v1/search.atom?tier=all": 1, "/v1/changes.atom": 0}


@pytest.mark.parametrize("path", ["/v1/software/{}/publiccode", "/id/software/{}.yml"])
async def test_it_has_no_publiccode_yml(client: httpx2.AsyncClient, entry: str, path: str) -> None:
    reply = await client.get(path.format(entry))

    assert (reply.status_code, "publiccode.yml" in reply.json()["detail"]) == (404, True)


async def test_it_is_changed_without_a_file_and_gets_one(
    writer: httpx2.AsyncClient, entry: str
) -> None:
    changed = await writer.patch(f"/v1/software/{entry}", json={"vitality": "80"})
    assert (changed.status_code, changed.json()["vitality"]) == (200, "80")
    assert await listed(writer, "/v1/software") == []

    text = publiccode_yml(URL, "Felanmälan")
    posted = await writer.post("/v1/software", json={"url": URL, "publiccodeYml": text})

    assert (posted.status_code, posted.json()["id"]) == (200, entry)
    [shown] = await listed(writer, "/v1/software")
    assert shown["publiccodeYml"] == text


async def test_everything_else_answers_for_it(client: httpx2.AsyncClient, entry: str) -> None:
    for path in ("", "/sources", "/similar", "/validation", "/versions", "/draft"):
        assert (await client.get(f"/v1/software/{entry}{path}")).status_code == 200, path
    for suffix in ("", ".json", ".codemeta.json", ".ttl", ".jsonld"):
        assert (await client.get(f"/id/software/{entry}{suffix}")).status_code == 200, suffix
    assert (await client.get("/v1/exports/software.jsonl")).content == b""


async def test_draft_is_filled_with_what_is_known(client: httpx2.AsyncClient, entry: str) -> None:
    reply = await client.get(f"/v1/software/{entry}/draft")

    assert reply.headers["Content-Type"] == "application/yaml"
    assert "name: Felanmälan" in reply.text
    assert f"url: {URL}" in reply.text
    assert "shortDescription: Trasiga lampor" in reply.text
    assert "platforms: []" in reply.text
    again = {"If-None-Match": reply.headers["ETag"]}
    assert (await client.get(f"/v1/software/{entry}/draft", headers=again)).status_code == 304


async def test_draft_of_a_valid_file_is_that_file_brought_up_to_date(
    writer: httpx2.AsyncClient,
) -> None:
    text = publiccode_yml(URL, "Felanmälan") + "\n# our own remark\n"
    old = text.replace('publiccodeYmlVersion: "0"', 'publiccodeYmlVersion: "0.2"')
    posted = await writer.post("/v1/software", json={"url": URL, "publiccodeYml": old})

    reply = await writer.get(f"/v1/software/{posted.json()['id']}/draft")

    assert reply.text == text


async def test_draft_of_a_faulty_file_keeps_what_passes(writer: httpx2.AsyncClient) -> None:
    text = publiccode_yml(URL, "Felanmälan").replace("EUPL-1.2", "our own")
    posted = await writer.post("/v1/software", json={"url": URL, "publiccodeYml": text})

    reply = await writer.get(f"/v1/software/{posted.json()['id']}/draft")

    assert "name: Felanmälan" in reply.text
    assert "  license:\n" in reply.text


async def test_there_is_no_draft_of_what_is_not_there(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/v1/software/00000000-0000-4000-8000-000000000000/draft")

    assert reply.status_code == 404
