"""GitHub: organisations in pages that `Link` headers join, and files beside the API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.federation.driver import (
    CursorLost,
    Forked,
    Mode,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.github import DRIVER, GITHUB, forge
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run, run_until
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

API = "/api/v3"
TOKEN = "ghp_token"  # noqa: S105 - of nobody
PAGE = "sort=created&direction=asc&per_page=100&page="
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def repository(number: int, owner: str = "OS2mo", **changed: object) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"r{number}",
        "full_name": f"{owner}/r{number}",
        "private": False,
        "owner": {"login": owner},
        "html_url": "https://evil.example.org/not/ours",
        "description": "Medarbejdere og organisation",
        "fork": False,
        "homepage": "https://os2.eu/produkt/os2mo",
        "language": "Python",
        "topics": ["hr", "os2"],
        "license": {"key": "mpl-2.0", "spdx_id": "MPL-2.0"},
        "archived": False,
        "pushed_at": "2026-11-20T10:00:00Z",
    } | changed


def organisation(server: Server, name: str, *pages: object, kind: str = "orgs") -> None:
    """Serve the pages of its list."""
    option = "public" if kind == "orgs" else "owner"
    addresses = [
        f"{API}/{kind}/{name}/repos?type={option}&{PAGE}{number}"
        for number in range(1, len(pages) + 1)
    ]
    for number, (address, items) in enumerate(zip(addresses, pages, strict=True), start=1):
        links = [f'<{server.url(addresses[0])}>; rel="first"']
        if number < len(pages):
            links.append(f'<{server.url(addresses[number])}>; rel="next"')
        server.answers[address] = reply(body=orjson.dumps(items), link=", ".join(links))


def three_pages(server: Server) -> Source:
    organisation(server, "OS2mo", [repository(1)], [repository(2)], [repository(3)])
    return Source(url=server.url(""), args=("OS2mo",), secret=TOKEN)


def file(server: Server, name: str, text: bytes, as_: str = "publiccode.yml") -> None:
    server.answers[f"/{name}/raw/HEAD/{as_}"] = reply(body=text)


async def test_pages_are_followed_to_the_last() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        file(server, "OS2mo/r1", b"name: One")
        file(server, "OS2mo/r2", b"name: Two", as_="publiccode.yaml")
        pages = await run(DRIVER, source, client)

        found = records(pages)
        assert list(found) == ["1", "2", "3"]
        assert [page.cursor for page in pages] == ["2 OS2mo", "3 OS2mo", None]
        one, two, three = found.values()
        assert (one.text, two.text, three.text) == (b"name: One", b"name: Two", None)
        assert [each.is_first_hand for each in found.values()] == [True, True, False]
        assert one.url == server.url("/OS2mo/r1"), "whatever the forge says"
        assert three.modified == datetime(2026, 11, 20, 10, tzinfo=UTC)
        told = three.known
        assert told is not None
        assert (told.name, told.license, told.topics) == ("r3", "MPL-2.0", ("hr", "os2"))
        assert (told.organisation, told.programming_language) == ("OS2mo", "Python")
        tokens = {asked.target: asked.headers.get("authorization") for asked in server.asked}
        assert {token for target, token in tokens.items() if "/raw/" in target} == {None}
        assert {token for target, token in tokens.items() if API in target} == {f"Bearer {TOKEN}"}


async def test_a_run_goes_on_behind_its_cursor() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        pages = await run(DRIVER, source, client, Task(cursor="3 OS2mo"))
        assert list(records(pages)) == ["3"]
        for cursor in ("3 OS2web", "OS2mo", "x OS2mo", "² OS2mo", ""):
            with pytest.raises(CursorLost):
                await run(DRIVER, source, client, Task(cursor=cursor))


async def test_organisations_users_and_single_repositories_are_named() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(server, "OS2mo", [repository(1)])
        organisation(server, "someone", [repository(2, "someone")], kind="users")
        server.answers[f"{API}/repos/OS2web/web"] = reply(body=orjson.dumps(repository(3)))
        names = ("OS2mo", "someone", "OS2web/web", "OS2web/gone", "OS2mo")
        pages = await run(DRIVER, Source(url=server.url(""), args=names), client)
        assert list(records(pages)) == ["1", "2", "3"]
        assert [page.cursor for page in pages] == [
            "1 someone",
            "1 OS2web/web",
            "1 OS2web/gone",
            None,
        ]

        pages = await run(DRIVER, Source(url=server.url("/OS2mo/")), client)
        assert list(records(pages)) == ["1"]
        with pytest.raises(Unavailable):
            await run(DRIVER, Source(url=server.url(""), args=("nobody",)), client)
        with pytest.raises(Unreadable):
            await run(DRIVER, Source(url=server.url("/")), client)


async def test_an_empty_organisation_is_no_fault() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(server, "new", [])
        (page,) = await run(DRIVER, Source(url=server.url(""), args=("new",)), client)
    assert (page.records, page.cursor) == ((), None)


async def test_what_is_private_stays_so() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(server, "OS2mo", [repository(1, private=True), repository(2)])
        pages = await run(DRIVER, Source(url=server.url("/OS2mo"), secret=TOKEN), client)
    assert list(records(pages)) == ["2"]


async def test_what_was_quiet_is_not_read_again() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(
            server,
            "OS2mo",
            [repository(1, pushed_at="2026-10-01T10:00:00Z"), repository(2)],
            [repository(3, pushed_at=None)],
        )
        task = Task(mode=Mode.INCREMENTAL, since=NOVEMBER)
        pages = await run(DRIVER, Source(url=server.url("/OS2mo")), client, task)
        assert list(records(pages)) == ["2", "3"]
        assert not [asked for asked in server.asked if "/r1/" in asked.target]


async def test_a_fork_tells_what_it_is_made_from() -> None:
    async with serving({}) as server, asking(server) as client:
        forks = [repository(number, fork=True) for number in (1, 2)]
        organisation(server, "OS2mo", forks)
        whole = forks[0] | {"parent": {"full_name": "upstream/it"}}
        server.answers[f"{API}/repositories/1"] = reply(body=orjson.dumps(whole))
        found = records(await run(DRIVER, Source(url=server.url("/OS2mo")), client))
        assert found["1"].forked == Forked(parent=server.url("/upstream/it"))
        assert found["2"].forked == Forked()


async def test_what_was_renamed_keeps_its_former_address() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(server, "magenta", [repository(1, "OS2mo")])
        server.answers[f"{API}/repos/old/mo"] = reply(301, location=f"{API}/repositories/2")
        server.answers[f"{API}/repositories/2"] = reply(body=orjson.dumps(repository(2)))
        source = Source(url=server.url(""), args=("magenta", "old/mo"))
        one, two = records(await run(DRIVER, source, client)).values()
        assert (one.url, one.aliases) == (server.url("/OS2mo/r1"), (server.url("/magenta/r1"),))
        assert (two.url, two.aliases) == (server.url("/OS2mo/r2"), (server.url("/old/mo"),))
        assert two.identifiers == (("redirect", server.url("/old/mo")),)


async def test_some_are_asked_for_by_their_ids() -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers[f"{API}/repositories/7"] = reply(body=orjson.dumps(repository(7)))
        file(server, "OS2mo/r7", b"name: Seven")
        task = Task(mode=Mode.TARGETED, targets=("7", "8"))
        found = records(await run(DRIVER, Source(url=server.url("/OS2mo")), client, task))
        assert (found["7"].text, found["7"].deleted) == (b"name: Seven", False)
        assert found["8"].deleted
        assert len([asked for asked in server.asked if asked.target.endswith("/8")]) == 2

        server.answers[f"{API}/repositories/8"] = reply(403)
        with pytest.raises(Unavailable):
            await run(DRIVER, Source(url=server.url("/OS2mo")), client, task)


@pytest.mark.parametrize("status", [403, 451, 500, 502])
async def test_one_broken_repository_is_only_still_there(status: int) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers["/OS2mo/r2/raw/HEAD/publiccode.yml"] = reply(status)
        found = records(await run(DRIVER, source, client))
        assert (found["2"].text, found["2"].known, found["2"].deleted) == (None, None, False)
        assert found["3"].known


async def test_a_file_that_is_too_long_or_cut_is_not_taken_for_none() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        file(server, "OS2mo/r1", b"#" * (1024 * 1024 + 1))
        server.answers["/OS2mo/r2/raw/HEAD/publiccode.yml"] = cut_short(
            reply(body=b"name: Two" * 9)
        )
        found = records(await run(DRIVER, source, client))
        assert [found[id].known for id in ("1", "2")] == [None, None]


@pytest.mark.parametrize("status", [401, 429])
async def test_who_turns_us_away_ends_the_run(status: int) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers["/OS2mo/r2/raw/HEAD/publiccode.yml"] = reply(status)
        with pytest.raises(Unavailable) as fault:
            await run(DRIVER, source, client)
        assert fault.value.status == status


async def test_a_fault_in_mid_run_leaves_what_was_read() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[f"{API}/orgs/OS2mo/repos?type=public&{PAGE}3"] = reply(500)
        pages = await run_until(Unavailable, DRIVER, source, client)
        assert (list(records(pages)), pages[-1].cursor) == (["1", "2"], "3 OS2mo")


async def test_the_same_page_again_is_not_the_end() -> None:
    async with serving({}) as server, asking(server) as client:
        organisation(server, "OS2mo", [repository(1)], [repository(1)], [repository(1)])
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/OS2mo")), client)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(body=b"<html>"), Unreadable),
        (reply(body=b'[{"id": 1}]'), Unreadable),
        (cut_short(reply(body=b"[" + b" " * 99 + b"]")), BadReply),
    ],
)
async def test_what_is_no_list_is_a_fault(answer: Answer, fault: type[Exception]) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers[f"{API}/orgs/OS2mo/repos?type=public&{PAGE}1"] = answer
        with pytest.raises(fault):
            await run(DRIVER, Source(url=server.url("/OS2mo")), client)


@pytest.mark.parametrize(
    "source",
    [
        Source(url=GITHUB, args=("OS2mo",)),
        Source(url=f"{GITHUB}/OS2mo"),
        Source(url="https://www.github.com/OS2mo/"),
        Source(url="https://api.github.com/", args=("OS2mo",)),
    ],
)
async def test_github_itself_is_asked_at_its_own_address(source: Source) -> None:
    async with asking() as client:
        github = forge(source, client)
    assert (github.api, github.place.parts) == ("https://api.github.com", ("OS2mo",))
    assert github.place.address("OS2mo/os2mo") == "https://github.com/OS2mo/os2mo"


async def test_an_enterprise_server_may_be_given_with_its_api() -> None:
    async with asking() as client:
        github = forge(Source(url="https://github.example.org/api/v3", args=("a",)), client)
    assert github.api == "https://github.example.org/api/v3"
    assert github.place.site == "https://github.example.org"
