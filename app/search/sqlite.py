"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Iterator, Sequence

from sqlalchemy import CTE, Float, Select, String, column, func, literal_column, select, table
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.index import WEIGHTS
from app.search.terms import Term

_FTS = table("software_fts", column("rowid"))
_MATCHES = literal_column("software_fts", String).op("MATCH", is_comparison=True)
_RANK = -func.bm25(literal_column("software_fts"), *WEIGHTS.values(), type_=Float)
_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    def holding(self, terms: Sequence[Term]) -> Select[str]:
        return (
            select(col(SoftwareWords.software_id))
            .join(_FTS, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(_MATCHES(_expression(terms)))
        )

    def ranked(self, terms: Sequence[Term]) -> CTE:
        named = select(_FTS.c.rowid).where(_MATCHES(f"{{name}} : ({_expression(terms)})"))
        return (
            self.holding(terms)
            .add_columns(
                col(SoftwareWords.titles),
                (_RANK / (_RANK + _HALF)).label("words"),
                col(SoftwareWords.id).in_(named).label("in_name"),
            )
            .cte("matches")
            .prefix_with("MATERIALIZED")
        )


def _expression(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_forms(term))})" for term in terms)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        yield f'"{" ".join(row)}"'
    if term.beginning:
        yield f'"{term.beginning}"*'
