"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    String,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

_FTS = table("software_fts", column("rowid"))
_MATCHES = literal_column("software_fts", String).op("MATCH", is_comparison=True)
_RANK = -func.bm25(literal_column("software_fts"), *WEIGHTS.values(), type_=Float)
_PARTS = 1e6
"""Ranks are read as whole numbers of so many parts: to write fractions takes longer than to rank."""
_MOST_PARTS = 2**31 - 1
_IDS = 2**32
"""There are no more ids than so many: one stands in one number with its rank, which reads faster."""
_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        expression = _expression(terms)
        parts = func.min(cast(_RANK * _PARTS, BigInteger), _MOST_PARTS)
        # With a limit, and be it none, the rows are ranked before they are listed, as bm25 wants it.
        found = (
            select((parts * _IDS + _FTS.c.rowid).label("both"))
            .where(_MATCHES(expression))
            .limit(-1)
            .subquery()
        )
        both = await _numbers(session, select(_list(found.c.both)))
        named = await _ids(session, f"{{name}} : ({expression})")
        ids, ranks = both % _IDS, (both // _IDS) / _PARTS
        return Matches(ids, ranks / (ranks + _HALF), np.isin(ids, named))

    async def holding(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        return await _ids(session, _expression(terms))

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return (
            select(col(SoftwareWords.software_id))
            .join(_FTS, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(_MATCHES(_expression(terms)))
        )


async def _ids(session: AsyncSession, expression: str) -> LongIntegers:
    return await _numbers(session, select(_list(_FTS.c.rowid)).where(_MATCHES(expression)))


def _list(values: ColumnElement[int]) -> ColumnElement[str | None]:
    """All of them as one text: read in a tenth of the time that as many rows take."""
    return func.group_concat(values, type_=String)


async def _numbers(session: AsyncSession, listed: Select[str | None]) -> LongIntegers:
    return np.fromstring(await session.scalar(listed) or "", np.int64, sep=",")


def _expression(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_forms(term))})" for term in terms)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        yield f'"{" ".join(row)}"'
    if term.beginning:
        yield f'"{term.beginning}"*'
