"""What is remembered of a search until something changes."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.search import selection
from app.search.arrays import LongIntegers
from app.search.columns import Columns
from app.search.index import Matches
from app.search.memory import Memory
from app.search.query import SearchQuery
from app.search.terms import Term, terms

pytestmark = pytest.mark.anyio


class NothingThere:
    """An index without any words."""

    async def matches(self, _session: object, _terms: Sequence[Term]) -> Matches:
        return Matches(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))

    async def holding_any(self, _session: object, _terms: Sequence[Term]) -> LongIntegers:
        return np.zeros(0, np.int64)


async def test_nobody_can_fill_the_memory_with_long_queries() -> None:
    session = AsyncSession()  # of no database: nothing is asked there
    columns = replace(Columns.empty(), memory=Memory(200_000))

    async def ask(number: int) -> None:
        q = " ".join(
            f"{sign}ord{number}{letter}ningarnas*"
            for sign in ("", "-")
            for letter in "abcdefghijklmnop"
        )
        await selection.ask(session, columns, NothingThere(), SearchQuery(q=q), terms(q))

    await ask(0)
    tracemalloc.start()
    try:
        for number in range(1, 61):
            await ask(number)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 1_000_000
