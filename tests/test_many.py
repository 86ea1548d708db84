"""Many values as one parameter, and many rows in one statement, on each engine."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col

from app.catalogue.tables import Record
from app.database import Database, UtcDateTime
from app.many import insert_rows, is_one_of

pytestmark = pytest.mark.anyio

THINGS = Table(
    "things",
    MetaData(),
    Column("order", Integer, primary_key=True),
    Column("name", Text(collation="C").with_variant(Text(), "sqlite")),
    Column("raw", LargeBinary),
    Column("parts", JSON),
    Column("at", UtcDateTime),
    Column("there", Boolean),
)

ROWS = [
    {
        "order": number,
        "name": name,
        "raw": raw,
        "parts": parts,
        "at": datetime(2026, 11, 23, 22, 0, number, 5, UTC),
        "there": bool(number % 2),
    }
    for number, (name, raw, parts) in enumerate(
        [
            ("plain", b"\0\xff", ["a", "b"]),
            ('"quoted", {braced} \\', b"", []),
            ("ärende 𝕬 '", b"x" * 70_000, {"nested": [[1], [2, 3]]}),
            (None, None, [["one list"], ["of lists"]]),
        ]
    )
]


NAMES = tuple(ROWS[0])
VALUES = [tuple(row.values()) for row in ROWS]


async def test_rows_of_every_kind_come_back_as_they_were(database: Database) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)
        await insert_rows(connection, THINGS, NAMES, VALUES)
        found = await connection.execute(select(THINGS).order_by(THINGS.c.order))
        assert [dict(row._mapping) for row in found] == ROWS


async def test_columns_that_are_not_given_are_left_out(database: Database) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)
        await insert_rows(connection, THINGS, ("name",), [("a",), ("b",)])
        found = await connection.execute(select(THINGS.c.name, THINGS.c.raw))
        assert sorted(map(tuple, found)) == [("a", None), ("b", None)]


async def test_row_that_breaks_a_rule_is_refused_with_all_others(database: Database) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)
    async with database.writing.connect() as connection:
        await connection.execute(select(THINGS))
        with pytest.raises(IntegrityError):
            await insert_rows(connection, THINGS, NAMES, [*VALUES, VALUES[0]])
    async with database.reading.connect() as connection:
        assert (await connection.execute(select(THINGS))).all() == []


LARGE = [(number, b"x" * 10_000) for number in range(2_000)]
"""More than is sent before anybody has taken some of it."""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("rows", [LARGE, LARGE[:1]], ids=["sending", "waiting"])
async def test_connection_that_is_lost_ends_what_is_stored(
    database: Database, rows: list[tuple[int, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)

    async def store() -> None:
        async with database.writing.begin() as connection:
            await insert_rows(connection, THINGS, ("order", "raw"), rows)

    async with database.reading.connect() as other:
        await other.exec_driver_sql("LOCK TABLE things IN SHARE MODE")
        storing = asyncio.create_task(store())
        waiting = "FROM pg_locks WHERE relation = 'things'::regclass AND NOT granted"
        while not (await other.exec_driver_sql(f"SELECT 1 {waiting}")).first():
            pass
        await other.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {waiting}")
        ended, _ = await asyncio.wait([storing], timeout=30)
        assert ended
        with pytest.raises(OperationalError):
            await storing

    assert "asyncio" not in {record.name for record in caplog.records}
    async with database.writing.begin() as connection:
        assert (await connection.execute(select(THINGS))).all() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_cancelled_while_it_is_stored_leaves_nothing(database: Database) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)

    async with database.reading.connect() as other:
        await other.exec_driver_sql("LOCK TABLE things IN SHARE MODE")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), database.writing.begin() as connection:
                await insert_rows(connection, THINGS, ("order", "raw"), LARGE)

    async with database.writing.begin() as connection:
        await insert_rows(connection, THINGS, ("order", "raw"), LARGE[:1])
        assert len((await connection.execute(select(THINGS))).all()) == 1


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], []),
        (["plain", "missing"], [0]),
        (["ärende 𝕬 '", '"quoted", {braced} \\', "null"], [1, 2]),
        ([*map(str, range(40_000)), "plain"], [0]),
    ],
    ids=["none", "one", "odd ones", "more than there can be parameters"],
)
async def test_one_of_any_number_of_values_is_found(
    database: Database, values: list[str], found: list[int]
) -> None:
    async with database.writing.begin() as connection:
        await connection.run_sync(THINGS.create)
        await insert_rows(connection, THINGS, NAMES, VALUES)
        wanted = select(THINGS.c.order).where(is_one_of(THINGS.c.name, values))
        rows = await connection.execute(wanted.order_by(THINGS.c.order))
        assert list(rows.scalars()) == found


async def test_a_statement_is_the_same_for_other_values(database: Database) -> None:
    async with database.reading.connect() as connection:
        wanted = [
            select(func.count()).select_from(THINGS).where(is_one_of(THINGS.c.name, values))
            for values in (["a"], ["b", "c"])
        ]
        first, second = (str(each.compile(connection.sync_connection)) for each in wanted)
        assert first == second


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_values_are_looked_up_in_an_index(database: Database) -> None:
    wanted = select(Record).where(is_one_of(col(Record.software_id), ["a"]))
    async with database.reading.connect() as connection:
        statement = str(wanted.compile(connection.sync_connection))
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("[]",))
        assert "SEARCH records USING INDEX" in str(plan.all())
