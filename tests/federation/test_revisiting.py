"""What peers need not send again, over real sockets."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import text

from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import peers, revisiting
from app.federation.peers import Followed, PeerDraft
from app.federation.revisiting import TRUSTED_FOR, Revisiting
from app.federation.runs import Count
from app.remote.client import Client
from tests.builders import a_file
from tests.federation.drivers.runs import asking
from tests.federation.scripted import VAULT, Stage
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIST = "/api/v1/repos/search?sort=id&order=asc&limit=50&page=1"
CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


def conditional(server: Server, body: bytes, tag: str, **headers: str) -> Answer:
    """A resource as HTTP has it: whoever knows its tag is told that it is not modified."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        known = server.asked[-1].headers.get("if-none-match")
        sent = reply(304, etag=tag) if known == tag else reply(200, body, etag=tag, **headers)
        writer.write(sent.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
        await writer.drain()

    return answer


def repositories(*names: str) -> bytes:
    listed = [
        {"id": ord(name), "name": name, "full_name": f"city/{name}", "licenses": ["EUPL-1.2"]}
        for name in names
    ]
    return orjson.dumps({"ok": True, "data": listed})


def file(name: str) -> str:
    return f"/api/v1/repos/city/{name}/raw/publiccode.yml"


def conditions(server: Server) -> list[bool]:
    """Of all questions since this was asked last, whether there was a condition."""
    asked = [bool(CONDITIONS & each.headers.keys()) for each in server.asked]
    server.asked.clear()
    return asked


async def follow(database: Database, url: str) -> Followed:
    async with transaction(database) as session:
        draft = PeerDraft(name="Forge", kind="forgejo", url=url)
        return await peers.create(session, draft, VAULT, now=NOW)


async def test_what_is_not_modified_is_all_still_there(database: Database) -> None:
    async with serving({}) as server, asking(server) as client:
        stage = Stage(database, web=client)
        peer = await stage.follow(server.url(""), kind="forgejo")

        def serve(*names: str, tag: str) -> None:
            server.answers[LIST] = conditional(server, repositories(*names), tag, link="<x>")
            for name in names:
                there = a_file(server.url(f"/city/{name}"), name=name)
                server.answers[file(name)] = conditional(server, there, f'"{name}"')

        serve("a", "b", tag='W/"1"')
        assert (await stage.list_again(peer)).counts[Count.CREATED] == 2
        assert not any(conditions(server))

        before = await stage.software()
        for _ in range(3):
            run = await stage.list_again(peer)
            assert (run.counts[Count.UNCHANGED], run.counts[Count.MISSING]) == (2, 0)
            assert conditions(server) == [True, True, True]
        assert await stage.software() == before

        changed = a_file(server.url("/city/a"), name="Changed")
        server.answers[file("a")] = conditional(server, changed, '"later"')
        run = await stage.list_again(peer)
        assert (run.counts[Count.UPDATED], run.counts[Count.UNCHANGED]) == (1, 1)

        serve("b", tag='W/"2"')
        for _ in range(2):
            await stage.list_again(peer)
        assert await stage.addresses() == [server.url("/city/b")]
        async with reading(database) as session:
            kept = await session.execute(text("SELECT count(*) FROM peer_replies"))
            assert kept.scalar_one() == 2  # the list and one file: nobody asks for the other


async def fetched(web: Revisiting, url: str) -> bytes:
    """The body, when it has been stored as that of a page is."""
    found = await web.fetch(url)
    async with transaction(web.database) as session:
        await revisiting.keep(session, web.peer_id, web.learnt(), now=web.now)
    return found.body


async def revisits(
    database: Database, client: Client, peer: Followed, now: datetime = NOW
) -> Revisiting:
    return await revisiting.open_for(database, client, peer.id, now=now)


async def test_a_reply_is_trusted_for_a_while(database: Database) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/"] = conditional(server, b"as it was", '"same"', x_page="7")
        peer = await follow(database, server.url(""))

        for age, is_conditional in (
            (timedelta(0), False),
            (TRUSTED_FOR - timedelta(days=1), True),
            (TRUSTED_FOR + timedelta(days=1), False),
            (TRUSTED_FOR + timedelta(days=2), True),
        ):
            web = await revisits(database, client, peer, NOW + age)
            assert await fetched(web, server.url()) == b"as it was"
            assert conditions(server) == [is_conditional], age
        found = await web.fetch(server.url())
        assert (found.status, found.headers["x-page"]) == (200, "7")


async def test_what_no_page_came_of_is_not_remembered(database: Database) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/"] = conditional(server, b"as it was", '"same"')
        peer = await follow(database, server.url(""))

        for _ in range(2):
            await (await revisits(database, client, peer)).fetch(server.url())

        assert conditions(server) == [False, False]


@pytest.mark.parametrize(
    ("date", "is_conditional"),
    [
        ("Mon, 23 Nov 2026 12:01:00 GMT", True),
        ("Mon, 23 Nov 2026 12:00:59 GMT", False),
        ("Mon, 23 Nov 2026 12:01:00", False),
        ("soon", False),
        ("", False),
    ],
)
async def test_a_date_counts_when_nothing_else_can_bear_it(
    database: Database, date: str, is_conditional: bool
) -> None:
    async with serving({}) as server, asking(server) as client:
        modified = "Mon, 23 Nov 2026 12:00:00 GMT"
        server.answers["/"] = reply(200, b"dated", last_modified=modified, date=date)
        web = await revisits(database, client, await follow(database, server.url("")))

        assert [await fetched(web, server.url()) for _ in range(2)] == [b"dated"] * 2
        assert server.asked[1].headers.get("if-modified-since") == (
            modified if is_conditional else None
        )


async def test_nothing_is_unmodified_that_nobody_knew(database: Database) -> None:
    async with serving({"/": reply(304, etag='"1"')}) as server, asking(server) as client:
        web = await revisits(database, client, await follow(database, server.url("")))

        assert (await web.fetch(server.url())).status == 304
        assert not web.learnt().new


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"etag": '"a"', "cache-control": "private, No-Store"},
        {"etag": '"a"', "vary": "*"},
        {"etag": '"ä"'},
        {"etag": '"' + "a" * 1001 + '"'},
    ],
    ids=("no validator", "not to be stored", "varying by anything", "not ASCII", "too long"),
)
async def test_what_cannot_be_asked_for_again_is_not_kept(
    database: Database, headers: dict[str, str]
) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/"] = reply(200, b"always", **headers)
        web = await revisits(database, client, await follow(database, server.url("")))

        assert [await fetched(web, server.url()) for _ in range(2)] == [b"always"] * 2
        assert conditions(server) == [False, False]


async def test_an_address_that_leads_elsewhere_has_another_reply(database: Database) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/old"] = conditional(server, b"old", '"1"')
        server.answers["/new"] = conditional(server, b"new", '"1"')
        web = await revisits(database, client, await follow(database, server.url("")))

        for place in ("old", "new", "new"):
            server.answers["/"] = reply(302, location=f"/{place}")
            assert await fetched(web, server.url()) == place.encode()


async def test_nobody_can_fill_the_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisiting, "LARGEST_MEMORY", 300)
    async with serving({}) as server, asking(server) as client:
        peer = await follow(database, server.url(""))
        for number in range(5):
            server.answers[f"/{number}"] = reply(200, b"x", etag=f'"{number}"')
            await fetched(await revisits(database, client, peer), server.url(f"/{number}"))

        async with reading(database) as session:
            kept = await session.execute(text("SELECT count(*), sum(size) FROM peer_replies"))
            number, size = kept.one()
        assert 0 < number < 5
        assert size <= 300


async def test_a_peer_that_is_read_elsewhere_is_forgotten(database: Database) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/"] = conditional(server, b"as it was", '"same"')
        peer = await follow(database, server.url(""))
        await fetched(await revisits(database, client, peer), server.url())

        draft = PeerDraft(name="Forge", kind="forgejo", url=server.url("/elsewhere"))
        async with transaction(database) as session:
            await peers.revise(session, peer.id, draft, VAULT, now=NOW)

        await fetched(await revisits(database, client, peer), server.url())
        assert conditions(server) == [False, False]
