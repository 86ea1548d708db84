"""Many rows with few statements, within what the engines take at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import Row, Select, Table, delete, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel

from app.many import insert_rows, is_one_of

MOST_VALUES = 500
"""Of one statement; the engines have limits."""

T = TypeVar("T")
Model = TypeVar("Model", bound=SQLModel)
Columns = TypeVarTuple("Columns")


async def among(
    session: AsyncSession,
    statement: Select[*Columns],
    column: Mapped[Any],
    values: Iterable[str],
) -> list[Row[*Columns]]:
    """The rows of which this column has one of these values."""
    wanted = list(dict.fromkeys(values))
    if not wanted:
        return []
    rows = await session.execute(statement.where(is_one_of(column, wanted)))
    return list(rows.all())


async def add(
    session: AsyncSession, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert these rows, which have the same columns. What was added to the session comes first."""
    if rows:
        names = tuple(rows[0])
        columns = zip(*(map(itemgetter(name), rows) for name in names), strict=True)
        await add_values(session, table, names, columns)


async def add_values(
    session: AsyncSession,
    table: type[SQLModel],
    names: tuple[str, ...],
    rows: Iterable[Sequence[Any]],
) -> None:
    """As `add`, of rows that are the values of these columns; there is at least one."""
    await session.flush()
    await insert_rows(await session.connection(), _table(table), names, rows)


async def replace(
    session: AsyncSession, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Give the rows with these primary keys these values; none of them may be loaded."""
    if rows:
        await session.execute(update(table), rows)


async def remove(
    session: AsyncSession,
    table: type[SQLModel],
    column: Mapped[Any],
    values: Collection[object],
) -> None:
    """Delete the rows of which this column has one of these values; none of them may be loaded."""
    for some in portions(values):
        statement = delete(table).where(column.in_(some))
        await session.execute(statement, execution_options={"synchronize_session": False})


def unsaved(table: type[Model], columns: Mapping[str, Any]) -> Model:
    """What will be a row with these columns, all that it has: to be added as its `row` is.

    It is made as rows are that were read. To set thirty columns one by one takes thirty times as long.
    """
    made: Model = inspect(table).class_manager.new_instance()
    vars(made).update(columns)
    return made


def row(made: SQLModel) -> dict[str, Any]:
    """The columns of what is `unsaved`."""
    values = vars(made)
    return {name: values[name] for name in _columns(type(made))}


@cache
def _columns(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(_table(model).columns.keys())


def _table(model: type[SQLModel]) -> Table:
    table: Table = inspect(model).local_table
    return table


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """The values, each once, as many at a time as one statement takes."""
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, MOST_VALUES)):
        yield some
