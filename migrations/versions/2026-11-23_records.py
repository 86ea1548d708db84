"""What makes records one software, and from where and how far trusted they come.

Addresses are compared as they stand with their records, so nothing else needs to hold their keys.
Columns get defaults instead of a table anew: SQLite would delete what hangs on the old one.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_records"
down_revision = "2026_11_23_sets"
branch_labels = None
depends_on = None

ADDED = (
    "own_software_id",
    "own_since",
    "apart",
    "tier",
    "priority",
    "source_modified",
    "missing_since",
    "missing_runs",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column(
        "software", sa.Column("described", sa.String(), nullable=False, server_default="")
    )
    for column in (
        sa.Column("own_software_id", sa.String(), nullable=False, server_default=""),
        sa.Column("own_since", moment, nullable=False, server_default="2026-11-23 00:00:00+00:00"),
        sa.Column("apart", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False, server_default="published"),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("source_modified", moment, nullable=True),
        sa.Column("missing_since", moment, nullable=True),
        sa.Column("missing_runs", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("records", column)
    op.execute(
        "UPDATE records SET own_since = first_seen, own_software_id = CASE WHEN id ="
        " (SELECT other.id FROM records AS other WHERE other.software_id = records.software_id"
        " ORDER BY other.first_seen, other.id LIMIT 1) THEN software_id ELSE id END"
    )
    op.create_index("ix_records_own_software_id", "records", ["own_software_id"], unique=True)
    op.create_table(
        "record_identifiers",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name="fk_record_identifiers_record_id_records",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "scheme", "value", name="pk_record_identifiers"),
    )
    op.create_index("ix_record_identifiers_key", "record_identifiers", ["key"])
    op.drop_table("software_keys")
    op.create_index("ix_deliveries_subject", "deliveries", ["subject"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_subject", "deliveries")
    op.create_table(
        "software_keys",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("software_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_keys_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_software_keys"),
    )
    op.create_index("ix_software_keys_software_id", "software_keys", ["software_id"])
    op.execute(
        "INSERT INTO software_keys (key, software_id) SELECT key, min(software_id)"
        " FROM software_urls JOIN records ON records.id = record_id GROUP BY key"
    )
    op.drop_table("record_identifiers")
    op.drop_index("ix_records_own_software_id", "records")
    for name in ADDED:
        op.drop_column("records", name)
    op.drop_column("software", "described")
