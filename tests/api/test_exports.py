"""/v1/exports, read by somebody who copies everything and then follows the changes."""

import hashlib
from base64 import b64decode
from datetime import timedelta
from typing import Any

import httpx2
import orjson
import pytest
from fastapi import FastAPI

from app.federation.archive import Archive
from app.settings import Settings
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

SOFTWARE = "/v1/exports/software.jsonl"
MANIFEST = "/v1/exports/manifest.json"


async def create(writer: httpx2.AsyncClient, number: int, path: str = "/v1/software") -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    response = await writer.post(path, json=body)
    assert response.status_code == 200, response.text
    id: str = response.json()["id"]
    return id


def things(lines: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in lines.splitlines()]


async def test_a_file_is_what_the_manifest_says(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1)

    manifest = (await writer.get(MANIFEST)).json()
    response = await writer.get(SOFTWARE)

    files = {each["name"]: each for each in manifest["files"]}
    digest = hashlib.sha256(response.content)
    assert files["software.jsonl"] == {
        "name": "software.jsonl",
        "bytes": len(response.content),
        "sha256": digest.hexdigest(),
        "count": 1,
    }
    assert response.headers["etag"] == f'"{digest.hexdigest()}"'
    algorithm, _, value = response.headers["repr-digest"].partition("=")
    assert (algorithm, b64decode(value.strip(":"))) == ("sha-256", digest.digest())
    assert response.headers["samkod-sequence"] == str(manifest["sequence"]) == "1"
    assert response.headers["samkod-epoch"] == manifest["epoch"]
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["content-disposition"] == 'attachment; filename="software.jsonl"'
    (line,) = things(response.content)
    assert line["software"] == (await writer.get(f"/v1/software/{id}")).json()


async def test_the_manifest_says_where_to_go_on(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    manifest = await writer.get(MANIFEST)
    changes = manifest.url.join(manifest.json()["changes"])
    assert changes.path == "/v1/changes"
    assert changes.params["since"] == "1"


async def test_an_empty_catalogue_has_empty_files(client: httpx2.AsyncClient) -> None:
    response = await client.get(SOFTWARE)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["samkod-sequence"] == "0"


async def test_a_copy_is_resumed_where_it_ended(writer: httpx2.AsyncClient) -> None:
    for number in range(3):
        await create(writer, number)
    whole = await writer.get(SOFTWARE)
    tag = whole.headers["etag"]

    rest = await writer.get(SOFTWARE, headers={"Range": "bytes=100-", "If-Range": tag})

    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    size = len(whole.content)
    assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert rest.headers["etag"] == tag


async def test_a_copy_of_the_snapshot_before_can_still_be_resumed(
    app: FastAPI, writer: httpx2.AsyncClient
) -> None:
    app.state.archive = Archive(
        app.state.database, app.state.settings.data_dir / "exports", fresh_for=timedelta(0)
    )
    await create(writer, 1)
    before = await writer.get(SOFTWARE)
    await create(writer, 2)
    after = await writer.get(SOFTWARE)
    assert after.headers["samkod-sequence"] == "2"

    tag = before.headers["etag"]
    rest = await writer.get(SOFTWARE, headers={"Range": "bytes=10-", "If-Range": tag})

    assert (rest.status_code, rest.content) == (206, before.content[10:])
    assert rest.headers["samkod-sequence"] == "1"


PARTS = {
    "bytes=0-0": slice(0, 1),
    "bytes=5-9": slice(5, 10),
    "bytes=5-999999999": slice(5, None),
    "bytes=-7": slice(-7, None),
    "bytes=-999999999": slice(None),
    "BYTES = 3 - 4 ": slice(3, 5),
}
NO_SINGLE_PART = (
    *("bytes=9-5", "bytes=-", "bytes=0-1,3-4", "bytes=x-", "lines=0-1", "bytes", ""),
    f"bytes={'9' * 5000}-",
)


async def test_a_part_can_be_asked_for_in_each_way_there_is(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    whole = (await writer.get(SOFTWARE)).content

    for wanted, part in PARTS.items():
        response = await writer.get(SOFTWARE, headers={"Range": wanted})
        assert (response.status_code, response.content) == (206, whole[part]), wanted
        assert int(response.headers["content-length"]) == len(response.content)

    for wanted in NO_SINGLE_PART:
        response = await writer.get(SOFTWARE, headers={"Range": wanted})
        assert (response.status_code, response.content) == (200, whole), wanted


async def test_nothing_lies_behind_the_end(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    size = len((await writer.get(SOFTWARE)).content)

    for wanted in (f"bytes={size}-", "bytes=-0"):
        response = await writer.get(SOFTWARE, headers={"Range": wanted})
        assert response.status_code == 416
        assert response.headers["content-range"] == f"bytes */{size}"
        assert response.json()["type"] == "/docs/problems/range-not-satisfiable"


async def test_a_part_of_something_else_is_not_sent(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    whole = await writer.get(SOFTWARE)

    for other in ('"other"', f"W/{whole.headers['etag']}", "Mon, 23 Nov 2026 12:00:00 GMT"):
        response = await writer.get(SOFTWARE, headers={"Range": "bytes=5-", "If-Range": other})
        assert (response.status_code, response.content) == (200, whole.content)


async def test_what_the_client_has_is_not_sent_again(writer: httpx2.AsyncClient) -> None:
    for path in (SOFTWARE, MANIFEST):
        tag = (await writer.get(path)).headers["etag"]
        response = await writer.get(path, headers={"If-None-Match": tag})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag


async def test_head_says_how_much_it_is(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    whole = await writer.get(SOFTWARE)

    response = await writer.head(SOFTWARE)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(whole.content))
    assert response.headers["accept-ranges"] == "bytes"


async def test_there_are_no_other_files(client: httpx2.AsyncClient) -> None:
    for name in ("software.xlsx", "..", "%2e%2e%2fmanifest.json", "software.jsonl.gz.gz", "%00"):
        response = await client.get(f"/v1/exports/{name}")
        assert response.status_code == 404, name
        assert response.headers["content-type"] == "application/problem+json"


async def test_a_catalogue_can_be_copied_alone(writer: httpx2.AsyncClient) -> None:
    source = {"driver": "gitea", "url": "https://git.example.org/nord"}
    catalog = {"name": "Nord", "alternativeId": "nord", "sources": [source]}
    here = (await writer.post("/v1/catalogs", json=catalog)).json()["id"]
    ours = await create(writer, 1, "/v1/catalogs/nord/software")
    await create(writer, 2)

    async def ids(path: str) -> list[str]:
        found = await writer.get(f"{path}/exports/software.jsonl")
        return [each["softwareId"] for each in things(found.content)]

    assert len(await ids("/v1")) == 2
    assert await ids("/v1/catalogs/nord") == await ids(f"/v1/catalogs/{here}") == [ours]
    assert ours not in await ids("/v1/catalogs/%E2%88%85")
    manifest = await writer.get("/v1/catalogs/nord/exports/manifest.json")
    counts = {each["name"]: each["count"] for each in manifest.json()["files"]}
    assert (counts["catalogs.jsonl"], counts["software.csv"], counts["bundles.jsonl"]) == (1, 1, 0)
    changes = manifest.url.join(manifest.json()["changes"])
    assert changes.path == "/v1/catalogs/nord/changes"

    missing = await writer.get("/v1/catalogs/none/exports/software.csv")
    assert (missing.status_code, missing.json()["type"]) == (
        404,
        "/docs/problems/catalog-not-found",
    )


async def test_a_folder_that_cannot_be_written_is_no_fault_of_the_client(
    settings: Settings, client: httpx2.AsyncClient
) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "exports").touch()

    response = await client.get(MANIFEST)

    assert response.status_code == 503
    assert response.json()["type"] == "/docs/problems/snapshot-impossible"
    assert response.headers["retry-after"]


async def test_who_waits_too_long_is_asked_to_come_again(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.archive.SECONDS_TO_WAIT", 0)

    response = await client.get(MANIFEST)
    assert response.status_code == 503
    assert response.json()["type"] == "/docs/problems/snapshot-pending"
    assert response.headers["retry-after"]

    monkeypatch.undo()
    assert (await client.get(MANIFEST)).status_code == 200


async def test_pages_of_other_sites_may_copy(client: httpx2.AsyncClient) -> None:
    asked = {
        "Origin": "https://portal.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range, if-range, if-none-match, last-event-id",
    }
    allowed = (await client.options(SOFTWARE, headers=asked)).headers
    assert allowed["access-control-allow-headers"] == asked["Access-Control-Request-Headers"]

    sent = (await client.get(SOFTWARE, headers={"Origin": "https://portal.example"})).headers
    exposed = set(sent["access-control-expose-headers"].lower().split(", "))
    assert {"etag", "link", "content-range", "samkod-sequence", "retry-after"} <= exposed
