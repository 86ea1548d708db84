"""/v1/changes of all kinds of things and of one catalogue, and the wait for more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import httpx2
import pytest
from fastapi import FastAPI

from app.catalogue import compaction
from app.catalogue.transaction import transaction
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

Page: TypeAlias = dict[str, Any]

HANG = 60.0
PUBLISHER = {
    "description": "Storabro",
    "codeHosting": [{"url": "https://git.example.org/storabro"}],
}


async def software(writer: httpx2.AsyncClient, number: int, catalog_id: str | None = None) -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    path = f"/v1/catalogs/{catalog_id}/software" if catalog_id else "/v1/software"
    return await created(writer, path, body)


async def created(writer: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> str:
    response = await writer.post(path, json=body)
    assert response.status_code == 200, response.text
    id: str = response.json()["id"]
    return id


async def catalog(writer: httpx2.AsyncClient, name: str) -> str:
    body = {"name": name, "alternativeId": name, "sources": [{"url": "https://h.example/list"}]}
    return await created(writer, "/v1/catalogs", body)


async def changes(client: httpx2.AsyncClient, query: str, path: str = "/v1/changes") -> Page:
    response = await client.get(f"{path}?{query}")
    assert response.status_code == 200, response.text
    page: Page = response.json()
    return page


async def test_each_kind_is_in_the_log_from_its_creation_to_its_end(
    writer: httpx2.AsyncClient,
) -> None:
    member = await software(writer, 1)
    made = {
        "publisher": await created(writer, "/v1/publishers", PUBLISHER),
        "catalog": await catalog(writer, "storabro"),
        "bundle": await created(writer, "/v1/bundles", {"name": "A", "softwareIds": [member]}),
    }
    changed = {
        "publisher": {"description": "Storabro kommun"},
        "catalog": {"name": "Storabro kommun"},
        "bundle": {"name": "B"},
    }
    for kind, id in made.items():
        await writer.patch(f"/v1/{kind}s/{id}", json=changed[kind])
        shown = (await writer.get(f"/v1/{kind}s/{id}")).json()
        page = await changes(writer, f"entity={kind}")
        assert [each["type"] for each in page["results"]] == ["create", "update"]
        for each in page["results"]:
            assert (each["entity"], each[f"{kind}Id"], each[kind]) == (kind, id, shown)
        await writer.delete(f"/v1/{kind}s/{id}")
        page = await changes(writer, f"entity={kind}")
        assert [(each["type"], each["deleted"], each[kind]) for each in page["results"]] == [
            ("create", True, None),
            ("update", True, None),
            ("delete", True, None),
        ]

    everything = await changes(writer, "entity=all")
    assert [each["seq"] for each in everything["results"]] == list(range(1, 11))
    assert everything["pending"] == 0


async def test_a_bundle_changes_with_the_software_it_loses(writer: httpx2.AsyncClient) -> None:
    ids = [await software(writer, number) for number in (1, 2)]
    bundle = await created(writer, "/v1/bundles", {"name": "A", "softwareIds": ids})
    before = (await changes(writer, "entity=all"))["lastSeq"]
    await writer.delete(f"/v1/software/{ids[0]}")

    page = await changes(writer, f"entity=bundle&since={before}")

    [change] = page["results"]
    assert change["bundle"]["softwareIds"] == ids[1:]
    assert change["bundle"] == (await writer.get(f"/v1/bundles/{bundle}")).json()


async def test_records_come_with_the_text_that_each_catalogue_has(
    writer: httpx2.AsyncClient,
) -> None:
    storabro = await catalog(writer, "storabro")
    id = await software(writer, 1)
    await software(writer, 1, storabro)

    page = await changes(writer, "include=records&since=2")

    [change] = page["results"]
    assert [each.get("catalogId") for each in change["records"]].count(storabro) == 1
    for record in change["records"]:
        assert (record["origin"], record["via"]) == (None, [])
        assert record["publiccodeYml"] == publiccode_yml("https://h.example/1")

    await writer.delete(f"/v1/catalogs/{storabro}/software/{id}")
    page = await changes(writer, "include=records&since=3")
    [change] = page["results"]
    assert (change["type"], len(change["records"])) == ("update", 1)


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/catalogs/storabro/changes"])
async def test_a_follower_of_one_catalogue_sees_what_enters_and_leaves_it(
    writer: httpx2.AsyncClient, path: str
) -> None:
    query = "catalog=storabro" if path == "/v1/changes" else "limit=1000"
    storabro = await catalog(writer, "storabro")
    elsewhere = await software(writer, 1)
    both = await software(writer, 2)
    assert (await changes(writer, query, path))["results"] == []

    assert await software(writer, 2, storabro) == both
    await writer.patch(f"/v1/catalogs/{storabro}/software/{both}", json={"vitality": "7"})
    page = await changes(writer, query, path)
    shown = (await writer.get(f"/v1/catalogs/{storabro}/software/{both}")).json()
    assert [each["softwareId"] for each in page["results"]] == [both, both]
    assert page["results"][-1]["software"] == shown
    assert shown["catalogId"] == storabro

    since = page["lastSeq"]
    await writer.delete(f"/v1/catalogs/{storabro}/software/{both}")
    await writer.delete(f"/v1/software/{elsewhere}")
    page = await changes(writer, f"{query}&since={since}", path)
    assert [(each["softwareId"], each["deleted"]) for each in page["results"]] == [(both, True)]
    assert (await writer.get(f"/v1/software/{both}")).status_code == 200


async def test_a_catalogue_that_is_not_there_is_not_found(client: httpx2.AsyncClient) -> None:
    for path in ("/v1/changes?catalog=nowhere", "/v1/catalogs/nowhere/changes"):
        response = await client.get(path)
        assert response.status_code == 404
        assert response.json()["type"] == "/docs/problems/catalog-not-found"


async def test_another_epoch_is_gone(client: httpx2.AsyncClient) -> None:
    epoch = (await changes(client, "since=0"))["epoch"]
    assert (await changes(client, f"epoch={epoch}"))["epoch"] == epoch

    response = await client.get("/v1/changes?epoch=another")

    assert response.status_code == 410
    assert response.json()["type"] == "/docs/problems/epoch-over"
    assert response.json()["resync"] == "/v1/exports/software.jsonl"


async def test_who_has_to_start_again_is_sent_to_what_was_followed(
    app: FastAPI, writer: httpx2.AsyncClient
) -> None:
    """The part of one catalogue, all kinds of things; and below the path that a proxy adds."""
    await catalog(writer, "storabro")
    transport = httpx2.ASGITransport(app, root_path="/oss")
    async with httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client:
        for asked, copied in (
            ("changes?", "exports/software.jsonl"),
            ("changes?entity=all&", "exports/manifest.json"),
            ("changes?catalog=storabro&", "catalogs/storabro/exports/software.jsonl"),
            ("catalogs/storabro/changes?", "catalogs/storabro/exports/software.jsonl"),
            ("changes?tier=all&", "exports/software.jsonl?tier=all"),
        ):
            problem = (await client.get(f"/oss/v1/{asked}epoch=another")).json()
            assert problem["type"] == "/oss/docs/problems/epoch-over"
            assert problem["instance"] == f"/oss/v1/{asked.partition('?')[0]}"
            assert problem["resync"] == f"/oss/v1/{copied}"
            found = await client.head(problem["resync"])
            assert found.status_code in (200, 503), "it is there, or being made"


async def test_what_is_forgotten_is_gone_and_the_rest_is_walked_through(
    app: FastAPI, writer: httpx2.AsyncClient
) -> None:
    ids = [await software(writer, number) for number in range(4)]
    for id in ids:
        await writer.patch(f"/v1/software/{id}", json={"vitality": "7"})
    await writer.delete(f"/v1/software/{ids[0]}")
    known = (await writer.get("/v1/changes")).headers["etag"]
    async with transaction(app.state.database) as session:
        later = datetime.now(UTC) + timedelta(days=1)
        await compaction.compact(session, before=later, at_most=1000)

    response = await writer.get("/v1/changes?since=2")
    assert response.status_code == 410
    assert response.json()["type"] == "/docs/problems/change-forgotten"
    assert response.json()["resync"] == "/v1/exports/software.jsonl"
    response = await writer.get("/v1/changes", headers={"If-None-Match": known})
    assert response.status_code == 200

    walked, since, pending = [], 0, 1
    while pending:
        page = await changes(writer, f"since={since}&limit=1")
        walked += page["results"]
        since, pending = page["lastSeq"], page["pending"]
    assert [(each["seq"], each["deleted"]) for each in walked] == [
        (6, False),
        (7, False),
        (8, False),
        (9, True),
    ]
    assert walked[-1]["reason"] == "deleted"


async def test_an_answer_that_is_known_is_not_sent_again(writer: httpx2.AsyncClient) -> None:
    await software(writer, 1)
    first = await writer.get("/v1/changes")
    known = {"If-None-Match": first.headers["etag"]}

    assert (await writer.get("/v1/changes", headers=known)).status_code == 304
    await software(writer, 2)
    assert (await writer.get("/v1/changes", headers=known)).status_code == 200


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/catalogs/∅/changes"])
async def test_links_lead_to_the_end(writer: httpx2.AsyncClient, path: str) -> None:
    for number in range(3):
        await software(writer, number)
    path, seen = f"{path}?limit=2&include=none", []
    while path:
        response = await writer.get(path)
        seen += [each["seq"] for each in response.json()["results"]]
        following = response.links.get("next")
        path = str(response.url.join(following["url"])) if following else ""
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(
    "query", ["colour=blue", "entity=log", "feed=pigeon", "timeout=soon", "catalogue=x"]
)
async def test_what_nobody_knows_is_refused(client: httpx2.AsyncClient, query: str) -> None:
    for path in ("/v1/changes", "/v1/catalogs/∅/changes"):
        response = await client.get(f"{path}?{query}")
        assert response.status_code == 422
        assert response.json()["type"] == "/docs/problems/invalid-parameters"
        assert response.json()["validationErrors"][0]["field"] == query.partition("=")[0]


async def test_a_long_poll_answers_as_soon_as_there_is_something(
    writer: httpx2.AsyncClient,
) -> None:
    waiting = asyncio.create_task(changes(writer, "feed=longpoll&timeout=60"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    id = await software(writer, 1)

    page = await asyncio.wait_for(waiting, HANG)
    assert [each["softwareId"] for each in page["results"]] == [id]


async def test_a_long_poll_waits_on_when_the_change_is_not_for_it(
    writer: httpx2.AsyncClient,
) -> None:
    waiting = asyncio.create_task(changes(writer, "feed=longpoll&entity=publisher&timeout=60"))
    for number in range(3):
        await software(writer, number)
    await asyncio.sleep(0.2)
    assert not waiting.done()
    id = await created(writer, "/v1/publishers", PUBLISHER)

    page = await asyncio.wait_for(waiting, HANG)
    assert [each["publisherId"] for each in page["results"]] == [id]
    assert page["lastSeq"] == 4


async def test_a_long_poll_ends_with_nothing(writer: httpx2.AsyncClient) -> None:
    await software(writer, 1)
    page = await asyncio.wait_for(changes(writer, "feed=longpoll&since=1&timeout=1"), HANG)

    assert (page["results"], page["lastSeq"], page["pending"]) == ([], 1, 0)


async def test_those_who_wait_hold_no_connection(writer: httpx2.AsyncClient) -> None:
    """More wait than there are connections to read by."""
    waiting = [
        asyncio.create_task(changes(writer, f"feed=longpoll&timeout=60&limit={1 + number % 3}"))
        for number in range(50)
    ]
    await asyncio.sleep(0.2)
    assert (await asyncio.wait_for(changes(writer, "since=0"), HANG))["results"] == []
    id = await software(writer, 1)

    for page in await asyncio.wait_for(asyncio.gather(*waiting), HANG):
        assert [each["softwareId"] for each in page["results"]] == [id]


@pytest.mark.parametrize(
    ("query", "last_event", "status"),
    [
        ("since=7", "", 422),
        ("since=-1", "", 422),
        ("", "7", 422),
        ("", "yesterday", 422),
        ("epoch=another", "", 410),
        ("catalog=nowhere", "", 404),
        ("catalog=%00", "", 404),
    ],
)
async def test_what_cannot_be_followed_is_a_problem_and_no_stream(
    client: httpx2.AsyncClient, query: str, last_event: str, status: int
) -> None:
    headers = {"Last-Event-ID": last_event} if last_event else {}
    response = await client.get(f"/v1/changes?feed=sse&{query}", headers=headers)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_head_of_a_stream_ends(client: httpx2.AsyncClient) -> None:
    response = await asyncio.wait_for(client.head("/v1/changes?feed=sse"), HANG)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
