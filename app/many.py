"""Many values as one parameter and many rows in one statement, in each engine's own way.

A statement is then the same however much it is given, and neither SQLAlchemy nor the engine has to
read it again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any, Final

import orjson
from asyncpg import IntegrityConstraintViolationError, InterfaceError, PostgresError
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator


class _JsonText(TypeDecorator[list[str]]):
    """A list of texts, as SQLite takes one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, _dialect: Dialect) -> str:
        return orjson.dumps(value).decode()


_TEXTS: Final = ARRAY(Text(), dimensions=1).with_variant(_JsonText(), "sqlite")


class _IsOneOf(FunctionElement[bool]):
    name = "is_one_of"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "_IsOneOf":  # noqa: ARG002 - SQLAlchemy names it
        """As it is: SQLite would not look into an index for `… IN (…) = 1`."""
        return self


def is_one_of(column: Mapped[str] | ColumnElement[str], values: Iterable[str]) -> _IsOneOf:
    """Whether a column of texts has one of these values, of which there may be any number."""
    return _IsOneOf(column, bindparam(None, list(values), type_=_TEXTS, unique=True))


@compiles(_IsOneOf, "sqlite")
def _in_json(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled


@compiles(_IsOneOf, "postgresql")
def _in_array(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


async def insert_rows(
    connection: AsyncConnection, table: Table, names: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows with these columns, at least one, in a transaction in which something was done.

    Raises IntegrityError.
    """
    bound = _bound(table, names, rows, connection.dialect)
    if connection.dialect.name == "postgresql":
        await _copy(connection, table, names, bound)
    else:
        await connection.exec_driver_sql(_inserting(table, names), bound)


async def _copy(
    connection: AsyncConnection, table: Table, names: tuple[str, ...], rows: list[Sequence[Any]]
) -> None:
    """https://magicstack.github.io/asyncpg/current/api/index.html, as SQLAlchemy has no COPY.

    The driver looks at each value of an array, to see whether that has arrays in it; here it need not.
    """
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise TypeError("there is no connection to copy to")
    try:
        async with _while_connected(driver):
            await driver.copy_records_to_table(table.name, columns=names, records=rows)
    except IntegrityConstraintViolationError as error:
        raise IntegrityError(f"COPY {table.name}", None, error) from error
    except (PostgresError, InterfaceError, OSError) as error:
        if not driver.is_closed():
            raise DBAPIError(f"COPY {table.name}", None, error) from error
        await connection.invalidate(error)
        raise OperationalError(f"COPY {table.name}", None, error) from error


@asynccontextmanager
async def _while_connected(driver: Any) -> AsyncIterator[None]:  # noqa: ANN401 - SQLAlchemy's name for it
    """Raises ConnectionError as soon as the connection is lost: asyncpg would wait to send more."""

    def give_up(_: object) -> None:
        with suppress(RuntimeError):  # it has ended by then
            patience.reschedule(0)

    driver.add_termination_listener(give_up)
    try:
        async with asyncio.timeout(None) as patience:
            yield
    except TimeoutError:
        if patience.expired():
            raise ConnectionAbortedError("the connection was lost") from None
        raise
    finally:
        driver.remove_termination_listener(give_up)


@cache
def _inserting(table: Table, names: tuple[str, ...]) -> str:
    """What the driver fills in itself, for each row."""
    places = ", ".join("?" for _ in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places})'  # noqa: S608 - our own names


def _bound(
    table: Table, names: tuple[str, ...], rows: Iterable[Sequence[Any]], dialect: Dialect
) -> list[Sequence[Any]]:
    """The rows as the driver takes them."""
    processors = [_processor(table.c[name], dialect) for name in names]
    if not any(processors):
        return list(rows)
    columns = zip(*rows, strict=True)
    processed = (
        values if process is None else map(process, values)
        for process, values in zip(processors, columns, strict=True)
    )
    return list(zip(*processed, strict=True))


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What the column makes of its values before the driver gets them."""
    process: Callable[[Any], Any] | None
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return process
