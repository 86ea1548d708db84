"""The sets that harvesters read.

Software that is there is in them since its last change, and what is gone since its deletion: in which
sets that was, nobody knows any more. A licence or language that is not in its usual spelling makes a
set with the next change of its software.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_sets"
down_revision = "2026_11_23_webhook_filters"
branch_labels = None
depends_on = None

FILL = """
    WITH dated AS (
        SELECT entity, entity_id, sequence, max(at) OVER (ORDER BY sequence) AS datestamp
        FROM changes
    ), newest AS (
        SELECT entity_id AS software_id, max(sequence) AS sequence, max(datestamp) AS datestamp
        FROM dated WHERE entity = 'software' GROUP BY entity_id
    ), shown AS (
        SELECT id AS software_id, development_status AS status FROM software WHERE active
    ), sets AS (
        SELECT software_id, 'all' AS kind, '' AS value, 'in' AS standing FROM shown
        UNION
        SELECT software_id, 'all', '', 'gone' FROM tombstones
        UNION
        SELECT software_id, 'catalog', catalog_id, 'in' FROM records
        WHERE active AND software_id IN (SELECT software_id FROM shown)
        UNION
        SELECT software_id, 'status', status, 'in' FROM shown
        WHERE status IN ('concept', 'development', 'beta', 'stable', 'obsolete')
        UNION
        SELECT software_id, 'country', country, 'in' FROM software_countries
        WHERE supported AND country LIKE '__' AND software_id IN (SELECT software_id FROM shown)
        UNION
        SELECT software_id, 'license', value, 'in' FROM software_licences
        WHERE value LIKE '%-%' AND value NOT LIKE '%+'
        AND value NOT LIKE '%xception%' AND value NOT LIKE '%LicenseRef-%'
        AND software_id IN (SELECT software_id FROM shown)
        UNION
        SELECT software_id, 'lang', value, 'in' FROM software_languages
        WHERE (value LIKE '__' OR value LIKE '___') AND value = lower(value)
        AND software_id IN (SELECT software_id FROM shown)
    )
    INSERT INTO set_members (software_id, kind, value, standing, sequence, datestamp)
    SELECT software_id, kind, value, standing, sequence, datestamp FROM sets NATURAL JOIN newest
"""
"""The times of requests are made to grow with the numbers of their changes."""


def upgrade() -> None:
    op.create_table(
        "set_members",
        sa.Column("software_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("datestamp", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("software_id", "kind", "value", name="pk_set_members"),
    )
    op.create_index(
        "ix_set_members_kind_value_datestamp_sequence",
        "set_members",
        ["kind", "value", "datestamp", "sequence"],
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_table("set_members")
