"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    String,
    column,
    func,
    literal_column,
    select,
    table,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

_FTS = table("software_fts", column("rowid"), column("rank", Float))
_MATCHES = literal_column("software_fts", String).op("MATCH", is_comparison=True)
_BM25 = f"bm25({', '.join(map(str, WEIGHTS.values()))})"
_IS_BM25 = _FTS.c.rank.op("MATCH", is_comparison=True)(_BM25)
"""What `rank` is; the smaller, the better."""
_PARTS = 2**14
"""Ranks are read as whole numbers of so many parts: to write fractions takes longer than to rank.

What a thousand forms of words are worth together, each of them rare, still has room in 31 bits.
"""
_BITS = 32
"""Of an id: behind as many, a number has the rank in it as well, and both are read as one."""
_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        expression = _expression(terms)
        parts = type_coerce(_FTS.c.rank * -_PARTS, BigInteger)
        both = _list(parts.bitwise_lshift(_BITS).bitwise_or(_FTS.c.rowid))
        ranked = select(both).where(_MATCHES(expression), _IS_BM25)
        named = _ids(f"{{name}} : ({expression})")
        found = await session.execute(select(ranked.scalar_subquery(), named.scalar_subquery()))
        listed, listed_by_name = found.one()
        numbers = _numbers(listed)
        ids, ranks = numbers & (2**_BITS - 1), (numbers >> _BITS) / _PARTS
        return Matches(ids, ranks / (ranks + _HALF), np.isin(ids, _numbers(listed_by_name)))

    async def holding_any(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        return _numbers(await session.scalar(_ids(_expression(terms, " OR "))))

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return (
            select(col(SoftwareWords.software_id))
            .join(_FTS, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(_MATCHES(_expression(terms)))
        )


def _ids(expression: str) -> Select[str | None]:
    return select(_list(_FTS.c.rowid)).where(_MATCHES(expression))


def _list(values: ColumnElement[int]) -> ColumnElement[str | None]:
    """All of them as one text: read in a tenth of the time that as many rows take."""
    return func.group_concat(values, type_=String)


def _numbers(listed: str | None) -> LongIntegers:
    return np.fromstring(listed or "", np.int64, sep=",")


def _expression(terms: Sequence[Term], sign: str = " AND ") -> str:
    return sign.join(f"({' OR '.join(_forms(term))})" for term in terms)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        yield f'"{" ".join(row)}"'
    if term.beginning:
        yield f'"{term.beginning}"*'
