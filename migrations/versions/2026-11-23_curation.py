"""What people decide about software: values of their own, and evidence that misleads.

Nobody could set records apart before, so nothing of that is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_curation"
down_revision = "2026_11_23_inline_text_vectors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("records", "apart")
    op.add_column(
        "records", sa.Column("disputed", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_table(
        "overrides",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_overrides_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("software_id", "path", name="pk_overrides"),
    )
    op.create_index("ix_overrides_until", "overrides", ["until"])


def downgrade() -> None:
    op.drop_table("overrides")
    op.drop_column("records", "disputed")
    op.add_column("records", sa.Column("apart", sa.String(), nullable=True))
