"""A repository of publiccode.yml files, which its forge packs into one archive."""

import pytest

from app.federation.driver import Mode, Source, Task, Unavailable, Unreadable
from app.federation.drivers.git import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import FORGE, asking, cut_short, records, run
from tests.federation.test_tarball import packed
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

ARCHIVE = "/api/v4/projects/open%2Fsamling/repository/archive.tar.gz"
FILES = {
    "samling-3f2a/README.md": b"# Samling",
    "samling-3f2a/mkdocs.yml": b"site_name: Samling\n",
    "samling-3f2a/.gitlab/x.yml": b"publiccodeYmlVersion: '0'\n",
    "samling-3f2a/a/publiccode.yml": b"# a\npubliccodeYmlVersion: '0'\nname: A\n",
    "samling-3f2a/b/publiccode.yaml": b'"publiccodeYmlVersion": "0"\nname: B\n',
    "samling-3f2a/c/old.yml": b"publiccode-yml-version: 0.1\nname: C\n",
}


def repository(server: Server, answer: Answer | None = None) -> Source:
    server.answers[ARCHIVE] = answer or reply(body=packed(FILES), content_type="application/gzip")
    return Source(url=f"http://{FORGE}:{server.port}/open/samling.git")


async def test_files_that_name_a_version_are_told_by_their_paths() -> None:
    async with serving({}) as server, asking(server) as client:
        found = records(await run(DRIVER, repository(server), client))

    assert list(found) == ["a/publiccode.yml", "b/publiccode.yaml", "c/old.yml"]
    assert found["a/publiccode.yml"].text == FILES["samling-3f2a/a/publiccode.yml"]
    assert not any(each.is_first_hand or each.url for each in found.values())


@pytest.mark.parametrize(
    ("places", "paths"),
    [
        (("a", "/c/"), ["a/publiccode.yml", "c/old.yml"]),
        (("*/publiccode.y*ml",), ["a/publiccode.yml", "b/publiccode.yaml"]),
        (("mkdocs.yml", ".gitlab"), [".gitlab/x.yml", "mkdocs.yml"]),
        (("nowhere",), []),
    ],
)
async def test_places_are_named(places: tuple[str, ...], paths: list[str]) -> None:
    async with serving({}) as server, asking(server) as client:
        source = Source(url=repository(server).url, args=places)
        assert list(records(await run(DRIVER, source, client))) == paths


async def test_many_files_are_told_in_pages_and_go_on_behind_a_cursor() -> None:
    text = FILES["samling-3f2a/a/publiccode.yml"]
    many = {f"r/{number:03}.yml": text for number in range(250)}
    async with serving({}) as server, asking(server) as client:
        source = repository(server, reply(body=packed(many)))
        pages = await run(DRIVER, source, client)
        assert [len(page.records) for page in pages] == [100, 100, 50]
        pages = await run(DRIVER, source, client, Task(cursor=pages[1].cursor))
        assert list(records(pages)) == [f"{number:03}.yml" for number in range(200, 250)]


async def test_some_are_asked_for_by_their_paths() -> None:
    async with serving({}) as server, asking(server) as client:
        task = Task(mode=Mode.TARGETED, targets=("c/old.yml", "gone.yml"))
        old, gone = records(await run(DRIVER, repository(server), client, task)).values()
    assert (old.deleted, gone.deleted) == (False, True)


async def test_an_archive_may_be_anywhere() -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers["/kept/all.tar.gz?v=1"] = reply(body=packed(FILES))
        pages = await run(DRIVER, Source(url=server.url("/kept/all.tar.gz?v=1")), client)
        with pytest.raises(Unreadable, match="no forge that we know"):
            await run(DRIVER, Source(url=server.url("/kept/all")), client)
    assert len(records(pages)) == 3


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(404), Unavailable),
        (reply(500), Unavailable),
        (reply(body=packed(FILES)[:-20]), Unreadable),
        (reply(body=b"<html>Sign in</html>"), Unreadable),
        (cut_short(reply(body=packed(FILES))), BadReply),
    ],
)
async def test_without_a_whole_archive_nothing_is_told(
    answer: Answer, fault: type[Exception]
) -> None:
    async with serving({}) as server, asking(server) as client:
        with pytest.raises(fault):
            await run(DRIVER, repository(server, answer), client)
