"""Full text on PostgreSQL: a weighted text vector of the 'simple' configuration."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    any_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.search.arrays import LongIntegers
from app.search.index import WEIGHTS, Matches
from app.search.terms import Term

_VECTOR = literal_column("software_words.document_vector", TSVECTOR)
_MATCHES = _VECTOR.op("@@", is_comparison=True)
_NAME = " " + col(SoftwareWords.name) + " "
_LABELS = (":A", ":B", ":C", ":D")
"""Of the fields in the vector, in the order of `WEIGHTS`."""
_HALF = 0.2
"""The rank that is worth half of what words can be worth."""


class TextVector:
    """https://www.postgresql.org/docs/current/textsearch-controls.html"""

    async def matches(self, session: AsyncSession, terms: Sequence[Term]) -> Matches:
        return await _matches(session, terms)

    async def matches_among(
        self, session: AsyncSession, terms: Sequence[Term], words_ids: LongIntegers
    ) -> Matches:
        among = literal(words_ids.tolist(), ARRAY(Integer))
        return await _matches(session, terms, col(SoftwareWords.id) == any_(among))

    async def holding_any(self, session: AsyncSession, terms: Sequence[Term]) -> LongIntegers:
        query = _query(terms, " | ")
        found = select(func.array_agg(col(SoftwareWords.id))).where(_MATCHES(query))
        return np.array(await session.scalar(found) or [], np.int64)

    def having(self, terms: Sequence[Term]) -> Select[str]:
        return select(col(SoftwareWords.software_id)).where(_MATCHES(_query(terms)))


async def _matches(
    session: AsyncSession, terms: Sequence[Term], *conditions: ColumnElement[bool]
) -> Matches:
    weights = cast(list(reversed(WEIGHTS.values())), ARRAY(REAL))
    query = _query(terms)
    found = select(
        func.array_agg(col(SoftwareWords.id)),
        func.array_agg(func.ts_rank(weights, _VECTOR, query)),
        func.array_agg(and_(*map(_is_in_name, terms))),
    ).where(_MATCHES(query), *conditions)
    ids, ranks, named = (await session.execute(found)).one()
    rank = np.array(ranks or [], np.float64)
    return Matches(
        np.array(ids or [], np.int64), rank / (rank + _HALF), np.array(named or [], np.bool_)
    )


def _is_in_name(term: Term) -> ColumnElement[bool]:
    """Whether names have a term, by the text itself: to read it takes less than another look at a vector."""
    rows = [f" {' '.join(row)} " for row in term.alternatives]
    begun = [f" {term.beginning}"] if term.beginning else []
    return or_(*(func.strpos(_NAME, part) > 0 for part in (*rows, *begun)))


def _query(terms: Sequence[Term], sign: str = " & ") -> ColumnElement[str]:
    """As a query. A phrase lies in one field: they follow without a gap."""
    expression = sign.join(f"({' | '.join(_forms(term))})" for term in terms)
    return func.to_tsquery(literal_column("'simple'"), expression, type_=TSQUERY)


def _forms(term: Term) -> Iterator[str]:
    for row in term.alternatives:
        for label in [""] if len(row) == 1 else _LABELS:
            following = " <-> ".join(f"'{word}'{label}" for word in row)
            yield f"({following})"
    if term.beginning:
        yield f"'{term.beginning}':*"
