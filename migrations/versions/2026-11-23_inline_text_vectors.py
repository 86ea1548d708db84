"""Keep text vectors beside their rows on PostgreSQL, where ranking reads each one that matches.

Out of line, a common word costs three times as much. Vectors that are there already move when their
software is written next.
"""

from alembic import op

revision = "2026_11_23_inline_text_vectors"
down_revision = "2026_11_23_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _store("MAIN")


def downgrade() -> None:
    _store("EXTENDED")


def _store(how: str) -> None:
    """https://www.postgresql.org/docs/current/storage-toast.html"""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE software_words ALTER COLUMN document_vector SET STORAGE {how}")
