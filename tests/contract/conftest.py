"""The application on a real socket, one for each engine and module; tests use names of their own."""

import itertools
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlalchemy import URL

from app.api.security import create_token, make_key
from app.main import create_app
from app.settings import Settings
from tests import postgres
from tests.conftest import ENGINES

KEY = make_key()
SECONDS_TO_START = 60


def token(subject: str = "tests", **limits: Any) -> str:
    return create_token(KEY, subject=subject, expires_at=None, now=datetime.now(UTC), **limits)


@dataclass(frozen=True)
class Service:
    """A running service, a client that may write and one that may only read."""

    address: str
    writer: httpx2.Client
    reader: httpx2.Client
    numbers: Iterator[int]

    def name(self, of: str = "thing") -> str:
        """A name that nothing else has."""
        return f"{of}-{next(self.numbers)}"

    def url(self) -> str:
        """An address that nothing else has."""
        return f"https://git.example.org/{self.name('owner')}/repository"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What was created."""
        response = self.writer.post(path, json=body)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        created: dict[str, Any] = response.json()
        return created

    def get(self, path: str) -> Any:
        response = self.writer.get(path)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def running(settings: Settings) -> Iterator[Service]:
    """The service with these settings, in a thread, on a free port."""
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    give_up = monotonic() + SECONDS_TO_START
    while not server.started and monotonic() < give_up:
        sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()
    address = f"http://{host}:{port}"
    authorised = {"Authorization": f"Bearer {token()}"}
    try:
        with (
            httpx2.Client(base_url=address, headers=authorised, timeout=60) as writer,
            httpx2.Client(base_url=address, timeout=60) as reader,
        ):
            yield Service(address, writer, reader, itertools.count(1))
    finally:
        server.should_exit = True
        thread.join(SECONDS_TO_START)


@pytest.fixture(scope="module", params=ENGINES)
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated database without any row, on each engine, for all tests of a module."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        copy = tmp_path_factory.mktemp("contract") / "catalogue.db"
        yield f"sqlite:///{shutil.copy(template, copy)}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    with postgres.database(
        server, template=request.getfixturevalue("migrated_postgres")
    ) as address:
        yield address.render_as_string(hide_password=False)


def settings_for(database_url: str, **changes: Any) -> Settings:
    return Settings(
        database_url=database_url, paseto_key=KEY, log_level="error", worker=False, **changes
    )


@pytest.fixture(scope="module")
def service(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("data")
    with running(settings_for(module_database_url, data_dir=folder)) as service:
        yield service
