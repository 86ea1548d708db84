"""Many values as one parameter and many rows in one statement, in each engine's own way.

A statement is then the same however much it is given, and neither SQLAlchemy nor the engine has to
read it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Dialect,
    Insert,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
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

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's signature
        return orjson.dumps(value).decode()


_TEXTS: Final = ARRAY(Text(), dimensions=1).with_variant(_JsonText(), "sqlite")


class _IsOneOf(FunctionElement[bool]):
    name = "is_one_of"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "_IsOneOf":  # noqa: ARG002 - SQLAlchemy's signature
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
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert at least one row; all have the same columns."""
    names = tuple(rows[0])
    columns = {name: [row[name] for row in rows] for name in names}
    if connection.dialect.name == "postgresql":
        await connection.execute(_from_arrays(table, names), columns)
        return
    dialect = connection.dialect
    bound = (_bound(table, name, values, dialect) for name, values in columns.items())
    await connection.exec_driver_sql(_of_tuples(table, names), list(zip(*bound, strict=True)))


@cache
def _from_arrays(table: Table, names: tuple[str, ...]) -> Insert:
    """An array for each column: https://www.postgresql.org/docs/current/functions-array.html"""
    arrays = [bindparam(name, type_=ARRAY(table.c[name].type, dimensions=1)) for name in names]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    return insert(table).from_select(names, select(*rows.c))


@cache
def _of_tuples(table: Table, names: tuple[str, ...]) -> str:
    """What the driver fills in itself, for each row."""
    places = ", ".join("?" for _ in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places})'  # noqa: S608 - our own names


def _bound(table: Table, name: str, values: list[Any], dialect: Dialect) -> Iterable[Any]:
    """The values of a column as the driver takes them."""
    process: Callable[[Any], Any] | None
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else map(process, values)
