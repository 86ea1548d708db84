"""Fixtures for all tests: databases of their own on each engine, migrated once and copied.

All of them are in memory where there is room: on a disk, most of the time went into syncing it.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from app.database import Database, open_database, upgrade
from tests import postgres

ENGINES = ("sqlite", "postgresql")
MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it has names of its own
ROOM = 4 * 1024**3

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = str(MEMORY)


def pytest_report_header() -> str:
    return f"databases: SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres.describe()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long comes first: begun last, it would keep one worker when the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: URL) -> Iterator[URL]:
    """A PostgreSQL database at the newest migration, for copying."""
    with postgres.database(postgres_server) as address:
        asyncio.run(_migrate(address.render_as_string(hide_password=False)))
        yield address


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest migration, for copying."""
    file = tmp_path_factory.mktemp("migrated") / "catalogue.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as address:
        yield address.render_as_string(hide_password=False)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without any row, on each engine."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'catalogue.db')}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    with postgres.database(
        server, template=request.getfixturevalue("migrated_postgres")
    ) as address:
        yield address.render_as_string(hide_password=False)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database without any row, opened, on each engine."""
    database = open_database(database_url)
    yield database
    await database.close()


async def _migrate(url: str) -> None:
    database = open_database(url)
    try:
        await upgrade(database)
    finally:
        await database.close()
