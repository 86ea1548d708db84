"""What search filters, sorts and ranks by.

Software that is there already gets what its rows say; names are folded anew with its next change.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_search"
down_revision = "2026_11_23_open_catalog_api"
branch_labels = None
depends_on = None

NAMES = ("titles", "organisations", "users", "dependencies")
SOFTWARE = ("sort_name", "users", "maintained_until", "vitality")


def upgrade() -> None:
    bytewise = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("software", sa.Column("sort_name", bytewise, nullable=False, server_default=""))
    op.add_column("software", sa.Column("users", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("software", sa.Column("maintained_until", sa.String(), nullable=True))
    op.add_column("software", sa.Column("vitality", sa.Integer(), nullable=True))
    for name in NAMES:
        op.add_column(
            "software_words", sa.Column(name, sa.Text(), nullable=False, server_default="")
        )
    op.execute(
        "UPDATE software SET sort_name = lower(coalesce(name, '')),"
        " users = (SELECT count(*) FROM software_users WHERE software_id = software.id),"
        " maintained_until = CASE"
        " WHEN maintenance_type IN ('internal', 'community') THEN '9999-12-31'"
        " WHEN maintenance_type = 'contract' THEN coalesce((SELECT max(until)"
        " FROM software_contractors WHERE software_id = software.id), '') END"
    )
    op.execute(
        "UPDATE software_words SET titles = (SELECT '| ' || sort_name || ' |'"
        " FROM software WHERE id = software_words.software_id)"
    )


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("software_words", name)
    for name in SOFTWARE:
        op.drop_column("software", name)
