"""Texts that PostgreSQL stores as they are: packing them took a seventh of its time in a harvest.

What is stored already stays packed until it is written again. Search words stay packed: they are read
far more often than they are written.
"""

from alembic import op

revision = "2026_11_23_plain_texts"
down_revision = "2026_11_23_forks"
branch_labels = None
depends_on = None

TEXTS = (
    ("software", "document"),
    ("records", "raw"),
    ("records", "description"),
    ("software_texts", "long_description"),
)


def upgrade() -> None:
    _store("EXTERNAL")


def downgrade() -> None:
    _store("EXTENDED")


def _store(way: str) -> None:
    """https://www.postgresql.org/docs/current/storage-toast.html"""
    if op.get_context().dialect.name == "postgresql":
        for table, column in TEXTS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {way}")
