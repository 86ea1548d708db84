"""Peers, how far their harvests have come, what each brought, and which records are whose."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_peers"
down_revision = "2026_11_23_known_reports"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "peers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("webhook_secret", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_peers_catalog_id_catalogs"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_peers"),
        sa.UniqueConstraint("uri", name="uq_peers_uri"),
    )
    op.create_index("ix_peers_catalog_id", "peers", ["catalog_id"])
    op.create_index("ix_peers_created_at_id", "peers", ["created_at", "id"])
    op.create_table(
        "harvest_states",
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("listing_since", MOMENT, nullable=True),
        sa.Column("listed_at", MOMENT, nullable=True),
        sa.Column("succeeded_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        _of_peer("harvest_states"),
        sa.PrimaryKeyConstraint("peer_id", name="pk_harvest_states"),
    )
    op.create_index("ix_harvest_states_due_at", "harvest_states", ["due_at"])
    op.create_table(
        "harvest_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        _of_peer("harvest_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_runs"),
    )
    op.create_index("ix_harvest_runs_peer_id_created_at", "harvest_runs", ["peer_id", "created_at"])
    op.create_index("ix_harvest_runs_state", "harvest_runs", ["state"])
    op.create_table(
        "peer_records",
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        _of_peer("peer_records"),
        sa.PrimaryKeyConstraint("peer_id", "source_id", "group", name="pk_peer_records"),
    )
    op.create_index("ix_peer_records_peer_id_group", "peer_records", ["peer_id", "group"])
    op.create_table(
        "peer_catalogs",
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        _of_peer("peer_catalogs"),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_peer_catalogs_catalog_id_catalogs"
        ),
        sa.PrimaryKeyConstraint("peer_id", "origin", name="pk_peer_catalogs"),
    )
    op.create_index("ix_peer_catalogs_catalog_id", "peer_catalogs", ["catalog_id"])


def downgrade() -> None:
    for table in ("peer_catalogs", "peer_records", "harvest_runs", "harvest_states", "peers"):
        op.drop_table(table)


def _of_peer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["peer_id"], ["peers.id"], name=f"fk_{table}_peer_id_peers", ondelete="CASCADE"
    )
