"""What was answered is answered again from memory, and never when something else would be right."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.main import create_app
from app.settings import Settings
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

HANG = 30.0
LIST = "/v1/software?page[size]=25"
PATHS = (
    LIST,
    "/v1/software/{id}",
    "/v1/software/{id}/similar",
    "/v1/catalogs",
    "/v1/publishers",
    "/v1/bundles",
    "/v1/catalogs/∅/software",
    "/v1/search?q=felan",
    "/v1/search.atom?q=felan",
    "/v1/changes.jsonfeed",
    "/v1/suggest?q=fel",
    "/v1/resolve?url=https://h.example/1",
    "/id/software/{id}.ttl",
    "/catalog.jsonld",
    "/sitemap.xml",
    "/.well-known/oss-catalog",
    "/v1/software/{id}/draft",
)
"""Whose replies depend on the catalogue only."""

OTHER_PATHS = ("/v1/software/none", "/v1/status", "/v1/logs", "/v1/changes", "/oai?verb=Identify")
NONSENSE = ("", "-1", "1.5", "x", "²", "9" * 18, "9" * 400, "1, 2")


async def create(writer: httpx2.AsyncClient, number: int) -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url, f"Felanmälan {number}")}
    return str((await writer.post("/v1/software", json=body)).raise_for_status().json()["id"])


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """What readers ask the database; the head's watch has a connection of its own."""
    engine, asked = app.state.database.reading.sync_engine, []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@asynccontextmanager
async def replica(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Another process, as far as it matters: an application of its own on the same database."""
    app = create_app(settings)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client,
    ):
        yield client


async def test_nothing_is_read_twice(
    app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    id = await create(writer, 1)
    for path in PATHS:
        path = path.format(id=id)
        first = (await client.get(path)).raise_for_status()

        with statements(app) as asked:
            again = await client.get(path)
            head = await client.head(path)
            tags = {"If-None-Match": f'"x", {first.headers["etag"]}'}
            known = await client.get(path, headers=tags)

        assert asked == [], path
        for reply in (again, head, known):
            for name in ("etag", "cache-control", "vary", "samkod-sequence", "link"):
                assert reply.headers.get(name) == first.headers.get(name), (path, name)
            assert reply.headers["x-request-id"] != first.headers["x-request-id"]
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["content-type"] == first.headers["content-type"]
        assert head.headers["content-length"] == first.headers["content-length"]
        assert (head.status_code, head.content) == (200, b"")
        assert (known.status_code, known.content) == (304, b"")
        assert first.headers["cache-control"] == "public, no-cache"


async def test_a_304_is_kept_for_those_who_have_the_reply(
    settings: Settings, app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    async with replica(settings) as elsewhere:
        known = {"If-None-Match": (await elsewhere.get(LIST)).headers["etag"]}
    assert (await client.get(LIST, headers=known)).status_code == 304

    with statements(app) as asked:
        assert (await client.get(LIST, headers=known)).status_code == 304
    assert asked == []
    assert len((await client.get(LIST)).json()["data"]) == 1


async def test_a_write_is_seen_at_once_by_everybody(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    for number in range(1, 4):
        await create(writer, number)
        assert len((await client.get(LIST)).json()["data"]) == number
        assert (await client.get("/v1/search?q=felan")).json()["total"] == number


async def test_what_another_process_wrote_is_seen_by_whoever_knows_of_it_and_soon_by_all(
    settings: Settings, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    async def until_seen(number: int) -> None:
        while len((await elsewhere.get(LIST)).json()["data"]) < number:  # noqa: ASYNC110 - as clients do
            await asyncio.sleep(0.05)

    async with replica(settings) as elsewhere:
        for number in range(1, 4):
            await elsewhere.get(LIST)
            await create(writer, number)
            seen = {"Samkod-Sequence": (await client.get(LIST)).headers["samkod-sequence"]}
            reply = await elsewhere.get(LIST, headers=seen)
            assert len(reply.json()["data"]) == number
            assert reply.headers["samkod-sequence"] == seen["Samkod-Sequence"]
        await create(writer, 4)
        await asyncio.wait_for(until_seen(4), HANG)


async def test_a_sequence_that_makes_no_sense_does_no_harm(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    for seen in NONSENSE * 2:
        reply = await client.get(LIST, headers=[(b"Samkod-Sequence", seen.encode())])
        assert (reply.status_code, len(reply.json()["data"])) == (200, 1)


async def test_many_who_ask_the_same_at_once_are_answered_by_one_reading(
    app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    with statements(app) as asked:
        replies = await asyncio.gather(*(client.get(LIST) for _ in range(30)))

    assert {reply.content for reply in replies} == {replies[0].content}
    assert sum("FROM change_head" in statement for statement in asked) == 1


async def test_readers_get_what_they_asked_for(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    id = await create(writer, 1)
    for _ in range(2):
        for language in ("sv", "it"):
            reply = await client.get("/v1/search", headers={"Accept-Language": language})
            assert reply.headers["content-language"] == language
        for form in ("text/turtle", "application/ld+json"):
            reply = await client.get(f"/id/software/{id}", headers={"Accept": form})
            assert reply.headers["content-type"].startswith(form)
        for host in ("one.example", "other.example"):
            reply = await client.get("/.well-known/oss-catalog", headers={"Host": host})
            assert reply.json()["uri"].startswith(f"http://{host}/")
        for encoding in ("gzip", "zstd", "identity"):
            reply = await client.get(LIST, headers={"Accept-Encoding": encoding})
            assert reply.headers.get("content-encoding", "identity") == encoding
            assert len(reply.json()["data"]) == 1


async def test_what_need_not_hold_any_longer_is_asked_for_again(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    for path in OTHER_PATHS * 2:
        with statements(app) as asked:
            await client.get(path)
        assert asked, path


async def test_with_a_token_nothing_comes_from_memory(
    app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    assert (await client.get(LIST)).content == (await writer.get(LIST)).content

    with statements(app) as asked:
        await writer.get(LIST)
    assert asked


async def test_nothing_is_kept_where_there_is_no_room(
    settings: Settings, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    app = create_app(settings.model_copy(update={"cache_bytes": 0}))
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client,
    ):
        for _ in range(2):
            with statements(app) as asked:
                assert len((await client.get(LIST)).json()["data"]) == 1
            assert asked


async def test_kept_replies_are_counted_under_their_route(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    id = await create(writer, 1)
    for _ in range(3):
        await client.get(f"/v1/software/{id}")

    measured = (await client.get("/metrics")).text
    assert 'method="GET",route="/software/{id}",status="200"} 3.0' in measured
