"""GitLab: a whole instance behind the last id, groups in pages, one project at a time."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.federation.driver import Forked, Mode, PageRepeated, Source, Task, Unavailable, Unreadable
from app.federation.drivers.gitlab import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import asking, cut_short, records, run, run_until
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

API = "/api/v4"
TOKEN = "glpat"  # noqa: S105 - of nobody
LIST = "visibility=public&order_by=id&sort=asc&per_page=100"


def project(number: int, group: str = "bmi", **changed: object) -> dict[str, Any]:
    """As it is told to whoever is not signed in."""
    return {
        "id": number,
        "name": f"Projekt {number}",
        "path_with_namespace": f"{group}/p{number}",
        "description": "Anträge annehmen",
        "topics": ["Antrag"],
        "web_url": "https://evil.example.org/not/ours",
        "last_activity_at": "2026-11-20T10:00:00.123Z",
        "namespace": {"name": "Bundesministerium", "full_path": group},
    } | changed


def instance(server: Server, *pages: list[dict[str, Any]]) -> Source:
    """Serve the pages of all projects, and each with what is told of it alone."""
    last = 0
    for page in [*pages, []]:
        server.answers[f"{API}/projects?{LIST}&pagination=keyset&id_after={last}"] = reply(
            body=orjson.dumps(page)
        )
        last = max((each["id"] for each in page), default=last)
        for each in page:
            alone(server, each)
    return Source(url=server.url(""))


def alone(server: Server, told: dict[str, Any], **more: object) -> None:
    whole = told | {"license": {"key": "eupl-1.2"}} | more
    server.answers[f"{API}/projects/{told['id']}?license=true"] = reply(body=orjson.dumps(whole))


def file(number: int, name: str = "publiccode.yml") -> str:
    return f"{API}/projects/{number}/repository/files/{name}/raw?ref=HEAD"


def three_pages(server: Server) -> Source:
    return instance(server, [project(3), project(5)], [project(8)], [project(13)])


async def test_all_projects_are_read_in_the_order_of_their_ids() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[file(3)] = reply(body=b"name: Drei")
        server.answers[file(8, "publiccode.yaml")] = reply(body=b"name: Acht")
        pages = await run(DRIVER, source, client)

        found = records(pages)
        assert list(found) == ["3", "5", "8", "13"]
        assert [page.cursor for page in pages] == ["5 ", "8 ", "13 ", None]
        texts = [each.text for each in found.values()]
        assert texts == [b"name: Drei", None, b"name: Acht", None]
        assert found["3"].is_first_hand
        assert found["5"].url == server.url("/bmi/p5"), "whatever the forge says"
        told = found["5"].known
        assert told is not None
        assert (told.name, told.license, told.topics) == ("Projekt 5", "EUPL-1.2", ("Antrag",))
        assert (told.organisation, told.description) == ("Bundesministerium", "Anträge annehmen")
        assert told.active_at == datetime(2026, 11, 20, 10, 0, 0, 123_000, tzinfo=UTC)


async def test_a_run_goes_on_behind_its_cursor() -> None:
    async with serving({}) as server, asking(server) as client:
        pages = await run(DRIVER, three_pages(server), client, Task(cursor="5 "))
    assert list(records(pages)) == ["8", "13"]


async def test_groups_and_single_projects_are_named() -> None:
    async with serving({}) as server, asking(server) as client:
        for number in (1, 2, 3):
            address = f"{API}/groups/a%2Fb/projects?{LIST}&include_subgroups=true&page={number}"
            following = f'<{server.url("/ignored")}>; rel="next"' if number < 3 else ""
            items = orjson.dumps([project(number, "a/b/c")])
            server.answers[address] = reply(body=items, link=following)
        server.answers[f"{API}/projects/old%2Fname"] = reply(301, location=f"{API}/projects/9")
        server.answers[f"{API}/projects/9"] = reply(body=orjson.dumps(project(9)))
        alone(server, project(9))
        source = Source(url=server.url(""), args=("a/b", "old/name"), secret=TOKEN)

        pages = await run(DRIVER, source, client)
        found = records(pages)
        assert list(found) == ["1", "2", "3", "9"]
        assert [page.cursor for page in pages] == ["1 a/b", "2 a/b", "0 old/name", None]
        assert found["9"].aliases == (server.url("/old/name"),)
        assert found["9"].identifiers == (("redirect", server.url("/old/name")),)
        assert {asked.headers.get("private-token") for asked in server.asked} == {TOKEN}

        pages = await run(DRIVER, Source(url=server.url("/a/b")), client, Task(cursor="2 a/b"))
        assert list(records(pages)) == ["3"]
        with pytest.raises(Unavailable):
            await run(DRIVER, Source(url=server.url("/nobody")), client)


async def test_what_was_quiet_is_not_read_again() -> None:
    async with serving({}) as server, asking(server) as client:
        quiet = project(1, last_activity_at="2026-10-01T10:00:00Z")
        source = instance(server, [quiet, project(2)])
        since = datetime(2026, 11, 1, tzinfo=UTC)
        pages = await run(DRIVER, source, client, Task(mode=Mode.INCREMENTAL, since=since))
        assert list(records(pages)) == ["2"]
        assert not [asked for asked in server.asked if "/projects/1" in asked.target]


async def test_forks_and_archives_are_told() -> None:
    async with serving({}) as server, asking(server) as client:
        source = instance(server, [project(1), project(2)])
        upstream = "https://gitlab.example.org/up/stream"
        alone(server, project(1), forked_from_project={"web_url": upstream}, archived=True)
        one, two = records(await run(DRIVER, source, client)).values()
    assert (one.forked, two.forked) == (Forked(parent=upstream), None)
    assert one.known is not None
    assert one.known.archived


async def test_what_is_private_or_internal_stays_so() -> None:
    async with serving({}) as server, asking(server) as client:
        items = [project(1, visibility="private"), project(2, visibility="internal"), project(3)]
        hidden = [project(4, visibility="private")]
        pages = await run(DRIVER, instance(server, items, hidden, [project(5)]), client)
    assert list(records(pages)) == ["3", "5"]


async def test_some_are_asked_for_by_their_ids() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[file(5)] = reply(body=b"name: F\xc3\xbcnf")
        task = Task(mode=Mode.TARGETED, targets=("5", "6"))
        five, six = records(await run(DRIVER, source, client, task)).values()
    assert (five.text, six.deleted) == (b"name: F\xc3\xbcnf", True)


async def test_one_broken_project_is_only_still_there() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[file(3)] = reply(403)
        server.answers[f"{API}/projects/5?license=true"] = reply(500)
        found = records(await run(DRIVER, source, client))
    assert [each.known is None for each in found.values()] == [True, True, False, False]


async def test_an_instance_that_takes_no_notice_of_ids_is_noticed() -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        first = server.answers[f"{API}/projects?{LIST}&pagination=keyset&id_after=0"]
        server.answers[f"{API}/projects?{LIST}&pagination=keyset&id_after=5"] = first
        pages = await run_until(PageRepeated, DRIVER, source, client)
    assert list(records(pages)) == ["3", "5"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(500), Unavailable),
        (reply(429), Unavailable),
        (reply(body=b"{}"), Unreadable),
        (reply(body=b'[{"id": "x", "path_with_namespace": "a/b"}]'), Unreadable),
        (cut_short(reply(body=b"[" + b" " * 99 + b"]")), BadReply),
    ],
)
async def test_a_fault_in_mid_run_leaves_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving({}) as server, asking(server) as client:
        source = three_pages(server)
        server.answers[f"{API}/projects?{LIST}&pagination=keyset&id_after=8"] = answer
        pages = await run_until(fault, DRIVER, source, client)
    assert (list(records(pages)), pages[-1].cursor) == (["3", "5", "8"], "8 ")
