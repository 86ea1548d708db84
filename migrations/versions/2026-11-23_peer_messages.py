"""Which webhooks of peers came already."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_peer_messages"
down_revision = "2026_11_23_peers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_messages",
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["peer_id"],
            ["peers.id"],
            name="fk_peer_messages_peer_id_peers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("peer_id", "id", name="pk_peer_messages"),
    )


def downgrade() -> None:
    op.drop_table("peer_messages")
