"""What sessions promise, the same on both engines."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.catalogue import changes
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, look_anew, reading, with_driver
from app.ingest.submission import Source, prepare, submit
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("sqlite:///data/a.db", "sqlite+aiosqlite:///data/a.db"),
        ("file:data/a.db?_journal=WAL", "sqlite+aiosqlite:///data/a.db"),
        ("file:///srv/a.db", "sqlite+aiosqlite:////srv/a.db"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=disable", "postgresql+asyncpg://u:p@h/d?ssl=disable"),
        (
            "host=db user=api password='s p@' dbname=catalog port=5433 sslmode=disable TimeZone=UTC",
            "postgresql+asyncpg://api:s p%40@db:5433/catalog?ssl=disable",
        ),
    ],
)
async def test_addresses_that_operators_have(given: str, address: str) -> None:
    assert with_driver(given).render_as_string(hide_password=False) == address


@pytest.mark.parametrize("given", ["catalogue.db", "mysql://u@h/d", "host=secret port=x", "a=b c"])
async def test_other_addresses_are_refused_without_repeating_them(given: str) -> None:
    with pytest.raises(ValueError, match="database address") as refused:
        with_driver(given)
    assert given not in str(refused.value)


async def test_reader_sees_one_state_while_others_write(database: Database) -> None:
    report = await prepare(a_file())
    async with reading(database) as session:
        before = await changes.head(session)
        session.expire_all()
        async with transaction(database) as writing:
            await submit(writing, Source(ROOT_ID, "a.yml"), a_file(), report, now=NOON)

        assert await changes.since(session, 0, 10) == []
        assert await changes.head(session) == before

    async with reading(database) as session:
        assert (await changes.head(session)).sequence == before.sequence + 1


async def test_rows_can_be_read_as_they_come(database: Database) -> None:
    """What is fetched at once on SQLite is handed out in the portions that are asked for."""
    numbers = text("SELECT 1 AS number UNION SELECT 2 UNION SELECT 3 ORDER BY number")
    async with database.reading.connect() as connection:
        rows = await connection.stream(numbers)
        assert [row.number async for row in rows] == [1, 2, 3]

        rows = await connection.stream(numbers)
        assert (await rows.fetchone(), await rows.fetchmany(5)) == ((1,), [(2,), (3,)])
        assert await rows.fetchall() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_connection_that_is_lost_amid_a_statement_is_as_one_that_cannot_be_made(
    database: Database,
) -> None:
    async with database.writing.connect() as connection:
        asking = asyncio.create_task(connection.exec_driver_sql("SELECT pg_sleep(60)"))
        asleep = "FROM pg_stat_activity WHERE datname = current_database()"
        async with database.watching.connect() as other:
            await other.execution_options(isolation_level="AUTOCOMMIT")
            ended = f"SELECT pg_terminate_backend(pid) {asleep} AND query = 'SELECT pg_sleep(60)'"
            while not (await other.exec_driver_sql(ended)).first():
                pass
        with pytest.raises(OperationalError) as lost:
            await asking
    assert lost.value.connection_invalidated

    async with database.writing.begin() as connection:
        assert (await connection.exec_driver_sql("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_cancelled_statement_is_no_lost_connection(database: Database) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), database.writing.connect() as connection:
            await connection.exec_driver_sql("SELECT pg_sleep(60)")


async def test_looking_anew_keeps_no_writer_waiting_for_whoever_looks_already(
    database: Database,
) -> None:
    async with database.reading.connect() as other:
        if database.reading.dialect.name == "postgresql":
            await other.exec_driver_sql("LOCK TABLE peer_records IN SHARE UPDATE EXCLUSIVE MODE")
        async with asyncio.timeout(10):
            await look_anew(database, "peer_records")
