"""Many files at once, on each engine."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalogue import changes
from app.catalogue.entry import Outcome, Submitted
from app.database import Database, open_database, reading
from app.ingest.batch import FILES_PER_COMMIT, Unread, files, ingest
from tests.builders import a_file
from tests.ingest.folders import INVALID, fill, valid_text

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAX_BYTES = 64 * 1024
SECONDS_TO_HANG = 60


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    yield database
    await database.close()


async def take(
    database: Database, *paths: Path, max_bytes: int = MAX_BYTES
) -> list[Submitted | Unread]:
    outcomes = ingest(database, files(paths), max_bytes=max_bytes, now=lambda: NOW)
    return [outcome async for outcome in outcomes]


def counted(taken: list[Submitted | Unread]) -> Counter[str]:
    return Counter("unread" if isinstance(one, Unread) else one.outcome.value for one in taken)


async def last_change(database: Database) -> int:
    async with reading(database) as session:
        return (await changes.head(session)).sequence


async def test_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    fill(tmp_path, 2 * FILES_PER_COMMIT + 1)
    first = await take(database, tmp_path)
    assert counted(first) == {"created": len(first)}
    assert await last_change(database) == len(first)
    assert counted(await take(database, tmp_path)) == {"unchanged": len(first)}
    assert await last_change(database) == len(first)


async def test_runs_that_wait_for_each_other_both_end_well(
    database: Database, tmp_path: Path
) -> None:
    """Each first makes an organisation that the other wants next."""
    for folder, order in (("one", ("a", "b")), ("other", ("b", "a"))):
        (tmp_path / folder).mkdir()
        for number, organisation in enumerate(order):
            uri = f"https://{organisation}.example.org"
            data = a_file(
                f"https://git.example.org/{folder}/{number}", organisation={"uri": uri, "name": "-"}
            )
            (tmp_path / folder / f"{folder}{number}.yml").write_bytes(data)

    taken = await asyncio.wait_for(
        asyncio.gather(*(take(database, tmp_path / folder) for folder in ("one", "other"))),
        SECONDS_TO_HANG,
    )

    assert [counted(each) for each in taken] == [{"created": 2}, {"created": 2}]
    assert await last_change(database) == 4


async def test_file_of_any_name_is_taken(database: Database, tmp_path: Path) -> None:
    """Names are bytes on disk; paths may be longer than an index entry."""
    deep = tmp_path.joinpath(*(f"{number:x<200}" for number in range(14)))
    deep.mkdir(parents=True)
    names = (deep / "a.yml", deep / "b.yml", tmp_path / os.fsdecode(b"bad\xff.yml"))
    for number, name in enumerate(names):
        name.write_bytes(a_file(f"https://git.example.org/{number}"))

    assert counted(await take(database, tmp_path)) == {"created": 3}
    assert counted(await take(database, tmp_path)) == {"unchanged": 3}


async def test_changed_file_updates_its_software(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "publiccode.yml"
    file.write_text(valid_text(1), encoding="utf-8")
    [created] = await take(database, tmp_path)
    file.write_text(valid_text(1).replace("Kerbside 1", "Kerbside One"), encoding="utf-8")
    [updated] = await take(database, tmp_path)
    assert isinstance(created, Submitted)
    assert isinstance(updated, Submitted)
    assert updated.outcome is Outcome.UPDATED
    assert updated.software_id == created.software_id


async def test_lone_file_is_known_by_its_address_not_by_its_name(
    database: Database, tmp_path: Path
) -> None:
    one, other = tmp_path / "one" / "publiccode.yml", tmp_path / "other" / "publiccode.yml"
    for number, file in enumerate((one, other)):
        file.parent.mkdir()
        file.write_text(valid_text(number), encoding="utf-8")

    assert counted(await take(database, one) + await take(database, other)) == {"created": 2}

    other.write_text(valid_text(0), encoding="utf-8")
    assert counted(await take(database, other)) == {"unchanged": 1}
    other.write_text("url: [broken", encoding="utf-8")
    assert counted(await take(database, other)) == {"quarantined": 1}
    assert await last_change(database) == 2


async def test_invalid_file_is_stored_with_its_report(database: Database, tmp_path: Path) -> None:
    tmp_path.joinpath("invalid.yml").write_text(INVALID, encoding="utf-8")
    [one] = await take(database, tmp_path)
    assert isinstance(one, Submitted)
    assert (one.outcome, one.report.valid) == (Outcome.CREATED, False)


async def test_files_without_an_address_of_their_own_wait_in_quarantine(
    database: Database, tmp_path: Path
) -> None:
    for name, text in (("a", valid_text(1)), ("b", valid_text(1)), ("c", "name: No address")):
        tmp_path.joinpath(f"{name}.yml").write_text(text, encoding="utf-8")
    taken = await take(database, tmp_path)
    assert counted(taken) == {"created": 1, "quarantined": 2}
    assert all(one.reason for one in taken if one.source_id != "a.yml")


async def test_hostile_and_unreadable_files_stop_nobody(database: Database, tmp_path: Path) -> None:
    for name, raw in (
        ("1-empty", b""),
        ("2-binary", bytes(range(256))),
        ("3-deep", b"[" * 50_000),
        ("4-long", b"#" * (MAX_BYTES + 1)),
        ("5-valid", valid_text(5).encode()),
    ):
        tmp_path.joinpath(f"{name}.yml").write_bytes(raw)
    taken = await take(database, tmp_path, tmp_path / "6-missing.yml")
    assert counted(taken) == {"quarantined": 3, "unread": 2, "created": 1}
    reasons = {one.source_id: one.reason for one in taken}
    folder = tmp_path.name
    assert reasons[f"{folder}/4-long.yml"] == "is longer than 65536 bytes"
    assert reasons[f"{folder}/6-missing.yml"] == "could not be read: No such file or directory"


async def test_what_has_been_yielded_is_committed(database: Database, tmp_path: Path) -> None:
    fill(tmp_path, FILES_PER_COMMIT + 1)
    outcomes = ingest(database, files([tmp_path]), max_bytes=MAX_BYTES, now=lambda: NOW)
    await anext(outcomes)
    assert await last_change(database) == FILES_PER_COMMIT
