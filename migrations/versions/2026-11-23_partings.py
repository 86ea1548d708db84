"""Records that left their group in a peer, and may turn up in another one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_partings"
down_revision = "2026_11_23_peer_replies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("peer_records", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("peer_records", "left_at")
