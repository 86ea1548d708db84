"""Files read in a process of its own: as they are read here, and whatever becomes of the process."""

import os
import signal

import pytest

from app.ingest import reader
from app.ingest.reader import WORTH_A_PROCESS, Reader
from app.ingest.reading import Read, read
from app.publiccode import validate
from tests.builders import a_file

pytestmark = pytest.mark.anyio

FILES = [
    *(a_file(name=f"Felanmälan {number}") for number in range(WORTH_A_PROCESS)),
    a_file(developmentStatus="finished"),
    b"\xff\0",
    b"",
    b"- " * 100_000,
]


def expected(major: int = 0) -> list[Read]:
    return [read(validate(file, major=major)) for file in FILES]


async def test_files_are_read_apart_as_they_are_read_here() -> None:
    here, apart = Reader(), Reader(apart=True)
    try:
        for major in (0, 1):
            assert await apart.read(FILES, major=major) == expected(major)
            assert await here.read(FILES, major=major) == expected(major)
        assert apart.apart
    finally:
        await apart.close()
    assert here._process is None


async def test_large_files_are_sent_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 5000)
    apart = Reader(apart=True)
    try:
        assert await apart.read(FILES, major=0) == expected()
        assert apart.apart
    finally:
        await apart.close()


async def test_few_files_start_no_process() -> None:
    apart = Reader(apart=True)
    await apart.read(FILES[: WORTH_A_PROCESS - 1], major=0)
    assert apart._process is None


async def test_nothing_is_lost_with_the_process() -> None:
    apart = Reader(apart=True)
    try:
        await apart.read(FILES, major=0)
        assert apart._process
        os.kill(apart._process.pid, signal.SIGKILL)
        assert await apart.read(FILES, major=0) == expected()
        assert not apart.apart
    finally:
        await apart.close()


async def test_process_ends_with_who_asks() -> None:
    apart = Reader(apart=True)
    await apart.read(FILES, major=0)
    process = apart._process
    assert process
    await apart.close()
    assert process.returncode is not None
