"""Connections to SQLite that go to their thread once for a statement, not four times.

Every connection has a thread of its own, and each trip to it costs more than most of our statements
do. aiosqlite makes one to open a cursor, to execute, to fetch and to close it; ours executes and
fetches in one, and needs none for the rest.
"""

import sqlite3
from collections import deque
from functools import partial
from typing import Any

import aiosqlite
from aiosqlite.context import contextmanager


class FetchedCursor(sqlite3.Cursor):
    """Has fetched all rows when it has executed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.rows: deque[sqlite3.Row] = deque()

    def execute(self, sql: str, parameters: Any = ()) -> "FetchedCursor":  # noqa: ANN401 - as it has it
        super().execute(sql, parameters)
        self.rows.extend(super().fetchall())
        return self


class Cursor(aiosqlite.Cursor):
    """Takes rows from those that were fetched; nothing is left to close."""

    _cursor: FetchedCursor

    async def fetchone(self) -> sqlite3.Row | None:
        return self._cursor.rows.popleft() if self._cursor.rows else None

    async def fetchmany(self, size: int | None = None) -> list[sqlite3.Row]:
        rows = self._cursor.rows
        return [rows.popleft() for _ in range(min(size or self.arraysize, len(rows)))]

    async def fetchall(self) -> list[sqlite3.Row]:
        return await self.fetchmany(len(self._cursor.rows))

    async def close(self) -> None:
        self._cursor.rows.clear()


class Connection(aiosqlite.Connection):
    """Opens a cursor here: SQLite hears of it when it executes."""

    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        return Cursor(self, self._conn.cursor(FetchedCursor))


def connect(file: str, **options: Any) -> Connection:  # noqa: ANN401 - those of sqlite3
    """As `aiosqlite.connect`. An open connection does not keep the process from ending."""
    connection = Connection(partial(sqlite3.connect, file, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
