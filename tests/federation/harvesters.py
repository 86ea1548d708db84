"""Harvesters that others wrote, each of which keeps a copy of a catalogue that changes all the time."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import NamedTuple

import httpx2
import orjson
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record

from tests.api.files import publiccode_yml
from tests.services import AUTHORIZATION

SECONDS_TO_WAIT = 300
OAI_PMH = shutil.which("oai_pmh")
"""Of Perl's HTTP::OAI; Debian has it in libhttp-oai-perl."""

SICKLE = """
import sys
from sickle import Sickle
address, since = sys.argv[1:]
given = {"from": since} if since else {}
for record in Sickle(address, timeout=60).ListRecords(metadataPrefix="oai_dc", **given):
    header = record.header
    print(header.identifier, header.datestamp, header.deleted)
"""


class Seen(NamedTuple):
    """A record as a harvester has read it."""

    identifier: str
    datestamp: str
    deleted: bool


Harvest = Callable[[str, str | None], Iterator[Seen]]
"""What is at an address, from a moment on if there is one."""


def scythe(address: str, since: str | None) -> Iterator[Seen]:
    """https://pypi.org/project/oaipmh-scythe/"""
    with Scythe(address) as client:
        for record in client.list_records(from_=since):
            assert isinstance(record, Record)
            header = record.header
            yield Seen(header.identifier or "", header.datestamp or "", header.deleted)


def sickle(address: str, since: str | None) -> Iterator[Seen]:
    """https://pypi.org/project/Sickle/, in a process of its own: it is too old for strict warnings."""
    for line in _output(
        [sys.executable, "-W", "ignore", "-c", SICKLE, address, since or ""]
    ).splitlines():
        identifier, datestamp, deleted = line.split()
        yield Seen(identifier, datestamp, deleted == "True")


def perl(address: str, since: str | None) -> Iterator[Seen]:
    """https://metacpan.org/pod/HTTP::OAI"""
    assert OAI_PMH is not None
    given = ["--from", since] if since else []
    command = [OAI_PMH, "-X", "ListRecords", "--metadataPrefix", "oai_dc", *given, address]
    for record in _output(command).split("\f")[:-1]:
        header = record.partition("\n\n")[0].splitlines()
        values = dict(line.split(": ", 1) for line in header if ": " in line)
        deleted = values.get("status") == "deleted"
        yield Seen(values["identifier"], values["datestamp"], deleted)


@dataclass
class Copy:
    """What a harvester knows: `{identifier: is it there}`. It goes on where it was.

    That is the latest datestamp, or (`by_reply`) when the last harvest began by the server's clock.
    """

    harvest: Harvest
    address: str
    by_reply: bool = False
    known: dict[str, bool] = field(default_factory=dict)
    since: str | None = None

    def catch_up(self) -> int:
        """Harvest once; returns how many records came."""
        began = _response_date(self.address)
        seen = list(self.harvest(self.address, self.since))
        identifiers = [each.identifier for each in seen]
        assert len(set(identifiers)) == len(identifiers), "A record came twice."
        self.known |= {each.identifier: not each.deleted for each in seen}
        latest = max(each.datestamp for each in seen)
        self.since = began if self.by_reply else latest
        return len(seen)


@dataclass
class Writer:
    """Changes, deletes and adds software until it is told to stop."""

    address: str
    present: dict[str, str]
    """`{id: repository address}`"""
    pause: float
    """Seconds between two writes."""
    deleted: set[str] = field(default_factory=set)
    writes: int = 0

    def run(self, stopped: Event, random: Random) -> None:
        with httpx2.Client(
            base_url=self.address, headers=AUTHORIZATION, timeout=SECONDS_TO_WAIT
        ) as client:
            while not stopped.wait(self.pause):
                match random.choice(("change", "change", "delete", "add")):
                    case "change":
                        id = random.choice(list(self.present))
                        self._put(client, self.present[id])
                    case "delete":
                        id = random.choice(list(self.present))
                        client.delete(f"/v1/software/{id}").raise_for_status()
                        self.deleted.add(id)
                        del self.present[id]
                    case _:
                        self._put(client, f"https://new.example.org/{self.writes}")
                self.writes += 1

    def _put(self, client: httpx2.Client, url: str) -> None:
        text = publiccode_yml(url, f"Version {self.writes}")
        reply = client.put("/v1/software", params={"url": url}, content=text.encode())
        self.present[reply.raise_for_status().json()["id"]] = url


@dataclass
class Proof:
    """Several copies of one catalogue, which is written to for as long as they harvest."""

    address: str
    copies: dict[str, Copy]
    writer: Writer

    @classmethod
    def of(cls, address: str, number: int, *, pause: float) -> "Proof":
        """A catalogue with this number of software; nobody has read it yet."""
        base = f"{address}/oai"
        copies = {"scythe": Copy(scythe, base, by_reply=True), "sickle": Copy(sickle, base)}
        if OAI_PMH:
            copies["Perl"] = Copy(perl, base)
        return cls(address, copies, Writer(address, filled(address, number), pause))

    def run(self, writes: int, random: Random) -> None:
        """Harvest again and again until so much was written meanwhile, and once more in silence."""
        stopped = Event()
        with ThreadPoolExecutor() as pool:
            writing = pool.submit(self.writer.run, stopped, random)
            try:
                while self.writer.writes < writes and not writing.done():
                    list(pool.map(Copy.catch_up, self.copies.values()))
            finally:
                stopped.set()
            writing.result()
            list(pool.map(Copy.catch_up, self.copies.values()))

    def expected(self) -> dict[str, bool]:
        """What every copy must know in the end; of what was deleted unseen, it may know that."""
        known = dict.fromkeys(self.writer.present, True) | dict.fromkeys(self.writer.deleted, False)
        return {f"oai:127.0.0.1:{id}": there for id, there in known.items()}


def filled(address: str, number: int) -> dict[str, str]:
    """`{id: repository address}` of new software."""
    urls = [f"https://git.example.org/{each}" for each in range(number)]
    lines = b"".join(
        orjson.dumps({"url": url, "publiccodeYml": publiccode_yml(url)}) + b"\n" for url in urls
    )
    reply = httpx2.post(
        f"{address}/v1/ingest",
        content=lines,
        headers=AUTHORIZATION | {"Content-Type": "application/x-ndjson"},
        timeout=SECONDS_TO_WAIT,
    )
    outcomes = [orjson.loads(line) for line in reply.raise_for_status().text.splitlines()]
    return {each["softwareId"]: url for each, url in zip(outcomes, urls, strict=True)}


def _response_date(address: str) -> str:
    reply = httpx2.get(address, params={"verb": "Identify"}, timeout=SECONDS_TO_WAIT)
    date = etree.fromstring(reply.content).findtext("{*}responseDate")
    assert date is not None
    return date


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, timeout=SECONDS_TO_WAIT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(errors="replace")  # Perl writes in an encoding of its own
