"""Where harvests were before a full listing began."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_listing_before"
down_revision = "2026_11_23_blocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("harvest_states", sa.Column("before", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("harvest_states", "before")
