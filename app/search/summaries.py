"""Software in short, by id, in the reader's language: what stands in lists that are no search."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Software
from app.search.results import Choice, in_language, texts_of


@dataclass(frozen=True, slots=True)
class Summary:
    """A software as a search would show it, as plain JSON values, and when it came and changed."""

    id: str
    shown: dict[str, Any]
    active: bool
    created_at: datetime
    updated_at: datetime


async def summaries(
    session: AsyncSession, ids: Collection[str], choose: Choice
) -> dict[str, Summary]:
    """`{id: summary}` of the software that there is with these ids, inactive or not."""
    rows = await session.execute(
        select(
            col(Software.id),
            col(Software.item),
            col(Software.active),
            col(Software.created_at),
            col(Software.updated_at),
        ).where(col(Software.id).in_(ids))
    )
    texts = await texts_of(session, ids)
    found = {}
    for id, stored, active, created_at, updated_at in rows:
        item: dict[str, Any] = orjson.loads(stored)
        shown = {**item, **in_language(item, texts.get(id, {}), choose)}
        found[id] = Summary(id, shown, active, created_at, updated_at)
    return found
