"""A search as news: what it finds, whatever its own order, the last change first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.entry import Tier
from app.search.find import find
from app.search.index import SearchIndex
from app.search.mirror import Mirror
from app.search.query import SearchQuery, Sort
from app.search.results import Choice
from app.search.summaries import Summary, summaries


@dataclass(frozen=True, slots=True)
class News:
    """A page of what a search finds, and the cursors of the pages on either side."""

    items: list[Summary]
    previous: str | None
    next: str | None


async def newest(
    session: AsyncSession,
    mirror: Mirror,
    query: SearchQuery,
    *,
    index: SearchIndex | None = None,
    choose: Choice,
    now: datetime,
) -> News:
    """Active software that the query finds; only what is published unless a tier is asked for.

    Raises CursorInvalid.
    """
    tier = query.tier or [Tier.PUBLISHED]
    changes = {"tier": tier, "sort": Sort.UPDATED, "fields": "id", "explain": False}
    by_change = query.model_copy(update=changes)
    found = await find(session, mirror, by_change, index=index, choose=choose, now=now)
    ids = [item["id"] for item in found.items]
    shown = await summaries(session, ids, choose)
    return News([shown[id] for id in ids], found.previous, found.next)
