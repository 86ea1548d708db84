"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Sequence

from sqlalchemy import Float, FromClause, String, column, func, literal_column, select, table
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.index import WEIGHTS

_FTS = table("software_fts", column("rowid"))
_RANK = func.bm25(literal_column("software_fts"), *WEIGHTS.values(), type_=Float)


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    def matches(self, terms: Sequence[Sequence[str]]) -> FromClause:
        one_of = (" OR ".join(f'"{form}"' for form in forms) for forms in terms)
        expression = " AND ".join(f"({forms})" for forms in one_of)
        return (
            select(col(SoftwareWords.software_id), (-_RANK).label("score"))
            .select_from(_FTS)
            .join(SoftwareWords, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(literal_column("software_fts", String).op("MATCH")(expression))
            .subquery("matches")
        )
