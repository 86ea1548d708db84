"""The database of a command, its schema brought up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.cli.exits import refuse
from app.database import Database, is_current, open_database, upgrade


@asynccontextmanager
async def current_database(url: str) -> AsyncIterator[Database]:
    """The database at `url`, its schema brought up to date; closed at the end.

    Refuses, in words without the password that the address may hold, where it cannot be opened.
    """
    try:
        database = open_database(url)
    except ValueError as error:
        refuse(str(error))
    try:
        await _upgrade(database)
        yield database
    finally:
        await database.close()


async def _upgrade(database: Database) -> None:
    try:
        if not await is_current(database):
            await upgrade(database)
    except (OSError, SQLAlchemyError, CommandError) as error:
        reason = str(error).splitlines()[0]
        refuse(f"The database cannot be opened or brought up to date: {reason}")
