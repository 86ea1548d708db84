"""By which validator a record's report was made, so that a file that is known is not read again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_known_reports"
down_revision = "2026_11_23_curation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("checked", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_records_content_hash", "records", ["content_hash"])


def downgrade() -> None:
    op.drop_index("ix_records_content_hash", "records")
    op.drop_column("records", "checked")
