"""Create the catalogue: its tables, the root, the head of the change log, full-text search.

Only here and in `app.search` do the two engines differ: SQLite has an FTS5 table that triggers
keep in step with `software_words`, PostgreSQL a generated text vector.
"""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_catalogue"
down_revision = None
branch_labels = None
depends_on = None

ROOT_ID = "00000000-0000-0000-0000-000000000000"
TERMS = (
    "software_bases",
    "software_categories",
    "software_languages",
    "software_licences",
    "software_platforms",
    "software_scopes",
    "software_supports",
    "software_users",
)
WORDS = ("name", "summary", "features", "body")


def upgrade() -> None:
    create_tables()
    insert_first_rows()
    if op.get_bind().dialect.name == "sqlite":
        create_fts5()
    else:
        create_text_vector()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE software_fts")
    for table in (
        *TERMS,
        "software_urls",
        "software_words",
        "software_texts",
        "software_organisations",
        "software_keys",
        "software_dependencies",
        "software_countries",
        "software_contractors",
        "software_contacts",
        "records",
        "quarantine",
        "tombstones",
        "software",
        "organisations",
        "changes",
        "change_head",
        "catalogs",
    ):
        op.drop_table(table)


def create_tables() -> None:
    op.create_table(
        "catalogs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alternative_id", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogs"),
        sa.UniqueConstraint("alternative_id", name="uq_catalogs_alternative_id"),
    )
    op.create_table(
        "change_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_head"),
    )
    op.create_table(
        "changes",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name="pk_changes"),
    )
    op.create_index("ix_changes_entity_id", "changes", ["entity_id"])

    op.create_table(
        "organisations",
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("uri", name="pk_organisations"),
    )
    op.create_table(
        "software",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("landing_url", sa.String(), nullable=True),
        sa.Column("application_suite", sa.String(), nullable=True),
        sa.Column("software_version", sa.String(), nullable=True),
        sa.Column("release_date", sa.String(), nullable=True),
        sa.Column("logo", sa.String(), nullable=True),
        sa.Column("roadmap", sa.String(), nullable=True),
        sa.Column("development_status", sa.String(), nullable=True),
        sa.Column("software_type", sa.String(), nullable=True),
        sa.Column("license", sa.String(), nullable=True),
        sa.Column("maintenance_type", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_software"),
    )
    op.create_index("ix_software_active_created_at_id", "software", ["active", "created_at", "id"])
    op.create_index("ix_software_created_at_id", "software", ["created_at", "id"])

    op.create_table(
        "tombstones",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("software_id", name="pk_tombstones"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_quarantine_catalog_id_catalogs"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("catalog_id", "source_id", name="uq_quarantine_catalog_id_source_id"),
    )
    op.create_index("ix_quarantine_catalog_id", "quarantine", ["catalog_id"])

    op.create_table(
        "records",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("origin_catalog", sa.String(), nullable=True),
        sa.Column("origin_id", sa.String(), nullable=True),
        sa.Column("via", sa.JSON(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("vitality", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_records_catalog_id_catalogs"
        ),
        sa.ForeignKeyConstraint(
            ["software_id"], ["software.id"], name="fk_records_software_id_software"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint("catalog_id", "source_id", name="uq_records_catalog_id_source_id"),
    )
    op.create_index("ix_records_catalog_id", "records", ["catalog_id"])
    op.create_index("ix_records_software_id", "records", ["software_id"])

    op.create_table(
        "software_contacts",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("affiliation", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_contacts_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("software_id", "position", name="pk_software_contacts"),
    )
    op.create_table(
        "software_contractors",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("until", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_contractors_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("software_id", "position", name="pk_software_contractors"),
    )
    op.create_index("ix_software_contractors_until", "software_contractors", ["until"])

    op.create_table(
        "software_countries",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("supported", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_countries_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "software_id", "country", "supported", name="pk_software_countries"
        ),
    )
    op.create_table(
        "software_dependencies",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("version_min", sa.String(), nullable=True),
        sa.Column("version_max", sa.String(), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_dependencies_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("software_id", "kind", "position", name="pk_software_dependencies"),
    )
    op.create_index("ix_software_dependencies_name", "software_dependencies", ["name"])

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

    op.create_table(
        "software_organisations",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_organisations_software_id_software",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uri"], ["organisations.uri"], name="fk_software_organisations_uri_organisations"
        ),
        sa.PrimaryKeyConstraint(
            "software_id", "role", "position", name="pk_software_organisations"
        ),
    )
    op.create_index("ix_software_organisations_uri", "software_organisations", ["uri"])

    op.create_table(
        "software_texts",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("localised_name", sa.String(), nullable=True),
        sa.Column("generic_name", sa.String(), nullable=True),
        sa.Column("short_description", sa.Text(), nullable=True),
        sa.Column("long_description", sa.Text(), nullable=True),
        sa.Column("documentation", sa.String(), nullable=True),
        sa.Column("api_documentation", sa.String(), nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("screenshots", sa.JSON(), nullable=False),
        sa.Column("videos", sa.JSON(), nullable=False),
        sa.Column("awards", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_texts_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("software_id", "language", name="pk_software_texts"),
    )
    op.create_table(
        "software_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["software_id"],
            ["software.id"],
            name="fk_software_words_software_id_software",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_software_words"),
        sa.UniqueConstraint("software_id", name="uq_software_words_software_id"),
    )
    op.create_table(
        "software_urls",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("catalog_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_software_urls_catalog_id_catalogs"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name="fk_software_urls_record_id_records",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_software_urls"),
        sa.UniqueConstraint("catalog_id", "url", name="uq_software_urls_catalog_id_url"),
    )
    op.create_index("ix_software_urls_key", "software_urls", ["key"])

    for table in TERMS:
        op.create_table(
            table,
            sa.Column("software_id", sa.String(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("value", sa.String(), nullable=False),
            sa.ForeignKeyConstraint(
                ["software_id"],
                ["software.id"],
                name=f"fk_{table}_software_id_software",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("software_id", "position", name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_value", table, ["value"])


def insert_first_rows() -> None:
    """The root catalogue, and a log that has no change yet."""
    now = datetime.now(UTC)
    catalogs = sa.table(
        "catalogs",
        *map(sa.column, ("id", "name", "active")),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(
        catalogs,
        [{"id": ROOT_ID, "name": "∅", "active": True, "created_at": now, "updated_at": now}],
    )
    change_head = sa.table("change_head", *map(sa.column, ("id", "sequence", "epoch")))
    op.bulk_insert(change_head, [{"id": 1, "sequence": 0, "epoch": uuid4().hex}])


def create_fts5() -> None:
    """An FTS5 index that holds no text of its own.

    https://www.sqlite.org/fts5.html#external_content_tables
    """
    columns = ", ".join(WORDS)
    new = ", ".join(f"new.{word}" for word in WORDS)
    old = ", ".join(f"old.{word}" for word in WORDS)
    add = f"INSERT INTO software_fts (rowid, {columns}) VALUES (new.id, {new});"  # noqa: S608 - our own names
    drop = (
        f"INSERT INTO software_fts (software_fts, rowid, {columns})"  # noqa: S608 - our own names
        f" VALUES ('delete', old.id, {old});"
    )
    op.execute(
        f"CREATE VIRTUAL TABLE software_fts USING fts5({columns}, content='software_words',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    for name, moment, steps in (
        ("ai", "AFTER INSERT", add),
        ("ad", "AFTER DELETE", drop),
        ("au", "AFTER UPDATE", drop + add),
    ):
        op.execute(
            f"CREATE TRIGGER software_words_{name} {moment} ON software_words BEGIN {steps} END"
        )


def create_text_vector() -> None:
    """A weighted text vector of words that are stemmed already, hence 'simple'."""
    weighted = " || ".join(
        f"setweight(to_tsvector('simple', {word}), '{weight}')"
        for word, weight in zip(WORDS, "ABCD", strict=True)
    )
    op.execute(
        "ALTER TABLE software_words ADD COLUMN document_vector tsvector"
        f" GENERATED ALWAYS AS ({weighted}) STORED"
    )
    op.execute(
        "CREATE INDEX ix_software_words_document_vector ON software_words USING gin (document_vector)"
    )
