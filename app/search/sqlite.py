"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Float, Select, String, column, func, literal_column, select, table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

_FTS = table("software_fts", column("rowid"))
_MATCHES = literal_column("software_fts", String).op("MATCH", is_comparison=True)
_RANK = -func.bm25(literal_column("software_fts"), *WEIGHTS.values(), type_=Float)
_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        found = select(_FTS.c.rowid, _RANK).where(_MATCHES(_expression(terms)))
        rows = np.array((await session.execute(found)).all(), np.float64).reshape(-1, 2)
        words_ids, ranks = rows[:, 0].astype(np.int64), rows[:, 1]
        named = await _rowids(session, f"{{name}} : ({_expression(terms)})")
        return Matches(words_ids, ranks / (ranks + _HALF), np.isin(words_ids, named))

    async def holding(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        return await _rowids(session, _expression(terms))

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return (
            select(col(SoftwareWords.software_id))
            .join(_FTS, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(_MATCHES(_expression(terms)))
        )


async def _rowids(session: AsyncSession, expression: str) -> LongIntegers:
    found: Select[int] = select(_FTS.c.rowid).where(_MATCHES(expression))
    return np.array((await session.execute(found)).scalars().all(), np.int64)


def _expression(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_forms(term))})" for term in terms)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        yield f'"{" ".join(row)}"'
    if term.beginning:
        yield f'"{term.beginning}"*'
