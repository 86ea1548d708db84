"""Which changes concern those who follow only what has a publiccode.yml, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_index_tier"
down_revision = "2026_11_23_peer_records_seen"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("published_as", sa.String()))
    op.execute("UPDATE changes SET published_as = type")
    op.add_column(
        "change_catalogs",
        sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.drop_index("ix_software_active_created_at_id", "software")
    op.create_index(
        "ix_software_active_tier_created_at_id", "software", ["active", "tier", "created_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_software_active_tier_created_at_id", "software")
    op.create_index("ix_software_active_created_at_id", "software", ["active", "created_at", "id"])
    op.drop_column("change_catalogs", "published")
    op.drop_column("changes", "published_as")
