"""The migrations make what the models say, on both engines, and can be taken back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

import app.catalogue.tables
import app.federation.tables  # noqa: F401 - so that its tables are known
from app.database import Database, Table, downgrade, open_database, upgrade

pytestmark = pytest.mark.anyio

FULL_TEXT = ("software_fts", "document_vector")


@pytest.fixture
def empty_database(empty_database_url: str) -> Database:
    return open_database(empty_database_url)


async def test_migrated_schema_equals_the_models(empty_database: Database) -> None:
    await upgrade(empty_database)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _item, name, *_: (
                    not any(part in (name or "") for part in FULL_TEXT)
                ),
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, Table.metadata))

    async with empty_database.reading.connect() as connection:
        assert await connection.run_sync(differences) == []
    await empty_database.close()


async def test_downgrade_leaves_nothing_and_upgrade_works_again(empty_database: Database) -> None:
    await upgrade(empty_database)
    await downgrade(empty_database)
    async with empty_database.reading.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(tables) <= {"alembic_version"}

    await upgrade(empty_database)
    await empty_database.close()
