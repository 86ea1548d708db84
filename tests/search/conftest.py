"""Catalogues on both engines at once, for what they must agree on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from app.database import Database, open_database
from tests import postgres


@pytest.fixture
def both(
    migrated_sqlite: Path, postgres_server: URL, migrated_postgres: URL, tmp_path: Path
) -> Iterator[list[Database]]:
    """An empty catalogue on each engine."""
    copy = shutil.copy(migrated_sqlite, tmp_path / "catalogue.db")
    with postgres.database(postgres_server, template=migrated_postgres) as address:
        urls = [f"sqlite:///{copy}", address.render_as_string(hide_password=False)]
        yield [open_database(url) for url in urls]
