"""Replies kept in memory, as bytes: as many as fit, those that nobody asks for any more go first."""

from dataclasses import dataclass
from typing import TypeAlias

from starlette.routing import BaseRoute

from app.head import Head

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

OVERHEAD = 1024
"""Bytes that Python needs for each, roughly."""

SHARE = 8
"""No single reply may take more than one part in so many."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered when the catalogue stood at `head`.

    The `body` is None where the client had it already: then only its `tag` is known. `route` is
    what made it, and `until` is on the clock of whoever asks.
    """

    head: Head
    until: float
    route: BaseRoute | None
    tag: str
    headers: Headers
    body: bytes | None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        held = sum(len(name) + len(value) for name, value in self.headers)
        return OVERHEAD + held + len(self.body or b"")


class Memory:
    """At most `limit` bytes of replies, each under what was asked for."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: dict[bytes, Kept] = {}

    def find(self, asked: bytes, *, known: Head | None, now: float) -> Kept | None:
        """A reply that is not over, and not older than what is `known` of the catalogue."""
        kept = self._kept.get(asked)
        if kept is None or kept.until <= now or (known and known.is_beyond(kept.head)):
            return None
        self._kept[asked] = self._kept.pop(asked)  # the last one now
        return kept

    def put(self, asked: bytes, kept: Kept) -> None:
        """Keep it, unless it is too large, or older than what is there."""
        before = self._kept.get(asked)
        if kept.size > self.limit // SHARE or (before and _is_older(kept.head, before.head)):
            return
        self._drop(asked)
        self._kept[asked] = kept
        self.size += kept.size
        while self.size > self.limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, asked: bytes) -> None:
        if kept := self._kept.pop(asked, None):
            self.size -= kept.size


def _is_older(one: Head, other: Head) -> bool:
    return one.epoch == other.epoch and one.sequence < other.sequence
