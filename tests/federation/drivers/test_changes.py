"""Another Samkod, read over a real socket; and one that has gone astray."""

import asyncio
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.federation.driver import (
    CursorLost,
    HarvestedRecord,
    Mode,
    Origin,
    Page,
    PageRepeated,
    PeerFault,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.changes import DRIVER, news
from app.federation.samkod import log as change_log
from app.federation.samkod import snapshot
from app.federation.samkod.asking import named
from app.federation.samkod.log import CHANGES_AT_ONCE
from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, running, settings_for
from tests.federation.drivers.runs import asking, run
from tests.remote.servers import Server, reply, serving

pytestmark = pytest.mark.anyio

MANIFEST = "/v1/exports/manifest.json"
FILE = "/v1/exports/software.jsonl"


@pytest.fixture
def peer(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Service]:
    database = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'peer.db')}"
    with running(settings_for(database, data_dir=tmp_path, export_seconds=0)) as service:
        yield service


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the snapshot and the log were large."""
    monkeypatch.setattr(snapshot, "PIECE", 6000)
    monkeypatch.setattr(snapshot, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(change_log, "CHANGES_AT_ONCE", 2)


def put(peer: Service, number: int, name: str = "Acqua chiara") -> None:
    url = f"https://git.example.org/comune/{number}"
    response = peer.writer.put(
        "/v1/software",
        params={"url": url},
        content=publiccode_yml(url, name).encode(),
        headers={"Content-Type": "application/yaml"},
    )
    assert response.is_success, response.text


def held(pages: list[Page]) -> dict[str, HarvestedRecord]:
    """`{address: record}` as they stand after all pages."""
    groups: dict[str, list[HarvestedRecord]] = {}
    for page in pages:
        for group in page.groups:
            groups[group] = [record for record in page.records if record.group == group]
    return {record.url or "": record for group in groups.values() for record in group}


async def harvested(peer: Service, task: Task | None = None) -> list[Page]:
    port = int(peer.address.rpartition(":")[2])
    async with asking(Server(port, {})) as client:
        return await run(DRIVER, Source(url=peer.address), client, task)


async def test_the_snapshot_comes_first_and_changes_after(
    peer: Service, small_pieces: None
) -> None:
    for number in range(5):
        put(peer, number)

    listed = await harvested(peer)
    assert len(listed) > 5
    assert len(held(listed)) == 5
    record = held(listed)["https://git.example.org/comune/3"]
    assert record.text == publiccode_yml(record.url or "").encode()
    assert record.origin is not None
    assert record.origin.catalog == named(peer.address)
    assert (record.via, record.active) == ((), True)

    put(peer, 3, name="Acqua limpida")
    put(peer, 9)
    changed = await harvested(peer, Task(mode=Mode.INCREMENTAL, cursor=listed[-1].cursor))
    assert sorted(held(changed)) == [f"https://git.example.org/comune/{n}" for n in (3, 9)]
    nothing = await harvested(peer, Task(mode=Mode.INCREMENTAL, cursor=changed[-1].cursor))
    assert (held(nothing), nothing[-1].cursor) == ({}, changed[-1].cursor)


async def test_a_copy_goes_on_where_it_was(peer: Service, small_pieces: None) -> None:
    for number in range(5):
        put(peer, number)
    first = (await harvested(peer))[0]

    rest = await harvested(peer, Task(cursor=first.cursor))

    assert not held([first]).keys() & held(rest).keys()
    assert len(held([first, *rest])) == 5


async def test_deleted_software_is_a_group_without_records(peer: Service) -> None:
    put(peer, 1)
    cursor = (await harvested(peer))[-1].cursor
    [software] = peer.get("/v1/software")["data"]
    assert peer.writer.delete(f"/v1/software/{software['id']}").is_success

    [page] = await harvested(peer, Task(mode=Mode.INCREMENTAL, cursor=cursor))

    assert (page.records, page.groups) == ((), frozenset({software["id"]}))


async def test_a_copy_tells_what_has_gone_since(peer: Service) -> None:
    put(peer, 1)
    known = (await harvested(peer))[-1].cursor
    [software] = peer.get("/v1/software")["data"]
    assert peer.writer.delete(f"/v1/software/{software['id']}").is_success
    put(peer, 2)

    pages = await harvested(peer, Task(before=known))

    assert held(pages).keys() == {"https://git.example.org/comune/2"}
    assert any(software["id"] in page.groups for page in pages)


async def test_a_copy_brings_nothing_that_is_older_than_what_is_known() -> None:
    old = LINE + LINE.replace(b"s1", b"s2")
    query = "since=7&epoch=e1&include=none&limit=1000"
    answers = {
        MANIFEST: manifest(old),
        FILE: part(old, etag=f'"{sha256(old).hexdigest()}"'),
        f"/v1/changes?{query}": told({"softwareId": "s1"}, last=9),
        log(): told({"softwareId": "s1", "deleted": True}, last=9),
    }
    async with serving(answers) as server, asking(server) as client:
        task = Task(before="follow e1 9")
        pages = await run(DRIVER, Source(url=server.url("")), client, task)

    assert [page.groups for page in pages] == [frozenset({"s2"}), frozenset({"s1"})]


async def test_a_peer_is_known_by_its_own_name(peer: Service) -> None:
    port = int(peer.address.rpartition(":")[2])
    async with asking(Server(port, {})) as client:
        own, other = named(peer.address), "https://elsewhere.example.org/id/catalog"
        assert await run(DRIVER, Source(url=peer.address, uri=own), client)
        with pytest.raises(PeerFault, match="calls itself"):
            await run(DRIVER, Source(url=peer.address, uri=other), client)


async def test_an_empty_peer_is_read_to_its_end(peer: Service) -> None:
    assert held(await harvested(peer)) == {}


async def test_news_are_waited_for(peer: Service) -> None:
    put(peer, 1)
    cursor = (await harvested(peer))[-1].cursor or ""
    source, port = Source(url=peer.address), int(peer.address.rpartition(":")[2])

    async with asking(Server(port, {})) as client:
        waiting = asyncio.create_task(news(source, client, cursor))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await asyncio.to_thread(put, peer, 2)
        async with asyncio.timeout(30):
            assert await waiting


LINE = orjson.dumps({"softwareId": "s1", "records": []}) + b"\n"


def manifest(file: bytes = LINE, **changed: object) -> bytes:
    described = {
        "name": "software.jsonl",
        "bytes": len(file),
        "sha256": sha256(file).hexdigest(),
        "count": 1,
    }
    said = {"epoch": "e1", "sequence": 7, "files": [described]} | changed
    return reply(body=orjson.dumps(said))


def part(file: bytes = LINE, **headers: str) -> bytes:
    tag = f'"{sha256(LINE).hexdigest()}"'
    return reply(206, file, **{"etag": tag, "content_range": f"bytes 0-1/{len(file)}"} | headers)


@pytest.mark.parametrize(("most", "count"), [("MOST_OVERTAKEN", 4), ("MOST_PAGES", 3)])
async def test_a_log_without_end_is_not_read_for_a_snapshot(
    monkeypatch: pytest.MonkeyPatch, most: str, count: int
) -> None:
    monkeypatch.setattr(snapshot, most, 3)

    answers = {
        f"/v1/changes?since={7 + number}&epoch=e1&include=none&limit=1000": told(
            {"softwareId": f"s{number}"}, last=8 + number, pending=9
        )
        for number in range(9)
    }
    async with serving({MANIFEST: manifest(), **answers}) as server, asking(server) as client:
        task = Task(before="follow e1 1000000")
        with pytest.raises(PeerFault, match="too often"):
            await run(DRIVER, Source(url=server.url("")), client, task)
        assert len(server.asked) == 1 + count


def log(since: int = 7, limit: int = CHANGES_AT_ONCE) -> str:
    return f"/v1/changes?since={since}&epoch=e1&include=records&limit={limit}"


def told(*results: dict[str, Any], last: int, pending: int = 0) -> bytes:
    said = {"results": results, "lastSeq": last, "pending": pending, "epoch": "e1"}
    return reply(body=orjson.dumps(said))


async def read(server: Server, cursor: str | None = None) -> list[Page]:
    mode = Mode.INCREMENTAL if cursor else Mode.FULL
    async with asking(server) as client:
        return await run(
            DRIVER, Source(url=server.url("/v1/")), client, Task(mode=mode, cursor=cursor)
        )


async def test_the_shortest_way_to_an_origin_is_not_the_drivers_to_choose() -> None:
    origin = {"catalog": "https://c.example.org", "recordId": "r1"}
    said = {
        "softwareId": "s1",
        "records": [
            {
                "id": "a",
                "origin": origin,
                "via": ["https://b.example.org"],
                "publiccodeYml": "a: 1",
                "fork": "git-fork",
            },
            {
                "id": "b",
                "origin": origin,
                "via": [],
                "publiccodeYmlBase64": "/w==",
                "fork": "spoon",
            },
            {"no": "id"},
            "odd",
        ],
    }
    async with serving({log(): told(said, last=8)}) as server:
        [page] = await read(server, "follow e1 7")

    named = Origin(catalog="https://c.example.org", record_id="r1")
    assert [record.source_id for record in page.records] == ["https://c.example.org r1"] * 2
    assert [record.origin for record in page.records] == [named] * 2
    assert [record.text for record in page.records] == [b"a: 1", b"\xff"]
    assert [record.fork for record in page.records] == ["git-fork", None]
    assert page.cursor == "follow e1 8"


async def test_of_what_changed_twice_the_last_counts() -> None:
    one = {"softwareId": "s1", "records": [{"id": "a"}]}
    async with serving({log(): told(one, {**one, "records": []}, last=9)}) as server:
        [page] = await read(server, "follow e1 7")

    assert (page.records, page.groups) == ((), frozenset({"s1"}))


@pytest.mark.parametrize(
    ("answers", "cursor", "error"),
    [
        ({log(): reply(410)}, "follow e1 7", CursorLost),
        ({log(): reply(422)}, "follow e1 7", CursorLost),
        ({log(): reply(503)}, "follow e1 7", Unavailable),
        ({log(): told({"softwareId": "s1"}, last=8)}, "follow e1 7", Unreadable),
        ({log(): reply(body=b"{}")}, "follow e1 7", Unreadable),
        ({log(): reply(body=b"[]")}, "follow e1 7", Unreadable),
        ({log(): told({}, last=8)}, "follow e1 7", Unreadable),
        ({log(): told(last=7, pending=3)}, "follow e1 7", PageRepeated),
        ({MANIFEST: reply(body=b"{}")}, None, Unreadable),
        ({MANIFEST: manifest(files=[])}, None, Unreadable),
        ({MANIFEST: manifest(), FILE: part(etag='"other"')}, None, CursorLost),
        ({MANIFEST: manifest(), FILE: part(content_range="bytes 5-6/9")}, None, Unreadable),
        ({MANIFEST: manifest(), FILE: part(LINE[:-1])}, None, Unreadable),
        ({MANIFEST: manifest(), FILE: part(b"no json\n")}, None, Unreadable),
        ({MANIFEST: manifest(), FILE: reply(500)}, None, Unavailable),
    ],
    ids=[
        "forgotten",
        "ahead",
        "overrun",
        "no-records",
        "no-page",
        "no-object",
        "nameless",
        "circle",
        "no-manifest",
        "no-file",
        "another-snapshot",
        "another-part",
        "cut-line",
        "no-json",
        "broken",
    ],
)
async def test_what_is_no_answer_ends_the_run(
    answers: dict[str, bytes], cursor: str | None, error: type[Exception]
) -> None:
    async with serving(answers) as server:
        with pytest.raises(error):
            await read(server, cursor)


async def test_a_server_without_ranges_is_read_as_well() -> None:
    answers = {
        MANIFEST: manifest(),
        FILE: reply(body=LINE, etag=f'"{sha256(LINE).hexdigest()}"'),
        log(): told(last=7),
    }
    async with serving(answers) as server:
        pages = await read(server)

    assert [page.groups for page in pages] == [frozenset({"s1"}), frozenset()]


async def test_one_catalogue_of_a_peer_is_read_alone() -> None:
    task = Task(mode=Mode.INCREMENTAL, cursor="follow e1 7")
    answers = {f"/v1/catalogs/se{log()[3:]}": told(last=7)}
    async with serving(answers) as server, asking(server) as client:
        [page] = await run(DRIVER, Source(url=server.url(), args=("se",)), client, task)

    assert page.cursor == "follow e1 7"


@pytest.mark.parametrize("args", [("tier: all", "se"), ("se", "tier: all")])
async def test_the_index_tier_is_asked_for_throughout(args: tuple[str, ...]) -> None:
    async with serving({}) as server, asking(server) as client:
        for cursor in (None, "follow e1 7"):
            with pytest.raises(Unavailable):
                await run(DRIVER, Source(url=server.url(), args=args), client, Task(cursor=cursor))
        paths = [asked.target.partition("?") for asked in server.asked]

    assert [path for path, _, _ in paths] == [
        "/v1/catalogs/se/exports/manifest.json",
        "/v1/catalogs/se/changes",
    ]
    assert all("tier=all" in query.split("&") for _, _, query in paths)
