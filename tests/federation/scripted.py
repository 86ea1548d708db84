"""A peer that says what a test wants it to say, and how its catalogue is then."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import text

from app.api.security import make_key
from app.catalogue import copies
from app.catalogue.copies import Kind
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import peers
from app.federation.driver import (
    Capabilities,
    Driver,
    HarvestedRecord,
    Page,
    Source,
    Task,
    Web,
)
from app.federation.drivers import DRIVERS
from app.federation.harvest import Harvester
from app.federation.peers import Followed, PeerDraft
from app.federation.progress import RECONCILED_EVERY
from app.federation.runs import Run, RunState
from app.federation.vault import Vault
from app.remote.client import Fetched
from tests.builders import a_file

OURSELVES = "https://here.example.org/id/catalog"
VAULT = Vault(make_key())

Line: TypeAlias = Page | Exception | Callable[[], Awaitable[None]]


class Killed(BaseException):
    """What nobody catches."""


async def kill() -> None:
    raise Killed


class NoWeb:
    """Scripts ask nobody."""

    async def fetch(self, url: str, **_: object) -> Fetched:
        raise AssertionError(url)


@dataclass
class Script:
    """The pages of the next harvest, or what goes wrong instead of one; and the tasks it was given."""

    pages: Sequence[Line] = ()
    tasks: list[Task] = field(default_factory=list)

    async def harvest(self, source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
        self.tasks.append(task)
        for page in self.pages:
            if isinstance(page, Exception):
                raise page
            if isinstance(page, Page):
                yield page
            else:
                await page()


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Stage:
    """A database, peers that follow scripts or are asked through `web`, and a clock."""

    database: Database
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(incremental=True))
    script: Script = field(default_factory=Script)
    clock: Clock = field(default_factory=Clock)
    web: Web = field(default_factory=NoWeb)
    ourselves: str | None = OURSELVES

    @property
    def harvester(self) -> Harvester:
        script = Driver("script", self.capabilities, self.script.harvest)
        return Harvester(
            database=self.database,
            web=self.web,
            vault=VAULT,
            ourselves=self.ourselves,
            drivers={**DRIVERS, "script": script},
            clock=self.clock,
            jitter=lambda: 0.0,
        )

    async def follow(self, uri: str = "https://peer.example.org", **draft: Any) -> Followed:
        wanted = PeerDraft(**({"name": uri, "kind": "script", "url": uri} | draft))
        async with transaction(self.database) as session:
            return await peers.create(session, wanted, VAULT, now=self.clock())

    async def harvest(self, peer: Followed, *pages: Line) -> Run:
        """The next harvest of this peer, when it is due."""
        self.script.pages = pages
        async with reading(self.database) as session:
            due = (await peers.get(session, peer.id)).standing.due_at
        self.clock.now = max(self.clock.now, due)
        run = await self.harvester.harvest(peer.id)
        assert run is not None
        return run

    async def list_again(self, peer: Followed) -> Run:
        """A harvest of all that the peer has, in which nothing goes wrong."""
        self.clock.now += RECONCILED_EVERY
        run = await self.harvest(peer)
        assert run.state is RunState.SUCCEEDED, run.error
        return run

    async def software(self) -> list[dict[str, Any]]:
        """All software with its records, by address."""
        async with reading(self.database) as session:
            found = [
                {
                    "id": copy.id,
                    "software": orjson.loads(copy.document),
                    "records": [orjson.loads(each) for each in copy.records],
                }
                async for page in copies.pages(session, Kind.SOFTWARE, with_index=True)
                for copy in page
            ]
        return sorted(found, key=lambda each: str(each["software"]["url"]))

    async def addresses(self) -> list[str]:
        return [each["software"]["url"] for each in await self.software()]

    async def number_of_changes(self) -> int:
        async with reading(self.database) as session:
            statement = text("SELECT count(*) FROM changes WHERE entity = 'software'")
            return int((await session.execute(statement)).scalar_one())


def url_of(name: str) -> str:
    return f"https://git.example.org/{name}"


def said(name: str, **record: Any) -> HarvestedRecord:
    """A valid record of this name."""
    changes: Mapping[str, Any] = record.pop("changes", {})
    text = a_file(url_of(name), name=name, **changes)
    return HarvestedRecord(**({"source_id": name, "url": url_of(name), "text": text} | record))


def page(*records: HarvestedRecord, cursor: str | None = None, groups: Sequence[str] = ()) -> Page:
    return Page(records=records, cursor=cursor, groups=frozenset(groups))
