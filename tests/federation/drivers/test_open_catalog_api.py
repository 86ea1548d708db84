"""The Open Catalog API as others serve it: lists linked by queries, descriptions as they were."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from app.federation.driver import (
    CursorLost,
    Mode,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.open_catalog_api import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run, run_until
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

KEY = "v2.local.token"
LINKS = (
    "?page[size]=100&page[after]={}",
    "?all=true&page%5Bsize%5D=100&page%5Bafter%5D={}",
    "/v1/software?page[after]={}",
    "https://api.example.org/v1/software?page[after]={}",
    "{}",
)


def software(number: int, **changed: object) -> dict[str, Any]:
    return {
        "id": f"id-{number}",
        "url": f"https://git.example.it/comune/{number}.git",
        "aliases": [f"https://git.example.it/comune/{number}"],
        "publiccodeYml": f"name: Numero {number}\n",
        "active": True,
        "vitality": "90,91",
        "createdAt": "2026-11-01T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
    } | changed


def page(after: str = "", path: str = "/software") -> str:
    cursor = {"page[after]": after} if after else {}
    return f"/v1{path}?{urlencode({'all': 'true', 'page[size]': '100'} | cursor)}"


def listed(*items: object, following: str | None = None) -> bytes:
    return reply(body=orjson.dumps({"data": items, "links": {"prev": None, "next": following}}))


def three_pages(server: Server, link: str = LINKS[0], path: str = "/software") -> Source:
    server.answers |= {
        page(path=path): listed(software(1), software(2), following=link.format("Yg==")),
        page("Yg==", path): listed(software(3), following=link.format("Yw==")),
        page("Yw==", path): listed(software(4, active=False)),
    }
    return Source(url=server.url("/v1"), secret=KEY)


@pytest.mark.parametrize("link", LINKS)
async def test_pages_are_followed_however_they_are_linked(link: str) -> None:
    async with serving({}) as server, asking(server) as client:
        link = link if link == "{}" else link.replace("{}", quote("{}", safe="{}"))
        pages = await run(DRIVER, three_pages(server, link), client)
    assert list(records(pages)) == [f"id-{number}" for number in range(1, 5)]
    assert [page.cursor for page in pages] == ["/software Yg==", "/software Yw==", None]
    assert {asked.headers.get("authorization") for asked in server.asked} == {f"Bearer {KEY}"}


async def test_software_is_told_as_it_is() -> None:
    async with serving({}) as server, asking(server) as client:
        found = records(await run(DRIVER, three_pages(server), client))
    one = found["id-1"]
    assert one.url == "https://git.example.it/comune/1.git"
    assert one.aliases == ("https://git.example.it/comune/1",)
    assert (one.text, one.known) == (b"name: Numero 1\n", None)
    assert (one.vitality, one.modified) == ("90,91", datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert not one.is_first_hand
    assert (one.active, found["id-4"].active) == (True, False)


async def test_the_version_may_be_left_out_of_the_address() -> None:
    async with serving({}) as server, asking(server) as client:
        three_pages(server)
        for url in ("", "/", "/v1/"):
            assert len(await run(DRIVER, Source(url=server.url(url)), client)) == 3


async def test_a_run_goes_on_behind_its_cursor() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        pages = await run(DRIVER, source, client, Task(cursor="/software Yw=="))
        assert list(records(pages)) == ["id-4"]
        with pytest.raises(CursorLost):
            await run(DRIVER, source, client, Task(cursor="/catalogs/it/software Yw=="))


async def test_catalogues_are_named() -> None:
    async with serving({}) as server, asking(server) as client:
        three_pages(server, path="/catalogs/it/software")
        server.answers[page(path="/catalogs/%E2%88%85/software")] = listed(software(9))
        source = Source(url=server.url("/v1"), args=("it", "∅", "it"))
        pages = await run(DRIVER, source, client)
        assert len(records(pages)) == 5
        assert [page.cursor for page in pages[2:]] == ["/catalogs/%E2%88%85/software ", None]
        pages = await run(DRIVER, source, client, Task(cursor=pages[2].cursor))
        assert list(records(pages)) == ["id-9"]


async def test_what_is_not_as_it_should_be_is_told_with_what_it_has() -> None:
    odd = {"id": "id-1", "url": 7.5, "aliases": "https://a.example.org/b", "publiccodeYml": ["x"]}
    async with serving({page(): listed(odd)}) as server, asking(server) as client:
        (one,) = records(await run(DRIVER, Source(url=server.url("/v1")), client)).values()
    assert (one.url, one.aliases, one.text) == (None, ("https://a.example.org/b",), None)


async def test_what_nobody_finds_twice_is_gone() -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/v1/software/id-1"] = reply(body=orjson.dumps(software(1)))
        task = Task(mode=Mode.TARGETED, targets=("id-1", "id/2"))
        one, two = records(await run(DRIVER, Source(url=server.url("/v1")), client, task)).values()
        assert (one.text, two.deleted) == (b"name: Numero 1\n", True)
        targets = [asked.target for asked in server.asked]
        assert targets == ["/v1/software/id-1", "/v1/software/id%2F2", "/v1/software/id%2F2"]

        server.answers["/v1/software/id%2F2"] = reply(500)
        with pytest.raises(Unavailable):
            await run(DRIVER, Source(url=server.url("/v1")), client, task)


async def test_the_same_page_again_is_not_the_end() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[page("Yw==")] = server.answers[page("Yg==")]
        pages = await run_until(PageRepeated, DRIVER, source, client)
    assert list(records(pages)) == ["id-1", "id-2", "id-3"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(500), Unavailable),
        (reply(429, retry_after="60"), Unavailable),
        (reply(body=b"[]"), Unreadable),
        (reply(body=b'{"data": null}'), Unreadable),
        (listed(software(3), following="?page[size]=100"), Unreadable),
        (cut_short(listed(software(3))), BadReply),
    ],
)
async def test_a_fault_in_mid_run_leaves_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[page("Yg==")] = answer
        pages = await run_until(fault, DRIVER, source, client)
    assert (list(records(pages)), pages[-1].cursor) == (["id-1", "id-2"], "/software Yg==")


async def test_what_has_no_id_waits_for_a_person() -> None:
    nameless = [
        {name: value for name, value in software(number).items() if name not in left_out}
        for number, left_out in ((3, {"id"}), (4, {"id", "url"}))
    ]
    deep = b'{"url": "https://git.example.it/deep", "x": ' + b"[" * 500 + b"]" * 500 + b"}"
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        items = [*nameless, orjson.Fragment(deep), software(5)]
        server.answers[page("Yg==")] = listed(*items, following="Yw==")
        found = records(await run(DRIVER, source, client))

    by_address, by_content, too_deep = (
        each for id, each in found.items() if id.startswith("no id ")
    )
    assert too_deep.text == b'{"url":"https://git.example.it/deep"}'
    assert by_address.source_id == "no id https://git.example.it/comune/3.git"
    assert [by_address.fault, by_content.fault] == ["id-missing"] * 2
    assert [orjson.loads(each.text or b"") for each in (by_address, by_content)] == nameless
    assert found["id-5"].fault is None
