"""What a snapshot's files hold, and when one is made."""

import asyncio
import csv
import gzip
import hashlib
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import orjson
import pytest

from app.catalogue import copies, records
from app.catalogue.copies import Copy, Kind
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import snapshot
from app.federation.archive import UNFINISHED, Archive, SnapshotImpossible
from app.federation.formats import bulk
from app.federation.snapshot import EVERYTHING, FORMS, MANIFEST, Extent, Snapshot
from app.ingest import known
from app.ingest.submission import Source, prepare, submit
from app.publiccode.known import Known
from app.zstd import ZstdDecompressor
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://git.example.org/storabro/felanmalan"
FRESH = timedelta(minutes=5)


async def put(database: Database, number: int, data: bytes | None = None) -> str:
    data = data or a_file(f"{URL}/{number}")
    report = await prepare(data)
    async with transaction(database) as session:
        said = await submit(session, Source(ROOT_ID, f"{number}.yml"), data, report, now=NOW)
    assert said.software_id
    return said.software_id


async def made(database: Database, folder: Path) -> Snapshot:
    folder.mkdir()  # noqa: ASYNC240 - nothing else goes on
    async with reading(database) as session:
        return await snapshot.make(session, folder, now=NOW)


def content(snapshot: Snapshot, name: str) -> bytes:
    with snapshot.open(name) as file:
        return file.read()


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> AsyncIterator[Archive]:
    archive = Archive(database, tmp_path / "exports", fresh_for=FRESH)
    yield archive
    await archive.aclose()


async def test_the_manifest_tells_the_truth(database: Database, tmp_path: Path) -> None:
    for number in range(3):
        await put(database, number)

    found = await made(database, tmp_path / "snapshot")

    assert {*FORMS, MANIFEST} == {file.name for file in found.folder.iterdir()}
    for name, file in found.files.items():
        data = content(found, name)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
    assert found.head.sequence == 3
    assert found.files["software.jsonl"].count == found.files["software.csv"].count == 3
    assert found.files["bundles.jsonl"] == snapshot.File(
        "bundles.jsonl", 0, hashlib.sha256().hexdigest(), 0
    )
    assert Snapshot.read(found.folder, EVERYTHING) == found


async def test_the_index_tier_comes_where_it_is_asked_for(
    database: Database, archive: Archive
) -> None:
    published = await put(database, 1)
    told = known.submission(Source(ROOT_ID, "2"), Known(name="Known"), f"{URL}/2")
    async with transaction(database) as session:
        _, only_known = await records.write(session, told.statement(), now=NOW)

    found = {
        with_index: await archive.newest(Extent(with_index=with_index), now=NOW)
        for with_index in (False, True)
    }

    ids = {
        with_index: {
            orjson.loads(line)["softwareId"]
            for line in content(each, "software.jsonl").splitlines()
        }
        for with_index, each in found.items()
    }
    assert ids == {False: {published}, True: {published, only_known}}
    assert len(content(found[True], "software.csv").splitlines()) == 3
    assert Snapshot.read(found[True].folder, Extent(with_index=True)) == found[True]
    manifest = orjson.loads(found[True].manifest())
    assert {each["name"] for each in manifest["files"]} == {f"{name}?tier=all" for name in FORMS}
    assert "tier=all" in manifest["changes"]
    assert found[False].head == found[True].head
    assert await archive.newest(now=NOW) == found[False]


async def test_compressed_files_hold_the_same_lines(database: Database, tmp_path: Path) -> None:
    await put(database, 1)

    found = await made(database, tmp_path / "snapshot")

    lines = content(found, "software.jsonl")
    assert gzip.decompress(content(found, "software.jsonl.gz")) == lines
    assert ZstdDecompressor().decompress(content(found, "software.jsonl.zst")) == lines
    async with reading(database) as session:
        (copy,) = await copies.after(session, Kind.SOFTWARE, "", 2)
    assert orjson.loads(lines) == {
        "entity": "software",
        "softwareId": copy.id,
        "rev": copy.revision,
        "software": orjson.loads(copy.document),
        "records": [orjson.loads(each) for each in copy.records],
    }


async def test_the_same_state_has_the_same_bytes(database: Database, tmp_path: Path) -> None:
    for number in range(3):
        await put(database, number)

    assert (await made(database, tmp_path / "1")).files == (
        await made(database, tmp_path / "2")
    ).files


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        ("\t=1", "'\t'=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("a; =1", "a; '=1"),
        ("line\r\n+1", "line\r\n'+1"),
        ("a - b = c", "a - b = c"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    document = {
        "id": text,
        "url": URL,
        "aliases": ["https://a.example", "https://b.example"],
        "active": True,
        "vitality": None,
        "createdAt": "2026-11-23T12:00:00Z",
        "updatedAt": "2026-11-23T12:00:00Z",
    }
    item = dict.fromkeys(bulk.COLUMNS) | {"organisation": {"name": text}, "categories": []}
    copy = Copy(Kind.SOFTWARE, "", "", orjson.dumps(document).decode(), orjson.dumps(item).decode())

    table = (bulk.csv_header() + bulk.csv_row(copy)).decode()
    (row,) = csv.DictReader(StringIO(table, newline=""))

    assert (row["id"], row["organisation"]) == (cell, cell)
    assert row["aliases"] == "https://a.example https://b.example"
    assert (row["active"], row["vitality"]) == ("true", "")


async def test_the_table_can_be_read_by_people(database: Database, tmp_path: Path) -> None:
    short = 'Says "hello",\nand more'
    described = {"en": texts(shortDescription=short)}
    await put(database, 1, a_file(URL, name="=cmd()", description=described))

    found = await made(database, tmp_path / "snapshot")

    table = content(found, "software.csv")
    (row,) = csv.DictReader(StringIO(table.decode(), newline=""))
    assert tuple(row) == tuple(bulk.COLUMNS)
    assert (row["name"], row["shortDescription"], row["url"]) == ("'=cmd()", short, URL)
    assert (row["license"], row["valid"], row["catalogId"]) == ("EUPL-1.2", "true", "")
    assert table.endswith(b"\r\n")


async def test_a_snapshot_is_made_once(database: Database, archive: Archive) -> None:
    await put(database, 1)

    several = await asyncio.gather(*(archive.newest(now=NOW) for _ in range(5)))
    later = await archive.newest(now=NOW + timedelta(days=3))

    assert {each.folder for each in [*several, later]} == {several[0].folder}
    assert [each.folder for each in await archive.kept()] == [several[0].folder]


async def test_a_busy_catalogue_is_not_copied_without_rest(
    database: Database, archive: Archive
) -> None:
    await put(database, 1)
    first = await archive.newest(now=NOW)
    await put(database, 2)

    assert await archive.newest(now=NOW + FRESH / 2) == first

    while_it_is_made = await archive.newest(now=NOW + FRESH * 2)
    assert while_it_is_made == first
    second = await archive.newest(now=NOW + FRESH * 20)
    assert (second.head.sequence, second.files["software.jsonl"].count) == (2, 2)


async def test_only_the_last_two_are_kept(database: Database, archive: Archive) -> None:
    for number in range(4):
        await put(database, number)
        newest = await archive.newest(now=NOW + number * timedelta(hours=1))
        assert newest.head.sequence == number + 1

    assert [each.head.sequence for each in await archive.kept()] == [4, 3]


async def test_what_is_deleted_can_be_read_to_its_end(database: Database, archive: Archive) -> None:
    await put(database, 1)
    found = await archive.newest(now=NOW)

    with found.open("software.jsonl") as file:
        shutil.rmtree(found.folder)
        assert len(file.read()) == found.files["software.jsonl"].bytes


async def test_a_broken_or_unfinished_snapshot_is_passed_over(
    database: Database, archive: Archive
) -> None:
    await put(database, 1)
    found = await archive.newest(now=NOW)
    (found.folder.parent / f"{UNFINISHED}1").mkdir()

    for broken in (b"", b"{}", b"[]", b'{"sequence": 1, "epoch": "", "madeAt": "", "files": [1]}'):
        (found.folder / MANIFEST).write_bytes(broken)
        again = await archive.newest(now=NOW)
        assert Snapshot.read(again.folder, EVERYTHING).files == found.files


async def test_nothing_can_be_stored_without_a_folder(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    archive = Archive(database, tmp_path / "file", fresh_for=FRESH)

    with pytest.raises(SnapshotImpossible):
        await archive.newest(now=NOW)


async def test_a_disk_that_is_full_leaves_nothing_behind(
    database: Database, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    await put(database, 1)
    monkeypatch.setattr("app.federation.snapshot.os.fsync", fail)
    with pytest.raises(SnapshotImpossible):
        await archive.newest(now=NOW)
    assert await archive.kept() == []

    monkeypatch.undo()
    (place,) = {each.folder.parent for each in [await archive.newest(now=NOW)]}
    assert len(list(place.iterdir())) == 1


async def test_deleted_software_is_in_no_later_snapshot(
    database: Database, archive: Archive
) -> None:
    id = await put(database, 1)
    await archive.newest(now=NOW)
    async with transaction(database) as session:
        await records.withdraw(session, id, reason="removed", now=NOW)

    later = await archive.newest(now=NOW + timedelta(days=1))

    assert later.files["software.jsonl"].count == 0
    assert content(later, "software.csv") == bulk.csv_header()
