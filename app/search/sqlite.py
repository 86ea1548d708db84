"""Full text on SQLite: FTS5, ranked by BM25."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
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
_PARTS = 1e8
"""Ranks are read as whole numbers of so many parts: to write fractions takes longer than to rank."""
_HALF = 4.0
"""The rank that is worth half of what words can be worth: a rare word in a short text."""


class Fts5:
    """https://www.sqlite.org/fts5.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        expression = _expression(terms)
        rank = cast(_RANK * _PARTS, BigInteger).label("rank")
        # With a limit, and be it none, the rows are ranked before they are listed, as bm25 wants it.
        found = select(_FTS.c.rowid, rank).where(_MATCHES(expression)).limit(-1).subquery()
        ids, ranks = await _lists(session, select(_list(found.c.rowid), _list(found.c.rank)))
        named = await _ids(session, f"{{name}} : ({expression})")
        words_ids, fits = np.array(ids, np.int64), np.array(ranks, np.float64) / _PARTS
        return Matches(words_ids, fits / (fits + _HALF), np.isin(words_ids, named))

    async def holding(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        return await _ids(session, _expression(terms))

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return (
            select(col(SoftwareWords.software_id))
            .join(_FTS, col(SoftwareWords.id) == _FTS.c.rowid)
            .where(_MATCHES(_expression(terms)))
        )


async def _ids(session: AsyncSession, expression: str) -> LongIntegers:
    found = select(_list(_FTS.c.rowid)).where(_MATCHES(expression))
    [ids] = await _lists(session, found)
    return np.array(ids, np.int64)


def _list(values: ColumnElement[Any]) -> ColumnElement[str]:
    """All of them as one JSON text: read in a tenth of the time that as many rows take."""
    return func.json_group_array(values, type_=String)


async def _lists(session: AsyncSession, lists: Select[*tuple[str, ...]]) -> list[list[Any]]:
    return [orjson.loads(text) for text in (await session.execute(lists)).one()]


def _expression(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_forms(term))})" for term in terms)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        yield f'"{" ".join(row)}"'
    if term.beginning:
        yield f'"{term.beginning}"*'
