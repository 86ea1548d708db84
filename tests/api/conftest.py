"""The application over HTTP: in this process, or served from a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import httpx2
import pytest
from fastapi import FastAPI

from app.api.security import create_token, make_key
from app.main import create_app
from app.settings import Settings

KEY = make_key()
TOKEN = create_token(KEY, subject="tests", expires_at=None, now=datetime.now(UTC))
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}
SECONDS_TO_START = 60


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, paseto_key=KEY, log_level="error", data_dir=tmp_path / "data"
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without a token."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client:
        yield client


@pytest.fixture
async def writer(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody with a valid token."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://samkod.test", headers=AUTHORIZATION
    ) as client:
        yield client


@dataclass(frozen=True)
class Served:
    """A running service."""

    address: str
    pid: int

    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")


@pytest.fixture
def served(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Served]:
    """The application on a real socket, in a process of its own, on SQLite."""
    database = shutil.copy(migrated_sqlite, tmp_path / "served.db")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{database}",
        "PASETO_KEY": KEY,
        "SAMKOD_LOG_LEVEL": "error",
        "SAMKOD_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = "http://{}:{}".format(*listening.getsockname())
        with subprocess.Popen(  # noqa: S603 - our own application
            [*command, "--fd", str(listening.fileno()), "--log-level", "warning"],
            env=environment,
            pass_fds=[listening.fileno()],
        ) as process:
            try:
                _wait_for(address)
                yield Served(address, process.pid)
            finally:
                process.terminate()
                process.wait(SECONDS_TO_START)


def _wait_for(address: str) -> None:
    give_up = monotonic() + SECONDS_TO_START
    while monotonic() < give_up:
        try:
            if httpx2.get(f"{address}/livez", timeout=5).is_success:
                return
        except httpx2.TransportError:
            sleep(0.05)
    pytest.fail("The service did not start.")
