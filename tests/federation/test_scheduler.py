"""Who is harvested when: what is due, asked for or has news; by one process, until it is to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from app.catalogue import catalogs
from app.catalogue.catalogs import CatalogDraft, CatalogDraftSource
from app.catalogue.transaction import transaction
from app.database import Database, leading, reading
from app.federation import peers, runs, scheduler
from app.federation.driver import Driver, Mode, Source, Web
from app.federation.drivers import DRIVERS
from app.federation.harvest import Harvester
from app.federation.peers import Followed
from app.federation.runs import Run, RunState
from app.federation.scheduler import Scheduler, follow_sources
from app.pagination import PageRequest
from app.telemetry import Metrics
from app.worker import Harvesting
from tests.federation.scripted import VAULT, Stage, page, said, url_of

pytestmark = pytest.mark.anyio

HANG_LIMIT = 60


@pytest.fixture
def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(scheduler, "LOOK_SECONDS", 0.05)
    return Stage(database)


@asynccontextmanager
async def scheduling(
    harvester: Harvester,
    harvested: Callable[[Followed, Run], None] = lambda _peer, _run: None,
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(Scheduler(harvester, stop, harvested=harvested).run())
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(HANG_LIMIT):
            await running


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(HANG_LIMIT):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.05)


async def test_peers_are_harvested_when_they_are_due_or_somebody_asks(stage: Stage) -> None:
    peer = await stage.follow()
    stage.script.pages = (page(said("a"), cursor="1"),)
    metrics = Metrics()
    tell = Harvesting(vault=VAULT, metrics=metrics).harvested

    async def is_harvested() -> bool:
        return await stage.addresses() == [url_of("a")]

    async def is_asked_again() -> bool:
        async with reading(stage.database) as session:
            found = (await runs.listing(session, peer.id, PageRequest())).items
        return [run.state for run in found] == [RunState.SUCCEEDED] * 2

    async with scheduling(stage.harvester, tell):
        await until(is_harvested)
        async with transaction(stage.database) as session:
            await runs.ask_for(session, peer.id, Mode.FULL, now=stage.clock())
        await until(is_asked_again)

    assert len(stage.script.tasks) == 2
    told = metrics.text().decode()
    assert 'samkod_harvests_total{peer="https://peer.example.org",state="succeeded"} 2.0' in told
    assert (
        'samkod_harvested_records_total{outcome="created",peer="https://peer.example.org"} 1.0'
        in told
    )


async def test_live_peer_is_harvested_at_once_when_it_has_news(stage: Stage) -> None:
    news = asyncio.Event()

    async def wait(source: Source, web: Web, cursor: str) -> bool:
        assert cursor
        await news.wait()
        news.clear()
        return True

    live = Driver("script", stage.capabilities, stage.script.harvest, wait)
    await stage.follow(live=True)
    stage.script.pages = (page(said("a"), cursor="1"),)

    async def has(name: str) -> bool:
        return url_of(name) in await stage.addresses()

    async with scheduling(replace(stage.harvester, drivers={"script": live})):
        await until(lambda: has("a"))
        stage.script.pages = (page(said("b"), cursor="2"),)
        news.set()
        await until(lambda: has("b"))

    assert [task.mode for task in stage.script.tasks] == [Mode.FULL, Mode.INCREMENTAL]


async def test_only_who_is_live_is_listened_to(stage: Stage) -> None:
    asked = 0

    async def wait(source: Source, web: Web, cursor: str) -> bool:
        nonlocal asked
        asked += 1
        return False

    async def be(*, live: bool) -> None:
        async with transaction(stage.database) as session:
            wanted = replace((await peers.get(session, peer.id)).draft(), live=live)
            await peers.revise(session, peer.id, wanted, VAULT, now=stage.clock())

    async def is_asked_again() -> bool:
        return asked > before

    async def is_left_alone() -> bool:
        so_far = asked
        await asyncio.sleep(0.3)
        return asked == so_far

    driver = Driver("script", stage.capabilities, stage.script.harvest, wait)
    peer = await stage.follow(live=True)
    stage.script.pages = (page(said("a"), cursor="1"),)
    async with scheduling(replace(stage.harvester, drivers={"script": driver})):
        before = 0
        await until(is_asked_again)
        await be(live=False)
        await until(is_left_alone)
        before = asked
        await be(live=True)
        await until(is_asked_again)


async def test_harvest_under_way_ends_when_the_scheduler_does(stage: Stage) -> None:
    await stage.follow()
    begun = asyncio.Event()

    async def take_long() -> None:
        begun.set()
        await asyncio.sleep(HANG_LIMIT * 10)

    stage.script.pages = (page(said("a"), cursor="1"), take_long)
    async with scheduling(stage.harvester):
        await begun.wait()

    assert await stage.addresses() == [url_of("a")]


async def test_one_leads(database: Database) -> None:
    is_postgres = database.reading.dialect.name == "postgresql"
    async with leading(database, 1) as first, leading(database, 1) as second:
        assert (first, second) == (True, not is_postgres)
    async with leading(database, 1) as later:
        assert later


async def test_sources_of_catalogues_are_followed_once(stage: Stage) -> None:
    sources = (
        CatalogDraftSource("https://samkod.example.org/v1", "changes"),
        CatalogDraftSource("https://git.example.org/list.json", "json", ("$[*].url",)),
        CatalogDraftSource("https://git.example.org/odd", "telepathy"),
        CatalogDraftSource("https://git.example.org/unknown"),
    )
    async with transaction(stage.database) as session:
        draft = CatalogDraft(name="A", sources=sources)
        catalog = await catalogs.create(session, draft, now=stage.clock())

    harvester = replace(stage.harvester, drivers=DRIVERS)
    await follow_sources(harvester)
    await follow_sources(harvester)

    async with reading(stage.database) as session:
        followed = await peers.everyone(session)
    assert [(peer.kind, peer.uri, peer.args, peer.catalog_id) for peer in followed] == [
        ("changes", "https://samkod.example.org/id/catalog", (), catalog.id),
        ("json", "https://git.example.org/list.json", ("$[*].url",), catalog.id),
    ]
