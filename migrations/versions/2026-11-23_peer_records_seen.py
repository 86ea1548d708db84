"""When peers spoke of records last, when a harvest began, and the records of one origin."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_peer_records_seen"
down_revision = "2026_11_23_peer_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "peer_records",
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default="2026-11-23 00:00:00+00:00",
        ),
    )
    op.add_column(
        "harvest_states", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_records_origin_id", "records", ["origin_id"])


def downgrade() -> None:
    op.drop_index("ix_records_origin_id", "records")
    op.drop_column("harvest_states", "began_at")
    op.drop_column("peer_records", "seen_at")
