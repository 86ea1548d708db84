"""The OSS register of developer.overheid.nl, in pages that `Link` headers join."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.federation.driver import Mode, PageRepeated, Source, Task, Unavailable, Unreadable
from app.federation.drivers.don_register import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio
FIRST = "/v1/repositories?perPage=100"
KEY = "sleutel"


def repository(number: int, **changed: object) -> dict[str, Any]:
    return {
        "id": f"id-{number}",
        "url": f"https://git.example.nl/gemeente/{number}",
        "name": f"Register {number}",
        "shortDescription": "Wat er is.",
        "organisation": {"label": "Gemeente Utrecht", "uri": "https://www.utrecht.nl"},
        "license": "eupl-1.2",
        "archived": False,
        "lastActivityAt": "2026-11-20T10:00:00Z",
    } | changed


def page(*items: object, following: str | None = None) -> bytes:
    links = [f'<{FIRST}>; rel="first"']
    if following:
        links.append(f'<{following}>; title="the, next"; rel="next"')
    return reply(body=orjson.dumps(items), link=", ".join(links), total_count="5")


def pages_of(server: Server) -> Source:
    """Three pages, with absolute and relative links."""
    server.answers |= {
        FIRST: page(repository(1), repository(2), following=server.url("/v1/repositories?page=2")),
        "/v1/repositories?page=2": page(
            repository(3), repository(4), following="/v1/repositories?page=3"
        ),
        "/v1/repositories?page=3": page(
            repository(5, archived=True, publiccodeYmlUrl=server.url("/publiccode.yml")), "odd", {}
        ),
        "/publiccode.yml": reply(body=b"name: Vijf\n"),
    }
    return Source(url=server.url("/v1"), secret=KEY)


async def test_pages_are_followed_with_the_key() -> None:
    async with serving({}) as server, asking(server) as client:
        pages = await run(DRIVER, pages_of(server), client)

    found = records(pages)
    assert list(found) == [f"id-{number}" for number in range(1, 6)]
    assert [page.cursor is None for page in pages] == [False, False, True]
    one, five = found["id-1"].known, found["id-5"]
    assert one is not None
    assert (one.name, one.organisation, one.archived) == ("Register 1", "Gemeente Utrecht", False)
    assert one.license == "EUPL-1.2"
    assert one.active_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert five.text == b"name: Vijf\n"
    keys = {asked.target: asked.headers.get("x-api-key") for asked in server.asked}
    assert keys.pop("/publiccode.yml") is None
    assert set(keys.values()) == {KEY}


async def test_the_key_is_for_the_register_alone() -> None:
    async with serving({}) as server, serving({}) as stranger, asking(server, stranger) as client:
        server.answers[FIRST] = page(repository(1), following=stranger.url("/more"))
        stranger.answers["/more"] = page(repository(2))
        await run(DRIVER, Source(url=server.url("/v1"), secret=KEY), client)

    assert "x-api-key" not in stranger.asked[0].headers


async def test_what_had_no_activity_is_not_asked_for() -> None:
    address = f"{FIRST}&lastActivityAfter=2026-11-22"
    async with serving({address: page(repository(1))}) as server, asking(server) as client:
        task = Task(mode=Mode.INCREMENTAL, since=datetime(2026, 11, 22, 23, 50, tzinfo=UTC))
        found = records(await run(DRIVER, Source(url=server.url("/v1")), client, task))

    assert set(found) == {"id-1"}


async def test_a_run_goes_on_behind_its_cursor() -> None:
    async with serving({}) as server, asking(server) as client:
        source = pages_of(server)
        first, *_ = await run(DRIVER, source, client)
        rest = await run(DRIVER, source, client, Task(cursor=first.cursor))

    assert list(records(rest)) == ["id-3", "id-4", "id-5"]


async def test_every_page_being_the_first_is_no_end() -> None:
    async with serving({}) as server, asking(server) as client:
        for number in range(10):
            server.answers[f"/v1/repositories?page={number}"] = page(
                repository(1), following=f"/v1/repositories?page={number + 1}"
            )
        server.answers[FIRST] = server.answers["/v1/repositories?page=0"]
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/v1")), client)


async def test_a_page_that_follows_itself_is_no_end() -> None:
    async with serving({FIRST: page(following=FIRST)}) as server, asking(server) as client:
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/v1")), client)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(500), Unavailable),
        (reply(429, retry_after="60"), Unavailable),
        (reply(404), Unavailable),
        (reply(body=b'[{"id": "id-3"'), Unreadable),
        (reply(body=b'{"title": "Sorry"}'), Unreadable),
        (cut_short(page(repository(3), repository(4))), BadReply),
    ],
)
async def test_trouble_on_the_way_is_a_fault_behind_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving({}) as server, asking(server) as client:
        source = pages_of(server)
        server.answers["/v1/repositories?page=2"] = answer
        harvest = DRIVER.harvest(source, client, Task())
        first = await anext(harvest)
        with pytest.raises(fault):
            await anext(harvest)

    assert [record.source_id for record in first.records] == ["id-1", "id-2"]
