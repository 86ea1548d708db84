"""Many files read in a process of its own, while this one stores what was read before.

Reading takes nearly as long as storing, and Python does one thing at a time. The process is started
when there is much to read for the first time. Where it cannot be, or ends, files are read here.

It ends when its pipe does, even if we are killed, and with the harvest: one of `concurrent.futures`
would outlive us, and one of `anyio.to_process` would keep its memory until the service ends.
"""

import asyncio
import os
import pickle
import sys
from asyncio import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from app.ingest.reading import SIZE, START, Read, question, read
from app.ingest.submission import prepare

WORTH_A_PROCESS = 50
"""Files; the process takes half a second to start."""

MOST_BYTES = 8 * 1024 * 1024
"""Of files that are sent at once, unless one alone has more; each is in memory several times then."""

log = structlog.get_logger("samkod.ingest")


@dataclass(slots=True)
class Reader:
    """Reads files, for one task at a time; many of them `apart`, if it may."""

    apart: bool = False
    _process: subprocess.Process | None = field(default=None, init=False)

    async def read(self, files: Sequence[bytes], *, major: int) -> list[Read]:
        """What is read of each, in their order."""
        if self.apart and (self._process or len(files) >= WORTH_A_PROCESS):
            try:
                return [
                    each
                    for some in _portions(files)
                    for each in await self._read_apart(some, major)
                ]
            except (OSError, EOFError) as error:
                log.warning("files are not read apart any more", cause=str(error))
                self.apart = False
                await self.close()
        found = []
        for file in files:
            found.append(read(await prepare(file, major=major)))
            await asyncio.sleep(0)  # others may have their turn between two files
        return found

    async def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def _read_apart(self, files: Sequence[bytes], major: int) -> list[Read]:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-c", START),  # `-P`: nothing from where we happen to be
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us, who end it
            )
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise EOFError("there is no pipe")
        questions.write(question(files, major))
        await questions.drain()
        size = int.from_bytes(await answers.readexactly(SIZE), "big")
        found: list[Read] = pickle.loads(await answers.readexactly(size))  # noqa: S301 - our own
        return found


def _portions(files: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The files in their order, so many at a time as may be sent at once."""
    some, size = list[bytes](), 0
    for file in files:
        if some and size + len(file) > MOST_BYTES:
            yield some
            some, size = [], 0
        some.append(file)
        size += len(file)
    if some:
        yield some


@asynccontextmanager
async def reading_apart() -> AsyncIterator[Reader]:
    """A reader that may have a process, which ends with the block; of no use on one processor."""
    reader = Reader(apart=(os.cpu_count() or 1) > 1)
    try:
        yield reader
    finally:
        await reader.close()
