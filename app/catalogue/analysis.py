"""What components found out about software and catalogues: JSON, each under its own name.

A name is one row, so that components which write at once never overwrite each other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.tables import Analysis
from app.pagination import rfc3339


async def get(session: AsyncSession, entity: str, entity_id: str) -> dict[str, Any]:
    """`{namespace: object}`, by name; empty where nothing is known."""
    rows = await session.execute(
        select(Analysis)
        .where(col(Analysis.entity) == entity, col(Analysis.entity_id) == entity_id)
        .order_by(col(Analysis.namespace))
        .execution_options(populate_existing=True)
    )
    return {
        row.namespace: {**orjson.loads(row.value), "t": rfc3339(row.at)} for row in rows.scalars()
    }


async def patch(
    session: AsyncSession,
    entity: str,
    entity_id: str,
    findings: Mapping[str, Mapping[str, Any] | None],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Replace the named objects, remove those that are None; returns all of them.

    `t`, when an object last changed, is ours: it is not taken from outside, and an object that
    comes again as it was keeps its own.
    """
    for namespace, value in sorted(findings.items()):
        await _put(session, (entity, entity_id, namespace), value, now.replace(microsecond=0))
    await session.flush()
    return await get(session, entity, entity_id)


async def forget(session: AsyncSession, entity: str, entity_ids: Iterable[str]) -> None:
    """Remove what is known of things that are gone."""
    for some in bulk.portions(entity_ids):
        await session.execute(
            delete(Analysis).where(
                col(Analysis.entity) == entity, col(Analysis.entity_id).in_(some)
            )
        )


async def _put(
    session: AsyncSession,
    key: tuple[str, str, str],
    value: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    row = await session.get(Analysis, key, with_for_update=True)
    if value is None:
        if row:
            await session.delete(row)
        return
    text = orjson.dumps(
        {name: each for name, each in value.items() if name != "t"}, option=orjson.OPT_SORT_KEYS
    ).decode()
    if row is None:
        row = await _insert(session, key, text, now)
    if row.value != text:
        row.value, row.at = text, now


async def _insert(
    session: AsyncSession, key: tuple[str, str, str], text: str, now: datetime
) -> Analysis:
    entity, entity_id, namespace = key
    row = Analysis(entity=entity, entity_id=entity_id, namespace=namespace, value=text, at=now)
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another transaction has written the same name at this moment; ours comes after it.
        return await session.get_one(Analysis, key, with_for_update=True)
    return row
