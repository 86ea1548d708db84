"""The way through an event stream's pages, from one run to the next.

Pages that may change are read again in every run, less the members that they had. Pages that never
change are read once, whatever leads to them later: what they tell may be long overtaken.
"""

from base64 import urlsafe_b64encode
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import orjson

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A page to be read, whose members are not older than `since`."""

    since: datetime
    address: str


class Walk:
    """One run, from the `start` of a stream or from where a cursor says: the oldest pages first."""

    def __init__(self, start: str, cursor: str | None) -> None:
        said = orjson.loads(cursor) if cursor else {}
        self._due = [Due(datetime.fromisoformat(at), page) for at, page in said.get("due", ())]
        self._changing: dict[str, list[str]] = said.get("changing", {})
        self._settled = set[str](said.get("settled", ()))
        if not self._due:
            self._due = [Due(LONG_AGO, page) for page in self._changing or (start,)]
        self._met = {*self._changing, *(due.address for due in self._due)}

    @property
    def left(self) -> int:
        """How many pages are known to be still to be read."""
        return len(self._due)

    def turn(self) -> str | None:
        """The address of the next page; None at the end."""
        return self._due.pop(0).address if self._due else None

    def passed(
        self, page: str, members: Iterable[str], following: Iterable[Due], *, changes: bool
    ) -> frozenset[str]:
        """Take note of what a page has and leads to, and whether it may change.

        Returns those of its members, by their names, that it did not have when it was read before.
        """
        names = {_mark(name): name for name in members}
        had = self._changing.pop(page, [])
        if changes:
            self._changing[page] = sorted(names)
        else:
            self._settled.add(_mark(page))
        for due in following:
            if due.address not in self._met and _mark(due.address) not in self._settled:
                self._met.add(due.address)
                insort(self._due, due)
        return frozenset(names[mark] for mark in names.keys() - had)

    def cursor(self) -> str:
        """Where this walk goes on; once it is at the end, where the next one begins."""
        return orjson.dumps(
            {
                "due": [(due.since.isoformat(), due.address) for due in self._due],
                "changing": self._changing,
                "settled": sorted(self._settled),
            }
        ).decode()


def _mark(name: str) -> str:
    """Enough of a name to tell it from millions of others."""
    return urlsafe_b64encode(blake2b(name.encode(), digest_size=9).digest()).decode()
