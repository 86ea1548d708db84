"""The log of changes as others follow it: each with the thing as it is now, and word of the next.

Whoever waits holds neither a session nor a connection. Those who follow the same log with the same
wishes read it together: when it moves, the database is asked once for all of them.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

import orjson

from app.catalogue import changes, copies
from app.catalogue.copies import Copy, Kind
from app.catalogue.entry import LoggedChange
from app.database import Database, Session, reading
from app.federation import wire
from app.head import Head
from app.pagination import rfc3339

READ_AT_ONCE = 50
ENOUGH_BYTES = 8 * 1024 * 1024
"""A page that has so many is sent, even if more changes were asked for."""


class Include(StrEnum):
    """What a change brings along."""

    SOFTWARE = "software"
    RECORDS = "records"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which changes, with what, and how many at once; those of one catalogue if it is named.

    The index tier is left out unless it is asked for.
    """

    kinds: tuple[Kind, ...] = (Kind.SOFTWARE,)
    include: Include = Include.SOFTWARE
    catalog_id: str | None = None
    with_index: bool = False
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A part of the log: `results` are numbers and the JSON of what has them.

    Whoever has read it has seen all up to `last`, and goes on from there. It is another page when
    the `head` has moved, or the `horizon` up to which old changes are forgotten.
    """

    results: tuple[tuple[int, bytes], ...]
    last: int
    head: Head
    horizon: int

    @property
    def pending(self) -> int:
        """How many changes follow, those of all kinds counted."""
        return max(self.head.sequence - self.last, 0)


async def read(session: Session, wanted: Wanted, since: int) -> FeedPage:
    """What comes after `since`.

    Each thing is shown as it is now, which may be newer than the change: whoever applies changes in
    their order ends with the state at the last one, and never with an older one.
    """
    extent = await changes.extent(session)
    found = await changes.since(
        session,
        since,
        wanted.limit,
        entities=wanted.kinds,
        catalog_id=wanted.catalog_id,
        with_index=wanted.with_index,
    )
    results: list[tuple[int, bytes]] = []
    while len(results) < len(found) and sum(len(text) for _, text in results) < ENOUGH_BYTES:
        some = found[len(results) : len(results) + READ_AT_ONCE]
        now = await _copies(session, wanted, some)
        results += [
            (change.sequence, _result(change, wanted.include, now.get(change.entity_id)))
            for change in some
        ]
    is_all = len(results) == len(found) < wanted.limit
    last = max(since, extent.head.sequence if is_all else results[-1][0])
    return FeedPage(tuple(results), last, extent.head, extent.horizon)


class Feed:
    """The log of one database, for as many followers as there are.

    `unreachable` are the errors by which a driver says that its database is gone.
    """

    def __init__(self, database: Database, unreachable: Collection[type[Exception]]) -> None:
        self._database = database
        self._unreachable = tuple(unreachable)
        self._being_read: dict[tuple[Wanted, int], asyncio.Task[FeedPage]] = {}

    async def next_page(
        self, wanted: Wanted, since: int, seconds: float, *, epoch: str | None = None
    ) -> FeedPage:
        """What comes after `since`, as soon as there is something; nothing after so many seconds.

        Nothing as well when the service ends, or another log takes the place of the one that
        `epoch` names, which by default is the present one.
        """
        until = monotonic() + seconds
        while True:
            page = await self._read_with_others(wanted, since)
            rest = until - monotonic()
            if page.results or rest <= 0 or epoch not in (None, page.head.epoch):
                return page
            # What others had begun to read may be older than what we knew when we joined them.
            self._database.head.tell(page.head)
            if not await self._database.head.beyond(page.head, rest):
                return page
            epoch, since = page.head.epoch, page.last

    async def pages(
        self, wanted: Wanted, since: int, pulse: float
    ) -> AsyncGenerator[FeedPage, None]:
        """One page after the other, as they come; an empty one where `pulse` seconds brought nothing.

        Ends with the service, with the log, and when the database is gone: followers come again.
        """
        epoch: str | None = None
        while True:
            try:
                page = await self.next_page(wanted, since, pulse, epoch=epoch)
            except self._unreachable:
                return
            is_over = self._database.head.is_closed and not page.results
            if is_over or epoch not in (None, page.head.epoch):
                return
            epoch, since = page.head.epoch, page.last
            yield page

    async def _read_with_others(self, wanted: Wanted, since: int) -> FeedPage:
        key = (wanted, since)
        reading_it = self._being_read.get(key)
        if reading_it is None:
            reading_it = asyncio.create_task(self._read_for_all(wanted, since))
            self._being_read[key] = reading_it
            reading_it.add_done_callback(_notice)
        return await asyncio.shield(reading_it)

    async def _read_for_all(self, wanted: Wanted, since: int) -> FeedPage:
        """Nobody may join what has been read: it would be old, and awaiting it would not even wait."""
        try:
            return await self._read(wanted, since)
        finally:
            del self._being_read[wanted, since]

    async def _read(self, wanted: Wanted, since: int) -> FeedPage:
        async with reading(self._database) as session:
            return await read(session, wanted, since)


def _notice(reading_it: asyncio.Task[FeedPage]) -> None:
    """Whoever waited may have left: then nobody else would take notice of an error."""
    if not reading_it.cancelled():
        reading_it.exception()


async def _copies(
    session: Session, wanted: Wanted, found: Collection[LoggedChange]
) -> dict[str, Copy]:
    """`{id: copy}` of all that these changes are about and that is still there."""
    ids: defaultdict[Kind, set[str]] = defaultdict(set)
    for change in found:
        ids[Kind(change.entity)].add(change.entity_id)
    there: dict[str, Copy] = {}
    for kind, some in ids.items():
        there |= await copies.of(
            session,
            kind,
            some,
            catalog_id=wanted.catalog_id,
            with_index=wanted.with_index,
            with_records=wanted.include is Include.RECORDS,
        )
    return there


def _result(change: LoggedChange, include: Include, copy: Copy | None) -> bytes:
    kind = Kind(change.entity)
    members: dict[str, Any] = {
        "seq": change.sequence,
        **wire.named(kind, change.entity_id),
        "type": change.type,
        "deleted": copy is None,
        "at": rfc3339(change.at),
        "rev": change.revision,
    }
    if copy is None:
        members |= {"reason": change.reason, "successor": change.successor}
    if include is not Include.NONE:
        members |= (
            wire.content(copy, records=include is Include.RECORDS) if copy else {kind.value: None}
        )
    return orjson.dumps(members)
