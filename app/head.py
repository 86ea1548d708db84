"""The head of the change log as this process knows it: commits move it, and followers wait for it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log has come, and which log it is: a new epoch means starting over."""

    sequence: int
    epoch: str

    def is_beyond(self, other: "Head | None") -> bool:
        """Whether somebody who knows `other` has something to read."""
        return other is None or self.epoch != other.epoch or self.sequence > other.sequence


class HeadWatch:
    """The newest head, told by whoever moves or sees it; any number wait without a connection."""

    def __init__(self) -> None:
        self.newest: Head | None = None
        """None until the log was read for the first time."""
        self.is_closed = False
        self._moved = asyncio.Event()

    def tell(self, head: Head) -> None:
        """Say what was committed or read. What is known already, or older, wakes nobody."""
        if head.is_beyond(self.newest):
            self.newest = head
            self._wake()

    async def beyond(self, known: Head | None, seconds: float) -> bool:
        """Wait for a newer head than `known`, at most so long.

        False if there is none, be it that the time is over or that the watch was closed.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (self.is_closed or self._is_moved_from(known)):
                    await self._moved.wait()
        return self._is_moved_from(known)

    def close(self) -> None:
        """Let all go who wait, now and from now on: the service is about to end."""
        self.is_closed = True
        self._wake()

    def _is_moved_from(self, known: Head | None) -> bool:
        return self.newest is not None and self.newest.is_beyond(known)

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
