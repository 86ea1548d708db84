"""`samkod ingest`, and what is left of it when it is killed."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from app.catalogue import changes
from app.catalogue.entry import LoggedChange
from app.database import open_database, reading
from tests.cli.conftest import Samkod
from tests.ingest.folders import INVALID, fill, valid_text

FILES = 300
REPORTED_BEFORE_THE_KILL = 120
SHARED = Path(os.environ.get("SAMKOD_SHARED", Path(__file__).parents[3] / "shared"))


def log_of(database_url: str) -> list[LoggedChange]:
    async def read() -> list[LoggedChange]:
        database = open_database(database_url)
        try:
            async with reading(database) as session:
                return await changes.since(session, 0, 10_000)
        finally:
            await database.close()

    return asyncio.run(read())


def test_run_ends_with_a_table_and_the_files_that_were_set_aside(
    samkod: Samkod, database_url: str, tmp_path: Path
) -> None:
    for name, text in (
        ("1", valid_text(1)),
        ("2", INVALID),
        ("3", "name: No address"),
        ("4", valid_text(1)),
    ):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        folder.joinpath(f"{name}.yml").write_text(text, encoding="utf-8")
    done = samkod.having(DATABASE_URL=database_url)("ingest", "files")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["created", "2", "1"] in rows
    assert ["quarantined", "2", "1"] in rows
    assert ["all", "4", "2"] in rows
    assert "3.yml: quarantined: " in done.stdout
    assert "4.yml: quarantined: " in done.stdout


def test_empty_database_is_migrated_first(samkod: Samkod, empty_database_url: str) -> None:
    fill(samkod.folder / "files", 3)
    command = samkod.having(DATABASE_URL=empty_database_url)
    assert command("ingest", "files").returncode == 0
    assert len(log_of(empty_database_url)) == 3


def test_unreadable_path_ends_with_2_and_the_others_are_taken(
    samkod: Samkod, database_url: str
) -> None:
    fill(samkod.folder / "files", 3)
    done = samkod.having(DATABASE_URL=database_url)("ingest", "files", "missing.yml")
    assert done.returncode == 2
    assert "missing.yml could not be read" in done.stderr
    assert len(log_of(database_url)) == 3


def test_killed_run_keeps_what_it_reported_and_the_next_one_completes_it(samkod: Samkod) -> None:
    fill(samkod.folder / "files", FILES)
    url = f"sqlite:///{samkod.folder / 'catalogue.db'}"
    command = samkod.having(DATABASE_URL=url)
    reported = []
    with command.running("ingest", "--jsonl", "files") as process:
        assert process.stdout is not None
        for line in process.stdout:
            reported.append(json.loads(line))
            if len(reported) == REPORTED_BEFORE_THE_KILL:
                break
        process.kill()
        process.wait()

    log = log_of(url)
    assert REPORTED_BEFORE_THE_KILL <= len(log) < FILES
    assert [change.sequence for change in log] == list(range(1, len(log) + 1))
    kept = {change.entity_id for change in log}
    assert {one["softwareId"] for one in reported} <= kept

    again = command("ingest", "--jsonl", "files")
    outcomes = [json.loads(line)["outcome"] for line in again.stdout.splitlines()]
    assert again.returncode == 0
    assert outcomes == ["unchanged"] * len(log) + ["created"] * (FILES - len(log))
    log = log_of(url)
    assert [change.sequence for change in log] == list(range(1, FILES + 1))

    assert command("ingest", "files").returncode == 0
    assert log_of(url) == log


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpus is not here")
def test_real_files_are_all_taken_once(samkod: Samkod, database_url: str) -> None:
    real = SHARED / "corpus" / "real"
    command = samkod.having(DATABASE_URL=database_url)
    first = command("ingest", "--jsonl", str(real))
    assert (first.returncode, first.stderr) == (0, "")
    taken = [json.loads(line) for line in first.stdout.splitlines()]
    assert {one["file"] for one in taken} == {file.name for file in real.iterdir()}
    assert {one["outcome"] for one in taken} <= {"created", "quarantined"}
    log = log_of(database_url)
    assert len(log) == len([one for one in taken if one["outcome"] == "created"])
    second = command("ingest", str(real))
    assert second.returncode == 0
    assert log_of(database_url) == log
