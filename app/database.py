"""Engines for SQLite and PostgreSQL, and the one place that brings a schema up to date.

Either is opened three times: readers share a pool, writers queue for one connection and take a lock
when they begin, which other processes respect, and one connection looks what others have committed.
So no writer fails half-way because of another one, be it with "database is locked" or with a deadlock.
"""

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    ExceptionContext,
    MetaData,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from app import sqlite_connection
from app.head import Head, HeadWatch

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")
SECONDS_TO_WAIT_FOR_A_CONNECTION = 60

SEES_ONE_STATE = "sees one state in each transaction"
"""What sessions know of themselves that do."""

WRITE_LOCK = 7_269_567
"""Any number that nobody else locks in our database."""

HEAD_CHANNEL = "samkod_head"
"""Where PostgreSQL announces each new head of the change log; a trigger of the migrations does."""

Session: TypeAlias = AsyncSession
"""What functions of the catalogue take first; the name for those who hold no SQL themselves."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both engines; SQLite alone would hand it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Table(SQLModel):
    """What all tables are made of: their constraints have names that migrations can address."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@dataclass(frozen=True, slots=True)
class Database:
    """Where one Samkod reads and where it writes; writers queue for one connection.

    `head` is what this process knows of the change log: every commit through here moves it, and
    those of other processes once `watching` has seen them.
    """

    reading: AsyncEngine
    writing: AsyncEngine
    watching: AsyncEngine
    head: HeadWatch = field(default_factory=HeadWatch)

    async def close(self) -> None:
        """Close every pooled connection."""
        for engine in (self.writing, self.watching, self.reading):
            await engine.dispose()


def open_database(url: str) -> Database:
    """Engines for `sqlite:///path` or `postgresql://…`; nothing is connected yet.

    Raises ValueError for an address that names neither engine.
    """
    address = with_driver(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address)
    return _open_postgres(address)


def with_driver(url: str) -> URL:
    """The address with our asynchronous driver, as SQLAlchemy wants it.

    Also what other servers of the Open Catalog API take: `file:catalogue.db`, and PostgreSQL's own
    `host=… user=…`. Raises ValueError, without the address itself: it may hold a password.
    """
    if url.startswith("file:"):
        path = url.removeprefix("file:").partition("?")[0]
        return URL.create(DRIVERS["sqlite"], database=path.removeprefix("//"))
    scheme, separator, rest = url.partition("://")
    backend = scheme.partition("+")[0]
    if not separator and "=" in url:
        return _of_pairs(url)
    if not separator or backend not in DRIVERS:
        raise ValueError("The database address must begin with sqlite:// or postgresql://.")
    address = make_url(f"{DRIVERS[backend]}://{rest}")
    if "sslmode" in address.query:
        # PostgreSQL's own name; our driver has another.
        address = address.difference_update_query(["sslmode"]).update_query_dict(
            {"ssl": str(address.query["sslmode"])}
        )
    return address


def _of_pairs(text: str) -> URL:
    """https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE

    What says neither where the database is nor how to get in is passed over.
    """
    try:
        pairs = dict(pair.split("=", 1) for pair in shlex.split(text))
        port = int(pairs["port"]) if "port" in pairs else None
    except ValueError:
        raise ValueError("The database address is not made of pairs such as host=….") from None
    return URL.create(
        DRIVERS["postgresql"],
        username=pairs.get("user"),
        password=pairs.get("password"),
        host=pairs.get("host"),
        port=port,
        database=pairs.get("dbname") or pairs.get("user"),
        query={"ssl": pairs["sslmode"]} if "sslmode" in pairs else {},
    )


def _open_postgres(address: URL) -> Database:
    """Readers see one state; writers wait for each other before they begin, as on SQLite.

    Each touches many rows, in no order that all of them could keep to.
    """
    connect = partial(
        create_async_engine,
        address,
        pool_pre_ping=True,
        pool_timeout=SECONDS_TO_WAIT_FOR_A_CONNECTION,
    )
    reading = connect(isolation_level="REPEATABLE READ")
    writing = connect(pool_size=1, max_overflow=0)
    watching = connect(pool_size=1, max_overflow=0)
    database = Database(reading, writing, watching)

    for engine in (reading, writing, watching):
        event.listen(engine.sync_engine, "handle_error", _lost, retval=True)

    @event.listens_for(writing.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")

    def on_announcement(_connection: object, _process: int, _channel: str, announced: str) -> None:
        sequence, epoch = announced.split()
        database.head.tell(Head(int(sequence), epoch))

    @event.listens_for(watching.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.run_async(lambda driver: driver.add_listener(HEAD_CHANNEL, on_announcement))

    return database


def _lost(context: ExceptionContext) -> Exception | None:
    """A connection that goes amid a statement is an OperationalError, as one that cannot be made.

    One that is given up, as the statement was cancelled, is not lost.
    """
    if not (context.is_disconnect and context.sqlalchemy_exception):
        return None
    return OperationalError(
        context.statement, None, context.original_exception, connection_invalidated=True
    )


def _open_sqlite(address: URL) -> Database:
    if address.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file: readers and writers open it separately.")
    connect = partial(
        create_async_engine,
        address,
        connect_args={"async_creator_fn": sqlite_connection.connect},
        pool_timeout=SECONDS_TO_WAIT_FOR_A_CONNECTION,
    )
    reading = connect()
    writing = connect(pool_size=1, max_overflow=0)
    watching = connect(pool_size=1, max_overflow=0)
    for engine, begin in ((reading, "BEGIN"), (writing, "BEGIN IMMEDIATE"), (watching, "BEGIN")):
        _prepare_sqlite(engine, Path(address.database).parent, begin)
    return Database(reading, writing, watching)


def _prepare_sqlite(engine: AsyncEngine, folder: Path, begin: str) -> None:
    """Make the folder, set the pragmas on every connection, begin transactions in our words.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#controlling-begin
    """

    @event.listens_for(engine.sync_engine, "do_connect")
    def before_connect(*_: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


async def look_anew(database: Database, table: str) -> None:
    """Tell PostgreSQL of a table that has begun to grow, and what it does not see until autovacuum
    comes by: that most rows have the same value. It would read them all for a few of them.

    https://www.postgresql.org/docs/current/sql-analyze.html
    """
    if database.writing.dialect.name == "postgresql":
        async with database.writing.begin() as connection:
            await connection.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{table}"')


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[AsyncSession]:
    """A session that sees one consistent state in each transaction and is never committed."""
    async with AsyncSession(
        database.reading, autoflush=False, expire_on_commit=False, info={SEES_ONE_STATE: True}
    ) as session:
        yield session


@asynccontextmanager
async def leading(database: Database, lock: int) -> AsyncIterator[bool]:
    """Whether this process alone may do something as long as the block lasts.

    On SQLite, whose processes share one machine, each may. On PostgreSQL whoever holds the lock of
    this number, which goes with their connection.
    """
    if database.reading.dialect.name == "sqlite":
        yield True
        return
    async with database.reading.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        taken = await connection.execute(select(func.pg_try_advisory_lock(lock)))
        is_ours = bool(taken.scalar_one())
        try:
            yield is_ours
        finally:
            if is_ours:
                await connection.execute(select(func.pg_advisory_unlock(lock)))


def alembic_config() -> Config:
    """Alembic's settings for our migrations, in a checkout and in an installed wheel alike."""
    bundled = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option(
        "script_location",
        str(bundled if bundled.is_dir() else Path(__file__).parent.parent / "migrations"),
    )
    return config


async def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate the schema to `revision`, in one transaction."""
    await _migrate(database, "upgrade", revision)


async def downgrade(database: Database, revision: str = "base") -> None:
    """Take the schema back to `revision`, in one transaction."""
    await _migrate(database, "downgrade", revision)


async def is_current(database: Database) -> bool:
    """Whether the schema is the one that this version's migrations end in."""

    def revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.reading.connect() as connection:
        return await connection.run_sync(revision) == _newest_revision()


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


async def _migrate(database: Database, direction: str, revision: str) -> None:
    def run(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        getattr(command, direction)(config, revision)

    async with database.writing.begin() as connection:
        await connection.run_sync(run)
