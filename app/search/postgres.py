"""Full text on PostgreSQL: a weighted text vector of the 'simple' configuration."""

from collections.abc import Sequence

from sqlalchemy import Float, FromClause, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.index import WEIGHTS

_VECTOR = literal_column("software_words.document_vector", TSVECTOR)


class TextVector:
    """https://www.postgresql.org/docs/current/textsearch-controls.html"""

    def matches(self, terms: Sequence[Sequence[str]]) -> FromClause:
        one_of = (" | ".join(f"'{form}'" for form in forms) for forms in terms)
        expression = " & ".join(f"({forms})" for forms in one_of)
        query = func.to_tsquery(literal_column("'simple'"), expression, type_=TSQUERY)
        weights = cast(list(reversed(WEIGHTS.values())), ARRAY(REAL))
        rank = cast(func.ts_rank(weights, _VECTOR, query), Float)
        # Materialised, or the planner walks the ordering index in search of a rare word.
        return (
            select(col(SoftwareWords.software_id), rank.label("score"))
            .where(_VECTOR.op("@@")(query))
            .cte("matches")
            .prefix_with("MATERIALIZED")
        )
