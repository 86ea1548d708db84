"""Alembic's entry: migrate through the connection that `app.database` hands over.

From Alembic's own command line (`alembic revision --autogenerate`) there is none; then the
database of the settings is opened.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

import app.catalogue.tables
import app.federation.tables  # noqa: F401 - so that its tables are known
from app.database import Table, open_database
from app.settings import Settings

FULL_TEXT = ("software_fts", "document_vector")
"""What migrations own without a model: the engines' indexes over `software_words`."""


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        include_object=is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def is_ours(
    _item: SchemaItem,
    name: str | None,
    _kind: str,
    reflected: bool,
    _compare_to: SchemaItem | None,
) -> bool:
    """Leave out of comparisons what has no model on purpose."""
    return not (reflected and name is not None and any(part in name for part in FULL_TEXT))


async def migrate_settings_database() -> None:
    """Open the database that the environment names, and migrate it."""
    database = open_database(Settings().database_url)
    async with database.writing.begin() as connection:
        await connection.run_sync(migrate)
    await database.close()


if (handed_over := context.config.attributes.get("connection")) is not None:
    migrate(handed_over)
else:
    asyncio.run(migrate_settings_database())
