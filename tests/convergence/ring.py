"""Samkods that follow each other in a ring, each in a process of its own that may be killed.

What is written to one of them must come to be known to all, and nothing else.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeAlias

import httpx2

from app.api.security import create_token, make_key
from app.catalogue.catalogs import ROOT_NAME
from tests.api.files import publiccode_yml

KEY = make_key()
SECONDS_TO_START = 60
SECONDS_TO_CONVERGE = 120
REPOSITORIES = 12
CHANGES_FOR_A_STEP = 3
"""At most, on each node: a step changes one record, which may join or leave others."""

Said: TypeAlias = tuple[str, str]
"""The address of a record, and the hash of its file."""


@dataclass(frozen=True)
class View:
    """What each origin says here, which of them are one software, and what was `own` word first."""

    said: dict[str, Said]
    software: set[frozenset[str]]
    own: dict[str, Said]
    changes: int


def token(*catalogs: str) -> dict[str, str]:
    sealed = create_token(
        KEY, subject="ring", expires_at=None, now=datetime.now(UTC), catalogs=catalogs
    )
    return {"Authorization": f"Bearer {sealed}"}


@dataclass
class Node:
    """One Samkod, on a port of its own whether it runs or not."""

    name: str
    folder: Path
    port: int
    peer_id: str = ""
    process: "subprocess.Popen[str] | None" = None
    client: httpx2.Client = field(init=False)
    admin: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.Client(base_url=self.address, headers=token(ROOT_NAME), timeout=30)
        self.admin = httpx2.Client(base_url=self.address, headers=token(), timeout=30)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        return f"{self.address}/id/catalog"

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{self.folder / 'catalogue.db'}",
            "PASETO_KEY": KEY,
            "PORT": str(self.port),
            "SAMKOD_PUBLIC_URL": self.address,
            "SAMKOD_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "SAMKOD_DATA_DIR": str(self.folder),
            "SAMKOD_EXPORT_SECONDS": "1",
            "SAMKOD_LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.convergence.node", "serve", "--no-migrate"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        assert "ready" in self.process.stdout.readline()

    def end(self, *, kill: bool = False) -> None:
        assert self.process is not None
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(SECONDS_TO_START)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def follow(self, other: "Node") -> None:
        wanted = {"name": other.name, "kind": "changes", "url": f"{other.address}/v1"}
        made = self.admin.post("/v1/peers", json=wanted).raise_for_status()
        self.peer_id = made.json()["id"]

    def ask(self, mode: str) -> None:
        """Have the peer harvested now."""
        where = f"/v1/peers/{self.peer_id}/sync"
        self.admin.post(where, json={"mode": mode}).raise_for_status()

    def put(self, url: str, name: str) -> None:
        text = publiccode_yml(url, name)
        self.client.put("/v1/software", params={"url": url}, content=text).raise_for_status()

    def delete(self, url: str) -> bool:
        """Take back what this node says itself of a repository; whether it did say something."""
        found = self.client.get("/v1/software", params={"url": url}).raise_for_status().json()
        reply = (
            self.client.delete(f"/v1/software/{found['data'][0]['id']}") if found["data"] else None
        )
        return reply is not None and reply.is_success

    def log(self) -> Iterator[dict[str, Any]]:
        since, pending = 0, 1
        while pending:
            query: dict[str, Any] = {"since": since, "include": "records", "limit": 1000}
            page = self.client.get("/v1/changes", params=query).raise_for_status().json()
            since, pending = page["lastSeq"], page["pending"]
            yield from page["results"]

    def view(self) -> View:
        """As the log tells it, from its beginning to its end."""
        software: dict[str, list[dict[str, Any]]] = {}
        count = 0
        for change in self.log():
            count += 1
            software[change["softwareId"]] = change.get("records") or []
        told = [record for records in software.values() for record in records]
        said = {self._origin(each): (each["url"], each["hash"]) for each in told}
        return View(
            said=said,
            software={frozenset(map(self._origin, group)) for group in software.values() if group},
            own={
                origin: what for origin, what in said.items() if origin.startswith(f"{self.uri} ")
            },
            changes=count,
        )

    def _origin(self, record: dict[str, Any]) -> str:
        origin = record["origin"] or {"catalog": self.uri, "recordId": record["id"]}
        return f"{origin['catalog']} {origin['recordId']}"


class Ring:
    """Does at random what people and fate do to catalogues; the same for the same seed."""

    def __init__(self, nodes: list[Node], seed: int) -> None:
        self.nodes = nodes
        self.chance = random.Random(seed)
        self.steps: Counter[str] = Counter()

    def step(self) -> None:
        deeds: dict[Callable[[Node], None], int] = {
            self._write: 52,
            self._delete: 32,
            self._ask: 10,
            self._restart: 2,
            self._kill: 2,
            self._kill_while_writing: 2,
        }
        [deed] = self.chance.choices(list(deeds), list(deeds.values()))
        deed(self.chance.choice(self.nodes))

    def converged(self) -> int:
        """Wait until all say the same; returns how many changes that took the node with most.

        It must be what their own records say, and stay as it is when everybody reads everything again.
        """
        give_up = monotonic() + SECONDS_TO_CONVERGE
        while not (agreed := self._agreement()):
            assert monotonic() < give_up, self._disagreement()
            for node in self.nodes:
                node.ask("incremental")
            sleep(0.5)
        for node in self.nodes * 2:
            node.ask("full")
            sleep(0.3)
        self._all_harvested()
        assert self._agreement() == agreed, "Nothing had changed, and yet there are new changes."
        most = max(agreed)
        written = sum(self.steps[each] for each in ("write", "delete", "kill while writing"))
        assert most <= CHANGES_FOR_A_STEP * written, f"{most} changes for {written} writes"
        return most

    def _agreement(self) -> list[int] | None:
        """The number of changes of each node, once all say what has been said."""
        views = [node.view() for node in self.nodes]
        truth = _truth(views)
        agree = all(view.said == truth and view.software == views[0].software for view in views)
        return [view.changes for view in views] if agree else None

    def _disagreement(self) -> str:
        views = [node.view() for node in self.nodes]
        truth = _truth(views)
        return "\n".join(
            f"{node.name} lacks {sorted(truth.items() - view.said.items())},"
            f" has besides {sorted(view.said.items() - truth.items())},"
            f" in {len(view.software)} software"
            for node, view in zip(self.nodes, views, strict=True)
        )

    def _all_harvested(self) -> None:
        give_up = monotonic() + SECONDS_TO_CONVERGE
        for node in self.nodes:
            while any(
                run["state"] in ("queued", "running")
                for run in node.admin.get(f"/v1/peers/{node.peer_id}/runs").json()["data"]
            ):
                assert monotonic() < give_up, "A harvest does not end."
                sleep(0.1)

    def _write(self, node: Node) -> None:
        self.steps["write"] += 1
        node.put(self._url(), self._name())

    def _delete(self, node: Node) -> None:
        self.steps["delete"] += node.delete(self._url())

    def _ask(self, node: Node) -> None:
        self.steps["ask"] += 1
        node.ask(self.chance.choice(["incremental", "full"]))

    def _restart(self, node: Node) -> None:
        self.steps["restart"] += 1
        node.end()
        node.start()

    def _kill(self, node: Node) -> None:
        self.steps["kill"] += 1
        node.end(kill=True)
        node.start()

    def _kill_while_writing(self, node: Node) -> None:
        self.steps["kill while writing"] += 1
        url, name = self._url(), self._name()

        def write() -> None:
            with suppress(httpx2.TransportError):
                node.put(url, name)

        writing = Thread(target=write)
        writing.start()
        sleep(self.chance.random() * 0.03)
        node.end(kill=True)
        writing.join()
        node.start()

    def _url(self) -> str:
        return f"https://git.example.org/r{self.chance.randrange(REPOSITORIES)}"

    def _name(self) -> str:
        return f"Name {self.chance.randrange(10**6)}"


@contextmanager
def ring(template: Path, folder: Path, seed: int, size: int = 3) -> Iterator[Ring]:
    """Nodes on copies of a migrated SQLite file, each following the one before."""
    nodes = []
    for name in "ABCDEFGH"[:size]:
        place = folder / f"{seed}-{name}"
        place.mkdir()
        shutil.copy(template, place / "catalogue.db")
        nodes.append(Node(name, place, _free_port()))
    try:
        for node in nodes:
            node.launch()
        for node in nodes:
            node.wait_until_ready()
        for at, node in enumerate(nodes):
            node.follow(nodes[at - 1])
        yield Ring(nodes, seed)
    finally:
        for node in nodes:
            if node.process and node.process.poll() is None:
                node.end(kill=True)
            node.client.close()
            node.admin.close()


def _truth(views: Iterable[View]) -> dict[str, Said]:
    """What those say who said it first."""
    return {origin: what for view in views for origin, what in view.own.items()}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
