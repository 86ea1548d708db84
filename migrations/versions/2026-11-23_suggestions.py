"""How names begin, and which words are known: what suggestions are made of.

The tables are filled as software changes; `samkod reindex` fills them for what is there already.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_suggestions"
down_revision = "2026_11_23_change_feed"
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for table, owner, owners, more in (
        (
            "software_name_starts",
            "software_id",
            "software.id",
            [sa.Column("language", sa.String(), nullable=False)],
        ),
        ("organisation_name_starts", "uri", "organisations.uri", []),
    ):
        op.create_table(
            table,
            sa.Column(owner, sa.String(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("start", BYTEWISE, nullable=False),
            sa.Column("opening", sa.Boolean(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            *more,
            sa.PrimaryKeyConstraint(owner, "position", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(
                [owner],
                [owners],
                name=f"fk_{table}_{owner}_{owners.partition('.')[0]}",
                ondelete="CASCADE",
            ),
        )
        op.create_index(f"ix_{table}_opening_start", table, ["opening", "start"])
    op.create_table(
        "vocabulary",
        sa.Column("spelling", BYTEWISE, nullable=False),
        sa.Column("folded", BYTEWISE, nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("spelling", name="pk_vocabulary"),
    )
    op.create_index("ix_vocabulary_folded", "vocabulary", ["folded"])
    op.create_table(
        "vocabulary_trigrams",
        sa.Column("trigram", BYTEWISE, nullable=False),
        sa.Column("length", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spelling", BYTEWISE, nullable=False),
        sa.PrimaryKeyConstraint("trigram", "length", "spelling", name="pk_vocabulary_trigrams"),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "software_words", sa.Column("spellings", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("software_words", "spellings")
    for table in (
        "vocabulary_trigrams",
        "vocabulary",
        "organisation_name_starts",
        "software_name_starts",
    ):
        op.drop_table(table)
