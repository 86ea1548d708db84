"""What kind of copy a record is about."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_forks"
down_revision = "2026_11_23_partings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("fork", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("records", "fork")
