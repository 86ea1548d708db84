"""Full text on PostgreSQL: a weighted text vector of the 'simple' configuration."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import ColumnElement, Select, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

_VECTOR = literal_column("software_words.document_vector", TSVECTOR)
_MATCHES = _VECTOR.op("@@", is_comparison=True)
_FIELDS = "ABCD"
"""The labels of the fields in the vector, in the order of `WEIGHTS`."""
_HALF = 0.2
"""The rank that is worth half of what words can be worth."""


class TextVector:
    """https://www.postgresql.org/docs/current/textsearch-controls.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        weights = cast(list(reversed(WEIGHTS.values())), ARRAY(REAL))
        query, in_name = _query(terms), _query(terms, _FIELDS[0])
        found = select(
            func.array_agg(col(SoftwareWords.id)),
            func.array_agg(func.ts_rank(weights, _VECTOR, query)),
            func.array_agg(_MATCHES(in_name)),
        ).where(_MATCHES(query))
        ids, ranks, named = (await session.execute(found)).one()
        rank = np.array(ranks or [], np.float64)
        return Matches(
            np.array(ids or [], np.int64), rank / (rank + _HALF), np.array(named or [], np.bool_)
        )

    async def holding(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        found = select(func.array_agg(col(SoftwareWords.id))).where(_MATCHES(_query(terms)))
        return np.array(await session.scalar(found) or [], np.int64)

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return select(col(SoftwareWords.software_id)).where(_MATCHES(_query(terms)))


def _query(terms: Sequence[Term], fields: str = _FIELDS) -> ColumnElement[str]:
    """As a query over these fields. A phrase lies in one of them: they follow without a gap."""
    expression = " & ".join(f"({' | '.join(_forms(term, fields))})" for term in terms)
    return func.to_tsquery(literal_column("'simple'"), expression, type_=TSQUERY)


def _forms(term: Term, fields: str) -> Iterator[str]:
    for row in term.alternatives:
        for labels in [fields] if len(row) == 1 else fields:
            yield f"({' <-> '.join(_in(word, labels) for word in row)})"
    if term.beginning:
        yield f"'{term.beginning}':*{_labels(fields)}"


def _in(word: str, fields: str) -> str:
    labels = _labels(fields)
    return f"'{word}':{labels}" if labels else f"'{word}'"


def _labels(fields: str) -> str:
    return "" if fields == _FIELDS else fields
