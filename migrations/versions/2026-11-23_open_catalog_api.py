"""Publishers, bundles, logs, events, webhooks and analysis: the rest of the Open Catalog API."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_open_catalog_api"
down_revision = "2026_11_23_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "analysis",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entity", "entity_id", "namespace", name="pk_analysis"),
    )
    op.create_table(
        "bundles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bundles"),
        sa.UniqueConstraint("name", name="uq_bundles_name"),
    )
    op.create_index("ix_bundles_created_at_id", "bundles", ["created_at", "id"])

    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("entity_type", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_created_at_id", "events", ["created_at", "id"])
    op.create_index("ix_events_entity_type_entity_id", "events", ["entity_type", "entity_id"])

    op.create_table(
        "logs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("entity", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_logs"),
    )
    op.create_index("ix_logs_created_at_id", "logs", ["created_at", "id"])
    op.create_index("ix_logs_entity", "logs", ["entity"])

    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name="pk_revoked_tokens"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("entity_type", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint(
            "url", "entity_type", "entity_id", name="uq_webhooks_url_entity_type_entity_id"
        ),
    )
    op.create_index("ix_webhooks_entity_type", "webhooks", ["entity_type"])

    op.create_table(
        "bundle_members",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"],
            ["bundles.id"],
            name="fk_bundle_members_bundle_id_bundles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_bundle_members_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bundle_id", "software_id", name="pk_bundle_members"),
    )
    op.create_index("ix_bundle_members_software_id", "bundle_members", ["software_id"])

    op.create_table(
        "catalog_sources",
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("driver", sa.String(), nullable=True),
        sa.Column("args", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalog_id"],
            ["catalogs.id"],
            name="fk_catalog_sources_catalog_id_catalogs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("catalog_id", "position", name="pk_catalog_sources"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name="fk_deliveries_webhook_id_webhooks",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"])
    op.create_index(
        "ix_deliveries_webhook_id_created_at", "deliveries", ["webhook_id", "created_at"]
    )

    op.create_table(
        "publishers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("alternative_id", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_publishers_catalog_id_catalogs"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publishers"),
        sa.UniqueConstraint("alternative_id", name="uq_publishers_alternative_id"),
        sa.UniqueConstraint("description", name="uq_publishers_description"),
    )
    op.create_index("ix_publishers_catalog_id", "publishers", ["catalog_id"])
    op.create_index("ix_publishers_created_at_id", "publishers", ["created_at", "id"])

    op.create_table(
        "publisher_code_hosting",
        sa.Column("publisher_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("group", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["publishers.id"],
            name="fk_publisher_code_hosting_publisher_id_publishers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publisher_id", "position", name="pk_publisher_code_hosting"),
        sa.UniqueConstraint("url", name="uq_publisher_code_hosting_url"),
    )
    op.create_table(
        "record_versions",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name="fk_record_versions_record_id_records",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "number", name="pk_record_versions"),
    )
    op.add_column("catalogs", sa.Column("publishers_namespace", sa.String(), nullable=True))
    op.add_column("catalogs", sa.Column("scopes", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_catalogs_created_at_id", "catalogs", ["created_at", "id"])


def downgrade() -> None:
    for table in (
        "record_versions",
        "publisher_code_hosting",
        "publishers",
        "deliveries",
        "catalog_sources",
        "bundle_members",
        "webhooks",
        "revoked_tokens",
        "logs",
        "events",
        "bundles",
        "analysis",
    ):
        op.drop_table(table)
    op.drop_index("ix_catalogs_created_at_id", "catalogs")
    op.drop_column("catalogs", "scopes")
    op.drop_column("catalogs", "publishers_namespace")
