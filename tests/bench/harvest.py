"""How fast a peer is harvested: all of it the first time, all of it again, and what changed.

The peer is another Samkod, in a process of its own, with 20,000 records; `RECORDS=500` makes it
smaller. Files are as long as real ones: 3.3 kB on average. Each engine has a process of its own, whose
memory is that of harvesting, with that of what it starts. Time of the processor is only that of this
process: not of the one that reads files for it, nor of the database server or the peer.
"""

import asyncio
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.pool import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx2

from app import garbage
from app.catalogue.transaction import transaction
from app.database import open_database, upgrade
from app.federation import peers, runs
from app.federation.driver import Mode
from app.federation.harvest import Harvester
from app.federation.peers import PeerDraft
from app.federation.vault import Vault
from app.remote.client import open_client
from app.remote.hosts import PatientClient
from tests.bench._engines import ENGINES
from tests.bench.synthetic.descriptions import as_real, descriptions
from tests.bench.synthetic.filling import fill
from tests.services import serving

RECORDS = int(os.environ.get("RECORDS") or 20_000)
MEGABYTE = 1_000_000
SECONDS_TO_COPY = 600
SECONDS_TO_LOOK = 0.2


class Harvest(NamedTuple):
    """Records a second, milliseconds of processor for each, and bytes that the peak of memory grew by."""

    rate: float
    processor: float
    growth: int
    counts: str

    def __str__(self) -> str:
        return (
            f"{self.rate:.0f}/s, {self.processor:.2f} ms of processor each, "
            f"memory grows by {self.growth / MEGABYTE:.0f} MB ({self.counts})"
        )


def run() -> Iterator[tuple[str, str]]:
    """A row for each engine and harvest."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/peer.db"
        with _process() as process:
            process.apply(_fill, (url,))
        with serving(url, SAMKOD_DATA_DIR=folder, SAMKOD_EXPORT_SECONDS="86400") as peer:
            _await_snapshot(peer.address)
            for engine, database in ENGINES:
                with database() as ours, _process() as process:
                    new, again = process.apply(_measure, (ours, peer.address))
                yield f"{engine}: {RECORDS:,} new records", str(new)
                yield f"{engine}: unchanged", f"{again}; {again.rate / new.rate:.1f} × as fast"


def _process() -> Pool:
    """A process of its own, whose peak of memory is not that of what came before."""
    return multiprocessing.get_context("spawn").Pool(1)


def _fill(url: str) -> None:
    asyncio.run(_filled(url))


async def _filled(url: str) -> None:
    database = open_database(url)
    await upgrade(database)
    await fill([database], descriptions(RECORDS, letters=as_real))
    await database.close()


def _await_snapshot(address: str) -> None:
    """It is made when somebody asks for it, which is not what is measured."""
    give_up = time.monotonic() + SECONDS_TO_COPY
    manifest = f"{address}/v1/exports/manifest.json"
    while not httpx2.get(manifest, timeout=60).is_success:
        assert time.monotonic() < give_up, "The peer has no snapshot."
        time.sleep(1)


def _measure(url: str, address: str) -> list[Harvest]:
    garbage.look_rarely()  # As all that the command line starts does.
    return asyncio.run(_harvests(url, address))


async def _harvests(url: str, address: str) -> list[Harvest]:
    database = open_database(url)
    await upgrade(database)
    draft = PeerDraft(name="peer", kind="changes", url=address)
    async with transaction(database) as session:
        peer = await peers.create(session, draft, Vault(None), now=_now())
    host = address.removeprefix("http://")
    async with open_client(allow_private_hosts=frozenset({host})) as client:
        harvester = Harvester(
            database=database,
            web=PatientClient(client),
            vault=Vault(None),
            ourselves="https://ours.example.org/id/catalog",
        )
        found = [await _harvest(harvester, peer.id)]
        async with transaction(database) as session:
            await runs.ask_for(session, peer.id, Mode.FULL, now=_now())
        found.append(await _harvest(harvester, peer.id))
    await database.close()
    return found


async def _harvest(harvester: Harvester, peer_id: str) -> Harvest:
    before, processor, started = _peak(), time.process_time(), time.perf_counter()
    harvesting, elsewhere = asyncio.create_task(harvester.harvest(peer_id)), 0
    while not harvesting.done():
        await asyncio.wait({harvesting}, timeout=SECONDS_TO_LOOK)
        elsewhere = max(elsewhere, _memory_of_children())
    done = harvesting.result()
    seconds, spent = time.perf_counter() - started, time.process_time() - processor
    assert done is not None
    counts = ", ".join(f"{count:,} {name.value}" for name, count in done.counts.items() if count)
    return Harvest(
        RECORDS / seconds,
        spent * 1000 / RECORDS,
        _peak() - before + elsewhere,
        done.error or counts,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _memory_of_children() -> int:
    """Resident bytes of what this process has started; 0 where the system does not say so."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    memory = 0
    for process in own.read_text().split() if own.exists() else ():
        with suppress(FileNotFoundError, ProcessLookupError):
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            memory += pages * os.sysconf("SC_PAGESIZE")
    return memory


def _peak() -> int:
    """Bytes; macOS counts them, Linux kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
