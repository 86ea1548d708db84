"""Addresses of which nothing is taken in from peers."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_blocks"
down_revision = "2026_11_23_index_tier"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_blocks"),
    )


def downgrade() -> None:
    op.drop_table("blocks")
