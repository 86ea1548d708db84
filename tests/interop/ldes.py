"""npm's ldes-client follows `/ldes` while others write, and ends with what is in the snapshot."""

import asyncio
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep

import httpx2

from app.database import open_database, upgrade
from tests.bench._engines import ENGINES
from tests.federation.harvesters import Writer, filled
from tests.interop.findings import Line
from tests.services import serving

READER = Path(__file__).with_name("ldes_reader.mjs")
PACKAGE = "ldes-client@0.3.0"
NUMBER = 600
SECONDS_OF_WRITING = 20
SECONDS_TO_CATCH_UP = 120
DELETE = "https://www.w3.org/ns/activitystreams#Delete"


@dataclass
class Copy:
    """What a follower has heard of each entity; the `deaf` members said nothing of theirs."""

    newest: dict[str, tuple[str, bool]] = field(default_factory=dict)
    heard: Counter[str] = field(default_factory=Counter)
    deaf: set[str] = field(default_factory=set)

    def hear_all(self, lines: Iterable[str]) -> None:
        """Until there are no more."""
        for line in lines:
            self._hear(line)

    def _hear(self, line: str) -> None:
        """One member, as the reader prints it; of two with the same date the later counts."""
        member = json.loads(line)
        there = member["deed"] != DELETE
        self.heard[member["name"]] += 1
        if there != bool(member["said"]):
            self.deaf.add(member["name"])
        published, entity = member["published"], member["entity"]
        if published >= self.newest.get(entity, ("", False))[0]:
            self.newest[entity] = (published, there)

    def there(self) -> set[str]:
        """The entities that have not been deleted."""
        return {entity for entity, (_, there) in list(self.newest.items()) if there}


def read(_address: str) -> Iterator[Line]:
    """On both engines, each with a catalogue of its own."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        yield Line("LDES: left out ldes-client, since there is no Node.js here")
        return
    with TemporaryDirectory(prefix="samkod-ldes.") as folder:
        command = [npm, "install", "--silent", "--ignore-scripts", "--prefix", folder, PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            yield Line(f"LDES: left out ldes-client, which cannot be installed: {done.stderr}")
            return
        for engine, opened in ENGINES:
            with opened() as url:
                asyncio.run(_migrate(url))
                with serving(url, SAMKOD_EXPORT_DIR=f"{folder}/{engine}") as service:
                    yield from _followed(engine, service.address, [node, str(READER), folder])


def _followed(engine: str, address: str, command: list[str]) -> Iterator[Line]:
    writer = Writer(address, filled(address, NUMBER), 0.05)
    copy, stopped = Copy(), Event()
    with subprocess.Popen(
        [*command, f"{address}/ldes"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"LOG_LEVEL": "error"},
    ) as following:
        assert following.stdout is not None
        hearing = Thread(target=copy.hear_all, args=(following.stdout,))
        hearing.start()
        writing = Thread(target=writer.run, args=(stopped, Random(6)))
        writing.start()
        sleep(SECONDS_OF_WRITING)
        stopped.set()
        writing.join()
        expected = set(_snapshot(address))
        give_up = monotonic() + SECONDS_TO_CATCH_UP
        while copy.there() != expected and monotonic() < give_up and following.poll() is None:
            sleep(0.2)
        following.terminate()
        hearing.join()
    found = copy.there()
    again = sum(count > 1 for count in copy.heard.values())
    yield Line(
        f"LDES, {engine}: {writer.writes} writes, {len(writer.deleted)} deletions meanwhile;"
        f" {len(copy.heard)} members heard, {again} twice, {len(copy.deaf)} without what they tell",
        wrong=bool(again or copy.deaf),
    )
    yield Line(
        f"LDES, {engine}: ldes-client has {len(found)} of {len(expected)} in the snapshot,"
        f" {len(found - expected)} too many",
        wrong=found != expected,
    )


def _snapshot(address: str) -> Iterator[str]:
    """The names of all active software, of a snapshot that is made now."""
    lines = httpx2.get(f"{address}/v1/exports/software.jsonl", timeout=60).raise_for_status().text
    for line in lines.splitlines():
        software = json.loads(line)["software"]
        if software["active"]:
            yield f"{address}/id/software/{software['id']}"


async def _migrate(url: str) -> None:
    database = open_database(url)
    await upgrade(database)
    await database.close()
