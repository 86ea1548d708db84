"""`samkod serve`, on a real port, until a signal ends it."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from app.cli import development_key
from tests.cli.conftest import Samkod

DATABASE = "catalogue.db"


@contextmanager
def serving(samkod: Samkod, *arguments: str) -> Iterator[tuple[httpx2.Client, str]]:
    """A client of the service, and what the service said when it was ready."""
    with at_home(samkod).running("serve", *arguments) as process:
        said = until_ready(process)
        address = re.search(r"http://localhost:\d+", said)
        assert address is not None, said
        with httpx2.Client(base_url=address[0]) as client:
            yield client, said
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGTERM, log
        assert "Traceback" not in log, log


def at_home(samkod: Samkod) -> Samkod:
    """On a free port and, unless told otherwise, on a file of its own."""
    defaults = {"PORT": "0", "DATABASE_URL": f"sqlite:///{DATABASE}"}
    return samkod.having(**(defaults | samkod.environment))


def until_ready(process: "subprocess.Popen[str]") -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith(("Ctrl+C", "Samkod is ready on")):
            return said
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def test_demo_shows_a_sample_and_gives_a_token_that_writes(
    samkod: Samkod, empty_database_url: str
) -> None:
    with serving(samkod.having(DATABASE_URL=empty_database_url), "--demo") as (client, said):
        assert client.get("/v1/status").status_code == 204
        assert client.get("/v1/search", params={"q": "bibliotek"}).json()["total"] > 0
        token = re.search(r"v2\.local\.\S+", said)
        assert token is not None
        software = {"url": "https://git.example.org/me/first", "publiccodeYml": "name: First"}
        assert client.post("/v1/software", json=software).status_code == 401
        authorised = {"Authorization": f"Bearer {token[0]}"}
        created = client.post("/v1/software", json=software, headers=authorised)
        assert created.status_code == 200, created.text
    key = samkod.folder / "data" / development_key.FILE_NAME
    assert key.stat().st_mode & 0o777 == 0o600


def test_demo_changes_nothing_when_started_again(samkod: Samkod) -> None:
    with serving(samkod, "--demo") as (client, said):
        first = client.get("/v1/changes?since=0&limit=1000").json()
        token = re.search(r"v2\.local\.\S+", said)
        assert token is not None
        gone = client.delete(
            f"/v1/software/{first['results'][0]['softwareId']}",
            headers={"Authorization": f"Bearer {token[0]}"},
        )
        assert gone.status_code == 204
    key = development_key.kept(samkod.folder / "data")
    with serving(samkod, "--demo") as (client, _):
        again = client.get("/v1/changes?since=0&limit=1000").json()
    assert again["epoch"] == first["epoch"]
    assert again["lastSeq"] == first["lastSeq"] + 1
    assert development_key.kept(samkod.folder / "data") == key


def test_without_a_key_nobody_can_write(samkod: Samkod) -> None:
    development_key.keep(samkod.folder / "data", "left from a demo")
    with serving(samkod) as (client, _):
        assert client.get("/v1/software").json()["data"] == []
        assert client.post("/v1/software", json={}).status_code == 401


def test_sigterm_closes_the_database(samkod: Samkod) -> None:
    with serving(samkod, "--demo") as (client, _):
        assert client.get("/v1/software").status_code == 200
        assert (samkod.folder / f"{DATABASE}-wal").exists()
    assert (samkod.folder / DATABASE).exists()
    assert not (samkod.folder / f"{DATABASE}-wal").exists()


def test_interrupt_ends_it_without_a_word(samkod: Samkod) -> None:
    with at_home(samkod).running("serve") as process:
        until_ready(process)
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=30)
    assert (process.returncode, log) == (0, "")


def test_unmigrated_database_is_not_ready_and_is_left_alone(samkod: Samkod) -> None:
    with serving(samkod, "--no-migrate") as (client, _):
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_taken_port_is_said_plainly(samkod: Samkod) -> None:
    with serving(samkod) as (client, _):
        port = str(client.base_url.port)
        second = samkod("serve", "--port", port)
    assert second.returncode == 2
    assert f"port {port}: Address already in use" in second.stderr


def test_odd_settings_are_said_plainly(samkod: Samkod) -> None:
    for environment, word in (
        ({"PORT": "http"}, "PORT"),
        ({"PASETO_KEY": "secret"}, "PASETO_KEY"),
        ({"DATABASE_URL": "mysql://root:hunter2@host/name"}, "sqlite://"),
        ({"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/name"}, "database"),
    ):
        done = samkod.having(**({"PORT": "0"} | environment))("serve")
        assert done.returncode == 2, done.stderr
        assert word in done.stderr
        assert "Traceback" not in done.stderr
        assert "hunter2" not in done.stderr
