"""Forgejo and Gitea: a search for everything, or the repositories of some owners."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.federation.driver import (
    Driver,
    Forked,
    Mode,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.gitea import FORGEJO, GITEA
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run, run_until
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

API = "/api/v1"
TOKEN = "geheim"  # noqa: S105 - of nobody
SEARCH = f"{API}/repos/search?sort=id&order=asc&limit=50&page="


def repository(number: int, owner: str = "utrecht", **changed: object) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"r{number}",
        "full_name": f"{owner}/r{number}",
        "owner": {"login": owner, "full_name": "Gemeente Utrecht"},
        "description": "Meldingen openbare ruimte",
        "private": False,
        "internal": False,
        "fork": False,
        "parent": None,
        "language": "Go",
        "website": "https://meldingen.example.nl",
        "licenses": ["EUPL-1.2"],
        "topics": ["meldingen"],
        "archived": False,
        "updated_at": "2026-11-20T12:00:00+02:00",
    } | changed


def serve(server: Server, address: str, *pages: object) -> None:
    """A list at `address`, which ends with the number of the page."""
    for number, items in enumerate(pages, start=1):
        links = [f'<{server.url(address)}1>; rel="first"']
        if number < len(pages):
            links.append(f'<{server.url(address)}{number + 1}>; rel="next"')
        body = orjson.dumps({"ok": True, "data": items} if "search" in address else items)
        server.answers[f"{address}{number}"] = reply(body=body, link=",".join(links))


def three_pages(server: Server) -> Source:
    serve(server, SEARCH, [repository(1)], [repository(2)], [repository(3)])
    return Source(url=server.url("/"), secret=TOKEN)


@pytest.mark.parametrize("driver", [GITEA, FORGEJO], ids=lambda driver: driver.kind)
async def test_all_repositories_are_read(driver: Driver) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[f"{API}/repos/utrecht/r2/raw/publiccode.yml"] = reply(body=b"name: Twee")
        pages = await run(driver, source, client)

        found = records(pages)
        assert list(found) == ["1", "2", "3"]
        assert [page.cursor for page in pages] == ["2 ", "3 ", None]
        assert (found["2"].text, found["2"].is_first_hand) == (b"name: Twee", True)
        assert found["1"].url == server.url("/utrecht/r1")
        told = found["1"].known
        assert told is not None
        assert (told.license, told.organisation) == ("EUPL-1.2", "Gemeente Utrecht")
        assert told.active_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
        assert {asked.headers.get("authorization") for asked in server.asked} == {f"token {TOKEN}"}


async def test_a_run_goes_on_behind_its_cursor() -> None:
    async with serving({}) as server, asking(server) as client:
        pages = await run(FORGEJO, three_pages(server), client, Task(cursor="3 "))
    assert list(records(pages)) == ["3"]


async def test_a_list_without_links_is_read_until_it_is_empty() -> None:
    async with serving({}) as server, asking(server) as client:
        hidden = [repository(2, private=True)]
        for number, items in enumerate(([repository(1)], hidden, [repository(3)], []), start=1):
            body = orjson.dumps({"ok": True, "data": items})
            server.answers[f"{SEARCH}{number}"] = reply(body=body)
        pages = await run(GITEA, Source(url=server.url("")), client)
    assert list(records(pages)) == ["1", "3"]


async def test_owners_and_single_repositories_are_named() -> None:
    async with serving({}) as server, asking(server) as client:
        serve(server, f"{API}/orgs/utrecht/repos?limit=50&page=", [repository(1)], [repository(2)])
        serve(server, f"{API}/users/jan/repos?limit=50&page=", [repository(3, "jan")])
        server.answers[f"{API}/repos/old/name"] = reply(body=orjson.dumps(repository(4)))
        source = Source(url=server.url(""), args=("utrecht", "jan", "old/name", "old/gone"))
        pages = await run(GITEA, source, client)

        found = records(pages)
        assert list(found) == ["1", "2", "3", "4"]
        assert [page.cursor for page in pages] == [
            "2 utrecht",
            "1 jan",
            "1 old/name",
            "1 old/gone",
            None,
        ]
        assert found["4"].aliases == (server.url("/old/name"),)
        with pytest.raises(Unavailable):
            await run(GITEA, Source(url=server.url("/nobody")), client)


async def test_what_was_quiet_is_not_read_again() -> None:
    async with serving({}) as server, asking(server) as client:
        serve(server, SEARCH, [repository(1, updated_at="2026-10-01T10:00:00Z"), repository(2)])
        task = Task(mode=Mode.INCREMENTAL, since=datetime(2026, 11, 1, tzinfo=UTC))
        pages = await run(GITEA, Source(url=server.url("")), client, task)
    assert list(records(pages)) == ["2"]


async def test_forks_are_told_and_what_is_not_public_is_not() -> None:
    async with serving({}) as server, asking(server) as client:
        items = [
            repository(1, fork=True, parent={"full_name": "up/stream"}),
            repository(2, fork=True),
            repository(3, private=True),
            repository(4, internal=True),
        ]
        serve(server, SEARCH, items)
        found = records(await run(GITEA, Source(url=server.url("")), client))
        assert list(found) == ["1", "2"]
        assert found["1"].forked == Forked(parent=server.url("/up/stream"))
        assert found["2"].forked == Forked()


async def test_some_are_asked_for_by_their_ids() -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers[f"{API}/repositories/5"] = reply(body=orjson.dumps(repository(5)))
        task = Task(mode=Mode.TARGETED, targets=("5", "../6"))
        five, six = records(await run(GITEA, Source(url=server.url("")), client, task)).values()
        assert (five.known is None, six.deleted) == (False, True)
        assert server.asked[-1].target == f"{API}/repositories/..%2F6"


async def test_the_same_page_again_is_not_the_end() -> None:
    async with serving({}) as server, asking(server) as client:
        serve(server, SEARCH, [repository(1)], [repository(1)])
        pages = await run_until(PageRepeated, GITEA, Source(url=server.url("")), client)
    assert list(records(pages)) == ["1"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(500), Unavailable),
        (reply(body=b'{"ok": true, "data": null}'), Unreadable),
        (reply(body=b'{"message": "sorry"}'), Unreadable),
        (cut_short(reply(body=b"[" + b" " * 99 + b"]")), BadReply),
    ],
)
async def test_a_fault_in_mid_run_leaves_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[f"{SEARCH}3"] = answer
        pages = await run_until(fault, GITEA, source, client)
    assert (list(records(pages)), pages[-1].cursor) == (["1", "2"], "3 ")
