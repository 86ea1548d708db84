"""Whether software is among what a search finds, without its being shown."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareWords
from app.head import Head
from app.search import facts, filters, selection
from app.search.columns import Columns
from app.search.engines import text_table
from app.search.index import SearchIndex
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from app.search.selection import Selection, Wanted
from app.search.terms import Term, terms

NO_HEAD = Head(0, "")
"""That of columns which follow no log."""


async def matching(
    session: AsyncSession, mirror: Mirror, query: SearchQuery, *, index: SearchIndex | None = None
) -> list[str]:
    """The ids of all active software that the search finds, as `find` would find it."""
    columns = await mirror.columns(session)
    wanted = await selection.ask(
        session, columns, index or text_table(session), query, terms(query.q)
    )
    return selection.ids(columns, wanted)


async def matches(session: AsyncSession, query: SearchQuery, id: str) -> bool:
    """Whether the search finds the software with this id: nothing of any other is read."""
    alone = Columns.empty().replaced((), await facts.read(session, [id]), NO_HEAD)
    wanted = Wanted(await filters.chosen(session, query), fit=None)
    if not Selection.of(alone, wanted).found().any():
        return False
    asked = terms(query.q)
    telling = [term for term in asked if not term.excluded]
    return (not telling or await _has(session, id, telling)) and not any(
        [await _has(session, id, [term]) for term in asked if term.excluded]
    )


async def _has(session: AsyncSession, id: str, terms: Sequence[Term]) -> bool:
    """Whether the texts of a software have every one of these terms."""
    having = text_table(session).having(terms).where(col(SoftwareWords.software_id) == id)
    return (await session.execute(having)).first() is not None
