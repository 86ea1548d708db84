"""What peers answered, so that they need not send it again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_peer_replies"
down_revision = "2026_11_23_listing_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_replies",
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["peer_id"],
            ["peers.id"],
            name="fk_peer_replies_peer_id_peers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("peer_id", "question", name="pk_peer_replies"),
    )


def downgrade() -> None:
    op.drop_table("peer_replies")
