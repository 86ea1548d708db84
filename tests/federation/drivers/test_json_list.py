"""Lists of repositories in JSON, whose files are then read from the forge."""

import orjson
import pytest

from app.federation.driver import Known, PeerFault, Source, Task, Unavailable, Unreadable
from app.federation.drivers.json_list import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import FORGE, asking, records, run
from tests.remote.servers import reply, serving

pytestmark = pytest.mark.anyio
FILE = b"publiccodeYmlVersion: '0'\nname: Felanmalan\n"


def listed(*urls: object) -> bytes:
    return reply(body=orjson.dumps({"repos": [{"repository_url": url} for url in urls]}))


async def test_each_repository_is_listed_with_its_file() -> None:
    async with serving({}) as server, asking(server) as client:
        forge = f"http://{FORGE}:{server.port}"
        there, without, odd = f"{forge}/a/there", f"{forge}/a/without.git", "https://git.example/x"
        server.answers |= {
            "/all.json": listed(there, without, odd, there, None, "git@example.org:a", 7),
            "/a/there/-/raw/HEAD/publiccode.yml": reply(body=FILE, content_type="text/plain"),
        }
        pages = await run(DRIVER, Source(url=server.url("/all.json"), args=(PATH,)), client)

    found = records(pages)
    assert set(found) == {there, without, odd}
    assert found[there].text == FILE
    assert found[there].is_first_hand
    assert (found[without].text, found[without].is_first_hand) == (None, False)
    assert found[without].known == Known(name="without")
    assert pages[-1].cursor == max(found)


PATH = "$.repos[*].repository_url"


@pytest.mark.parametrize(
    "answer",
    [reply(503), reply(403), reply(429), reply(body=b"<html>Sign in", content_type="text/html")],
    ids=["503", "403", "429", "sign-in"],
)
async def test_a_forge_in_trouble_says_nothing_of_a_file(answer: bytes) -> None:
    async with serving({"/a/b/-/raw/HEAD/publiccode.yml": answer}) as server:
        url = f"http://{FORGE}:{server.port}/a/b"
        server.answers["/all.json"] = listed(url)
        async with asking(server) as client:
            pages = await run(DRIVER, Source(url=server.url("/all.json"), args=(PATH,)), client)

    record = records(pages)[url]
    assert (record.text, record.known, record.deleted) == (None, None, False)


async def test_a_run_goes_on_behind_its_cursor_though_the_list_has_changed() -> None:
    urls = [f"https://git.example/{number:03}" for number in range(250)]
    async with serving({"/all.json": listed(*urls)}) as server, asking(server) as client:
        source = Source(url=server.url("/all.json"), args=(PATH,))
        first, *_ = await run(DRIVER, source, client)
        server.answers["/all.json"] = listed("https://git.example/new", *urls[50:])
        rest = await run(DRIVER, source, client, Task(cursor=first.cursor))

    assert [record.source_id for record in first.records] == urls[:100]
    assert set(records(rest)) == {*urls[100:], "https://git.example/new"}
    assert len(rest) == 2


@pytest.mark.parametrize(
    ("body", "args", "fault"),
    [
        (reply(body=b'{"repos": ['), (PATH,), Unreadable),
        (reply(body=b'"https://git.example/a"'), (PATH,), Unreadable),
        (reply(body=b"[" * 5000 + b"]" * 5000), (PATH,), Unreadable),
        (reply(500), (PATH,), Unavailable),
        (reply(body=b"{}"), ("$.[",), PeerFault),
        (reply(body=b"{}"), (), PeerFault),
        (reply(body=b"{}", content_encoding="gzip"), (PATH,), BadReply),
    ],
)
async def test_what_cannot_be_read_is_a_fault(
    body: bytes, args: tuple[str, ...], fault: type[Exception]
) -> None:
    async with serving({"/all.json": body}) as server, asking(server) as client:
        with pytest.raises(fault):
            await run(DRIVER, Source(url=server.url("/all.json"), args=args), client)
