"""One harvest of one peer: gather, store page by page, notice what is missing, report.

No transaction is open while the network is awaited. A page and the cursor behind it are committed
together, so that a harvest that was killed goes on where it stopped.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog

from app.catalogue.transaction import transaction
from app.database import Database, look_anew, reading
from app.federation import arrivals, partings, peers, progress, reconciliation, revisiting, storing
from app.federation.ahead import one_ahead
from app.federation.arrivals import Arrival, Arrived
from app.federation.driver import (
    MAX_PAGES,
    Capabilities,
    CursorLost,
    Driver,
    Mode,
    Page,
    PeerFault,
    Unreadable,
    Web,
)
from app.federation.drivers import DRIVERS
from app.federation.errors import PeerNotFound, SecretLost
from app.federation.names import clean
from app.federation.peers import Followed
from app.federation.progress import Turn, TurnLost
from app.federation.revisiting import Learnt, Revisiting
from app.federation.runs import Count, Run
from app.federation.vault import Vault
from app.ingest.reader import Reader, reading_apart
from app.remote.errors import RemoteError
from app.remote.waiting import backoff

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)
"""Both are doubled at random, so that not all who failed at once come back at once."""

MOST_DOUBLINGS = 20
LONGEST_HARVEST = timedelta(hours=6)
"""Then others have their turn: a peer may answer with endless pages, each as slow as it can be."""

MOST_CROWDED_OUT = 1000
"""Records that are tried again at the end of a harvest."""

LONGEST_REASON = 2000

log = structlog.get_logger("samkod.harvest")


class Unharvestable(Exception):
    """The message says what is missing for this peer to be harvested at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvester:
    """With what peers are harvested.

    `ourselves` is our own name for good, by which we know what is from us, None if nobody has told
    it; `major` is the highest major version of publiccode.yml that is taken.
    """

    database: Database
    web: Web
    vault: Vault
    ourselves: str | None = None
    major: int = 0
    drivers: Mapping[str, Driver] = field(default_factory=lambda: DRIVERS)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    jitter: Callable[[], float] = random.random

    async def harvest(self, peer_id: str, stop: asyncio.Event | None = None) -> Run | None:
        """Harvest the peer if it is its turn; None if it is not, or if it was not brought to an end.

        When `stop` is set, it ends behind the page that is being stored; whoever comes next goes on.
        Raises PeerNotFound.
        """
        async with reading(self.database) as session:
            peer = await peers.get(session, peer_id)
        driver = self.drivers.get(peer.kind)
        capabilities = driver.capabilities if driver else Capabilities()
        async with transaction(self.database) as session:
            turn = await progress.take(session, peer_id, capabilities, now=self.clock())
        if turn is None:
            return None
        try:
            async with self._holding(turn):
                return await self._run(peer, driver, turn, stop or asyncio.Event())
        except TurnLost:
            log.warning("somebody else harvests this peer", peer=peer.name)
            return None

    async def _run(
        self, peer: Followed, driver: Driver | None, turn: Turn, stop: asyncio.Event
    ) -> Run | None:
        try:
            if not await self._gather(peer, driver, turn, stop):
                async with transaction(self.database) as session:
                    await progress.let_go(session, turn)
                return None
        except (PeerFault, RemoteError, Unharvestable, SecretLost) as fault:
            return await self._fail(peer, turn, fault)
        except (TurnLost, PeerNotFound):
            raise
        except Exception as error:
            # A driver that stumbles must not end the harvests of others.
            log.exception("a harvest broke off", peer=peer.name)
            return await self._fail(peer, turn, error)
        return await self._conclude(peer, driver, turn)

    async def _gather(
        self, peer: Followed, driver: Driver | None, turn: Turn, stop: asyncio.Event
    ) -> bool:
        """Store all pages; returns whether there are no more, or we were told to stop."""
        if driver is None:
            raise Unharvestable(f"There is no driver for peers of the kind {peer.kind}.")
        if driver.capabilities.relays and self.ourselves is None:
            raise Unharvestable(
                "Peers of this kind pass on what they hear, perhaps from us: SAMKOD_PUBLIC_URL must "
                "say under which name."
            )
        async with reading(self.database) as session:
            source = await peers.source(session, peer.id, self.vault)
        began_at = self.clock()
        web = await revisiting.open_for(self.database, self.web, peer.id, now=began_at)
        # Who tells what is gone tells what is new, and is hardly asked for the same again.
        asked = self.web if driver.capabilities.deletes else web
        pages = cast("AsyncGenerator[Page, None]", driver.harvest(source, asked, turn.task))
        count, crowded_out, cursor = 0, list[Arrival](), turn.task.cursor
        async with aclosing(one_ahead(self._received(peer, pages, web), stop)) as received:
            async for arrived, cursor, learnt in received:
                crowded_out = arrived.silent_about(crowded_out)
                crowded_out += await self._store(peer, turn, arrived, cursor, learnt)
                if not count and turn.task.mode is Mode.FULL:
                    await look_anew(self.database, "peer_records")
                del crowded_out[MOST_CROWDED_OUT:]
                count += 1
                if count > MAX_PAGES:
                    raise Unreadable(source.url, f"has more than {MAX_PAGES} pages")
                if self.clock() - began_at > LONGEST_HARVEST:
                    raise PeerFault(source.url, f"takes more than {LONGEST_HARVEST} at a time")
        if stop.is_set():
            return False
        await self._part(peer, turn)
        if crowded_out:
            records = tuple(each.record for each in crowded_out)
            again = await self._receive(peer, Page(records=records))
            again = replace(again, counts=Counter({Count.QUARANTINED: -len(crowded_out)}))
            await self._store(peer, turn, again, cursor, web.learnt())
        return True

    async def _received(
        self, peer: Followed, pages: AsyncGenerator[Page, None], web: Revisiting
    ) -> AsyncGenerator[tuple[Arrived, str | None, Learnt], None]:
        """Pages that can be stored, the cursors behind them, and what `web` learnt for them."""
        async with aclosing(pages), reading_apart() as reader:
            async for page in pages:
                yield await self._receive(peer, page, reader), page.cursor, web.learnt()

    async def _receive(self, peer: Followed, page: Page, reader: Reader | None = None) -> Arrived:
        return await arrivals.receive(
            self.database, peer, page, ourselves=self.ourselves, major=self.major, reader=reader
        )

    async def _store(
        self, peer: Followed, turn: Turn, arrived: Arrived, cursor: str | None, learnt: Learnt
    ) -> Sequence[Arrival]:
        """Returns what had no place yet."""
        async with transaction(self.database) as session:
            now = self.clock()
            await progress.hold(session, turn, now=now)
            stored = await storing.store(session, peer, arrived, major=self.major, now=now)
            await revisiting.keep(session, peer.id, learnt, now=now)
            await progress.advance(session, turn, cursor, stored.counts)
        return stored.crowded_out

    async def _part(self, peer: Followed, turn: Turn) -> None:
        """Withdraw what has left its group, and was in no other one by the end."""
        async with reading(self.database) as session:
            parted = await partings.some(session, peer.id)
        while parted:
            async with transaction(self.database) as session:
                now = self.clock()
                await progress.hold(session, turn, now=now)
                parted = await partings.some(session, peer.id)
                gone = await partings.withdraw(session, peer, parted, now=now)
                await progress.count(session, turn, {Count.WITHDRAWN: gone})

    async def _conclude(self, peer: Followed, driver: Driver | None, turn: Turn) -> Run:
        """Say that all is there, and notice what a complete listing did not have."""
        since = turn.listing_since
        complete = since is not None and driver is not None and driver.capabilities.complete
        counts: Counter[Count] = Counter()
        suspicion = None
        missing: tuple[tuple[str, str], ...] = ()
        if complete and since:
            async with reading(self.database) as session:
                absent = await reconciliation.absent(session, peer.id, since=since)
            suspicion, missing = absent.suspicion, absent.missing
            going = absent.never_stored if suspicion else absent.lost + absent.never_stored
            counts[Count.WITHDRAWN] = await reconciliation.withdraw(
                self.database, peer, going, since=since, now=self.clock()
            )
            counts[Count.MISSING] = len(missing) + (len(absent.lost) if suspicion else 0)
        async with transaction(self.database) as session:
            now = self.clock()
            await progress.hold(session, turn, now=now)
            if complete and since:
                await reconciliation.note(session, peer.id, missing, since=since, now=now)
                await revisiting.forget(session, peer.id, unasked_since=since)
            run = await progress.succeed(
                session, turn, complete=complete, suspicion=suspicion, counts=counts, now=now
            )
        if unplaced := run.counts[Count.UNPLACED]:
            log.warning("a peer speaks for too many catalogues", peer=peer.name, unplaced=unplaced)
        if suspicion:
            log.warning("a harvest waits for somebody to confirm it", peer=peer.name, why=suspicion)
        return run

    async def _fail(self, peer: Followed, turn: Turn, fault: Exception) -> Run:
        """What was stored stays; the rest is tried again later."""
        log.warning("a peer could not be harvested", peer=peer.name, cause=_told(fault))
        is_lost = isinstance(fault, CursorLost)
        await self._part(peer, turn)
        is_vain = turn.task.mode is Mode.FULL and isinstance(fault, Unreadable)
        async with transaction(self.database) as session:
            now = self.clock()
            await progress.hold(session, turn, now=now)
            failures = await progress.failures(session, peer.id)
            pause = backoff(
                1 + min(failures, MOST_DOUBLINGS),
                1 + self.jitter(),
                first=FIRST_PAUSE,
                longest=LONGEST_PAUSE,
            )
            if is_lost and not failures:
                pause = timedelta(0)
            return await progress.fail(
                session,
                turn,
                _told(fault),
                goes_on=not (is_lost or is_vain),
                is_lost=is_lost,
                pause=pause,
                now=now,
            )

    @asynccontextmanager
    async def _holding(self, turn: Turn) -> AsyncIterator[None]:
        """Hold the peer while the block lasts, also where a page takes long."""
        beating = asyncio.create_task(self._hold_on(turn))
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating

    async def _hold_on(self, turn: Turn) -> None:
        """Where that fails, the next page will be refused."""
        while True:
            await asyncio.sleep(progress.LEASE.total_seconds() / 3)
            try:
                async with transaction(self.database) as session:
                    await progress.hold(session, turn, now=self.clock())
            except TurnLost:
                return
            except Exception as error:  # noqa: BLE001 - there is time to try again
                log.warning("a peer cannot be held", cause=str(error).partition("\n")[0])


def _told(fault: Exception) -> str:
    """What went wrong, whatever the peer has put into it; not what a database says of our values."""
    return clean(str(fault).partition("\n")[0])[:LONGEST_REASON]
