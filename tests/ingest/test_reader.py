"""Files read in a process of its own: as they are read here, and whatever becomes of the process."""

import os
import signal

import pytest

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


async def test_few_files_start_no_process() -> None:
    reader = Reader(apart=True)
    await reader.read(FILES[: WORTH_A_PROCESS - 1], major=0)
    assert reader._process is None


async def test_nothing_is_lost_with_the_process() -> None:
    reader = Reader(apart=True)
    try:
        await reader.read(FILES, major=0)
        assert reader._process
        os.kill(reader._process.pid, signal.SIGKILL)
        assert await reader.read(FILES, major=0) == expected()
        assert not reader.apart
    finally:
        await reader.close()


async def test_process_ends_with_who_asks() -> None:
    reader = Reader(apart=True)
    await reader.read(FILES, major=0)
    process = reader._process
    assert process
    await reader.close()
    assert process.returncode is not None
