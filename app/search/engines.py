"""The full-text index of each database."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.search.index import TextTable
from app.search.postgres import TextVector
from app.search.sqlite import Fts5

TEXT_TABLES: dict[str, TextTable] = {"sqlite": Fts5(), "postgresql": TextVector()}


def text_table(session: AsyncSession) -> TextTable:
    """The one in the database that this session reads."""
    return TEXT_TABLES[session.get_bind().dialect.name]
