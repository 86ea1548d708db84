"""Drop indexes of catalogues beside those of catalogues and sources, which begin with the same column.

PostgreSQL took the short one for the few records of a page that it was to look up, and read all
that the catalogue has.
"""

from alembic import op

revision = "2026_11_24_lean_indexes"
down_revision = "2026_11_23_plain_texts"
branch_labels = None
depends_on = None

TABLES = ("records", "quarantine")


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_catalog_id", table)


def downgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_catalog_id", table, ["catalog_id"])
