"""Where snapshots are kept, and when one is made: whoever asks gets one that is fresh enough.

A snapshot may be older than the catalogue, since the changes fill the gap. So a catalogue that
never rests is not copied without rest.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import structlog
from anyio import to_thread

from app.catalogue import changes
from app.database import Database, reading
from app.federation import snapshot
from app.federation.snapshot import EVERYTHING, Extent, Snapshot
from app.head import Head

KEPT = 2
"""The newest, and the one before it for those who are still fetching that."""

UNWANTED_AFTER = timedelta(days=1)
"""When is deleted what nobody has asked for."""

SECONDS_TO_WAIT = 25.0
"""For a snapshot that is being made. Proxies do not wait much longer for a reply."""

UNFINISHED = ".making-"

log = structlog.get_logger("samkod.archive")


class SnapshotPending(Exception):
    """The snapshot is still being made. Ask again: it is made on, whether you wait or not."""

    def __init__(self) -> None:
        super().__init__("The snapshot is still being made.")


class SnapshotImpossible(Exception):
    """The folder for snapshots cannot be written to. The change feed gives the same from 0 on."""

    def __init__(self) -> None:
        super().__init__("Snapshots cannot be stored at the moment.")


class Archive:
    """The snapshots of a database, each of some extent.

    Other processes and other databases may use the same folder.
    """

    def __init__(self, database: Database, folder: Path, *, fresh_for: timedelta) -> None:
        """Snapshots are exact, or not older than `fresh_for`.

        Ten times older they are still given out, while a fresh one is made.
        """
        self._database = database
        self._folder = folder
        self._fresh_for = fresh_for
        self._usable_for = 10 * fresh_for
        self._turn = asyncio.Lock()
        self._making: dict[Extent, asyncio.Task[Snapshot]] = {}

    async def newest(self, extent: Extent = EVERYTHING, *, now: datetime) -> Snapshot:
        """The newest snapshot; one is made if there is none that is fresh enough.

        Raises SnapshotPending if that takes long, and SnapshotImpossible.
        """
        head = await self._head()
        kept = await to_thread.run_sync(_kept, self._place(head, extent), extent, head)
        age = now - kept[0].made_at if kept else timedelta.max
        if kept and (kept[0].head == head or age < self._fresh_for):
            return kept[0]
        making = self._make(extent, now)
        if kept and age < self._usable_for:
            return kept[0]
        try:
            async with asyncio.timeout(SECONDS_TO_WAIT):
                return await asyncio.shield(making)
        except TimeoutError:
            raise SnapshotPending from None

    async def kept(self, extent: Extent = EVERYTHING) -> list[Snapshot]:
        """What there is, newest first, be it fresh or not."""
        head = await self._head()
        return await to_thread.run_sync(_kept, self._place(head, extent), extent, head)

    async def aclose(self) -> None:
        """Give up what is being made."""
        for making in self._making.values():
            making.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    def _make(self, extent: Extent, now: datetime) -> asyncio.Task[Snapshot]:
        """The task that makes this snapshot: one, however many ask."""
        if extent not in self._making:
            making = asyncio.create_task(self._make_in_turn(extent, now))
            making.add_done_callback(lambda done: self._made(extent, done))
            self._making[extent] = making
        return self._making[extent]

    def _made(self, extent: Extent, done: asyncio.Task[Snapshot]) -> None:
        del self._making[extent]
        if not done.cancelled() and (error := done.exception()):
            log.error("no snapshot was made", cause=str(error))

    async def _make_in_turn(self, extent: Extent, now: datetime) -> Snapshot:
        try:
            async with self._turn, reading(self._database) as session:
                place = self._place(await changes.head(session), extent)
                async with _unfinished(place) as folder:
                    made = await snapshot.make(session, folder, extent, now=now)
                    return await to_thread.run_sync(_store, made, place)
        except ConnectionError:
            raise  # the database is away, not the folder
        except OSError as error:
            raise SnapshotImpossible from error
        finally:
            await to_thread.run_sync(_tidy, self._folder, now)

    async def _head(self) -> Head:
        async with reading(self._database) as session:
            return await changes.head(session)

    def _place(self, head: Head, extent: Extent) -> Path:
        """Where snapshots of this extent are, whose names are their sequences."""
        id = extent.catalog_id
        part = "everything" if id is None else f"catalog-{quote(id, safe='')}"
        part += "+index" if extent.with_index else ""
        return self._folder / f"{head.epoch}-{snapshot.LAYOUT}" / part


@asynccontextmanager
async def _unfinished(place: Path) -> AsyncIterator[Path]:
    """A folder to write into, which is gone afterwards unless it was moved away."""

    def begin() -> Path:
        place.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=UNFINISHED, dir=place))

    folder = await to_thread.run_sync(begin)
    try:
        yield folder
    finally:
        await to_thread.run_sync(_delete, folder)


def _store(made: Snapshot, place: Path) -> Snapshot:
    """Give the snapshot its name, under which it is there as a whole or not at all."""
    name = place / str(made.head.sequence)
    try:
        made.folder.rename(name)
    except OSError:
        # Another process was as quick, or its sequence comes a second time, after a restoration.
        _delete(name)
        made.folder.rename(name)
    return replace(made, folder=name)


def _kept(place: Path, extent: Extent, head: Head) -> list[Snapshot]:
    """The snapshots there, newest first. What is ahead of the log is of a log that was restored."""
    found = []
    for folder in _by_age(place):
        # Others may delete it at this moment, or a broken disk have left half of it.
        with suppress(OSError, ValueError, KeyError, TypeError):
            found.append(Snapshot.read(folder, extent))
    return [each for each in found if each.head.sequence <= head.sequence]


def _tidy(folder: Path, now: datetime) -> None:
    """Delete what is left over: old snapshots, and what nobody has asked for."""
    long_ago = (now - UNWANTED_AFTER).timestamp()
    for place in folder.glob("*/*"):
        for old in _by_age(place)[KEPT:]:
            _delete(old)
    for each in folder.glob("*/*/*"):
        with suppress(OSError):  # another process has just deleted it
            if each.stat().st_mtime < long_ago:
                _delete(each)


def _by_age(place: Path) -> list[Path]:
    """The folders of snapshots, newest first."""
    finished = [each for each in place.glob("*") if each.name.isdecimal()]
    return sorted(finished, key=lambda each: int(each.name), reverse=True)


_delete = partial(shutil.rmtree, ignore_errors=True)
