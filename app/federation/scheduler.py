"""Who is harvested when: peers that are due, those that somebody asked for, and those with news."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from app.catalogue import catalogs
from app.catalogue.transaction import transaction
from app.database import leading, reading
from app.federation import peers, progress, runs
from app.federation.ahead import unless_stopped
from app.federation.driver import Mode, News, PeerFault
from app.federation.errors import FederationError
from app.federation.harvest import Harvester
from app.federation.names import storable
from app.federation.peers import Followed, PeerDraft
from app.federation.runs import Run
from app.remote.errors import RemoteError

AT_ONCE = 4
"""Peers that are harvested at the same time."""

LOOK_SECONDS = 1.0
SECONDS_AFTER_A_FAULT = 30.0
SECONDS_BETWEEN_SOURCES = 3600.0
SECONDS_TO_LEAD = 10.0
"""After which somebody else may take over."""

LOCK = 7_269_568
"""Any number that nobody else locks in our database."""

log = structlog.get_logger("samkod.scheduler")


class Scheduler:
    """Harvests as long as it is not told to stop; of several on one database, only one does."""

    def __init__(
        self,
        harvester: Harvester,
        stop: asyncio.Event,
        *,
        follow_sources: bool = False,
        harvested: Callable[[Followed, Run], None] = lambda _peer, _run: None,
    ) -> None:
        """With `follow_sources`, what catalogues name as their sources is followed.

        Whoever wants to know what came of each run is told: `harvested`.
        """
        self._harvester = harvester
        self._database = harvester.database
        self._stop = stop
        self._follow_sources = follow_sources
        self._harvested = harvested
        self._running: dict[str, asyncio.Task[None]] = {}
        self._listening: set[str] = set()

    async def run(self) -> None:
        """Until told to stop; harvests that are under way then go on later, where they were."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stop.is_set():
                try:
                    async with leading(self._database, LOCK) as is_leader:
                        if is_leader:
                            await self._lead(tasks)
                except Exception as error:  # noqa: BLE001 - it may pass, and nobody else harvests
                    log.warning("nothing can be harvested", cause=str(error).partition("\n")[0])
                await self._pause(SECONDS_TO_LEAD)

    async def _lead(self, tasks: asyncio.TaskGroup) -> None:
        """Until told to stop. Raises whatever the database does."""
        looked_at_sources = float("-inf")
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            if self._follow_sources and loop.time() - looked_at_sources > SECONDS_BETWEEN_SOURCES:
                await follow_sources(self._harvester)
                looked_at_sources = loop.time()
            await self._begin(tasks)
            await self._listen(tasks)
            await self._pause(LOOK_SECONDS)

    async def _begin(self, tasks: asyncio.TaskGroup) -> None:
        """Harvest those whose turn it is, as many as there is room for."""
        room = AT_ONCE - len(self._running)
        if not room:
            return
        async with reading(self._database) as session:
            waiting = await progress.waiting(
                session, now=self._harvester.clock(), limit=AT_ONCE + len(self._running)
            )
        for peer_id in [each for each in waiting if each not in self._running][:room]:
            self._running[peer_id] = tasks.create_task(self._harvest(peer_id))

    async def _harvest(self, peer_id: str) -> None:
        try:
            run = await self._harvester.harvest(peer_id, self._stop)
            if run:
                async with reading(self._database) as session:
                    self._harvested(await peers.get(session, peer_id), run)
        except FederationError as error:
            log.info("a peer is gone", cause=str(error))
        except Exception:
            log.exception("a harvest was not brought to an end", peer=peer_id)
            await self._pause(SECONDS_AFTER_A_FAULT)
        finally:
            del self._running[peer_id]

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        """To those who are live, as long as they are."""
        async with reading(self._database) as session:
            everyone = await peers.everyone(session)
        for peer in everyone:
            if peer.id not in self._listening and self._news_of(peer):
                self._listening.add(peer.id)
                tasks.create_task(self._follow(peer))

    async def _follow(self, peer: Followed) -> None:
        """Ask for a harvest whenever there are news. While the peer fails, its pauses are kept."""
        is_live = True
        while is_live and not self._stop.is_set():
            try:
                is_live = await self._ask_for_news(peer.id)
            except (PeerFault, RemoteError) as fault:
                log.info("a peer tells no news", peer=peer.name, cause=str(fault))
                await self._pause(SECONDS_AFTER_A_FAULT)
            except FederationError:
                is_live = False
            except Exception:
                log.exception("a peer cannot be followed", peer=peer.name)
                await self._pause(SECONDS_AFTER_A_FAULT)
            await self._pause(LOOK_SECONDS)
        self._listening.discard(peer.id)

    async def _ask_for_news(self, peer_id: str) -> bool:
        """Wait a while for some, and have them fetched; returns whether the peer is still live.

        Raises FederationError if there is no such peer any more, PeerFault and RemoteError.
        """
        async with reading(self._database) as session:
            peer = await peers.get(session, peer_id)
            cursor = await progress.cursor(session, peer_id)
            source = await peers.source(session, peer_id, self._harvester.vault)
        if (news := self._news_of(peer)) is None:
            return False
        if cursor is None or peer.standing.failures or peer.standing.held_until:
            return True
        if await unless_stopped(news(source, self._harvester.web, cursor), self._stop):
            async with transaction(self._database) as session:
                now = self._harvester.clock()
                await runs.ask_for(session, peer_id, Mode.INCREMENTAL, now=now)
        return True

    def _news_of(self, peer: Followed) -> News | None:
        """How to wait for news of a peer that is live."""
        driver = self._harvester.drivers.get(peer.kind)
        return driver.news if driver and peer.enabled and peer.live else None

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()


async def follow_sources(harvester: Harvester) -> None:
    """Make peers of the sources of all catalogues that can be read, and that are not followed yet."""
    async with reading(harvester.database) as session:
        known = {peer.uri for peer in await peers.everyone(session)}
        sources = await catalogs.all_sources(session)
    for catalog_id, source in sources:
        driver = harvester.drivers.get(source.driver or "")
        if driver is None or (uri := storable(driver.named(source.url))) in known:
            continue
        known.add(uri)
        wanted = PeerDraft(
            name=uri,
            kind=driver.kind,
            url=source.url,
            uri=uri,
            args=source.args or (),
            live=driver.capabilities.live,
            catalog_id=catalog_id,
        )
        try:
            async with transaction(harvester.database) as session:
                await peers.create(session, wanted, harvester.vault, now=harvester.clock())
        except Exception:
            # An odd source must not keep us from all others.
            log.exception("a source cannot be followed", url=source.url)
