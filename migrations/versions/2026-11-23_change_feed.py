"""What followers of changes need: catalogues, a horizon, and word of each new head.

Changes that are there already get the catalogues that have the software or publisher now.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_change_feed"
down_revision = "2026_11_23_search"
branch_labels = None
depends_on = None

CATALOGUES_OF_CHANGES = """
    SELECT DISTINCT records.catalog_id, changes.sequence
    FROM changes JOIN records ON records.software_id = changes.entity_id
    WHERE changes.entity = 'software'
    UNION SELECT publishers.catalog_id, changes.sequence
    FROM changes JOIN publishers ON publishers.id = changes.entity_id
    WHERE changes.entity = 'publisher'
    UNION SELECT changes.entity_id, changes.sequence
    FROM changes WHERE changes.entity = 'catalog'
"""


def upgrade() -> None:
    op.add_column(
        "change_head", sa.Column("horizon", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index("ix_changes_entity_sequence", "changes", ["entity", "sequence"])
    op.create_table(
        "change_catalogs",
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["changes.sequence"],
            name="fk_change_catalogs_sequence_changes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("catalog_id", "sequence", name="pk_change_catalogs"),
    )
    op.create_index("ix_change_catalogs_sequence", "change_catalogs", ["sequence"])
    op.execute(f"INSERT INTO change_catalogs (catalog_id, sequence) {CATALOGUES_OF_CHANGES}")
    if op.get_context().dialect.name == "postgresql":
        announce_heads()


def announce_heads() -> None:
    """To all processes that listen, once the commit is done.

    https://www.postgresql.org/docs/current/sql-notify.html
    """
    op.execute(
        "CREATE FUNCTION announce_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_notify('samkod_head', NEW.sequence || ' ' || NEW.epoch);"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER announce_head AFTER UPDATE OF sequence ON change_head"
        " FOR EACH ROW EXECUTE FUNCTION announce_head()"
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER announce_head ON change_head")
        op.execute("DROP FUNCTION announce_head()")
    op.drop_table("change_catalogs")
    op.drop_index("ix_changes_entity_sequence", "changes")
    op.drop_column("change_head", "horizon")
