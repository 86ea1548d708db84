"""Searches as filters of webhooks, and which software their subscribers know of."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_webhook_filters"
down_revision = "2026_11_23_suggestions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("filter", sa.Text(), nullable=True))
    op.add_column(
        "deliveries",
        sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "webhook_matches",
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("software_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name="fk_webhook_matches_webhook_id_webhooks",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("webhook_id", "software_id", name="pk_webhook_matches"),
    )


def downgrade() -> None:
    op.drop_table("webhook_matches")
    op.drop_column("deliveries", "by_hand")
    op.drop_column("webhooks", "filter")
