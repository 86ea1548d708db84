"""Rows to results as readers get them: in their language, with what was found marked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import SoftwareText
from app.search.highlights import Found
from app.search.query import SearchQuery
from app.search.ranking import MILLIONTHS

Choice: TypeAlias = Callable[[Sequence[str]], str]
"""From the languages that there are, the software's own first, to the one that suits the reader."""

SCORED = ("id", "item", "key", "score")
"""The columns of a row; behind them are the parts of its score, if they are asked for."""


async def items(
    session: AsyncSession,
    rows: Sequence[Any],
    query: SearchQuery,
    found: Found,
    choose: Choice,
) -> list[dict[str, Any]]:
    """The results, each with the members that the query wants."""
    texts = await texts_of(session, [row.id for row in rows])
    wanted = query.wanted()
    results = []
    for row in rows:
        item: dict[str, Any] = orjson.loads(row.item)
        shown = {
            **item,
            **in_language(item, texts[row.id], choose),
            **_marked(item, texts[row.id], found, choose),
            **_scored(row, query),
        }
        results.append(
            {name: value for name, value in shown.items() if not wanted or name in wanted}
        )
    return results


async def texts_of(
    session: AsyncSession, ids: Collection[str]
) -> dict[str, dict[str, SoftwareText]]:
    """`{software id: {language: texts}}`."""
    rows = await session.execute(
        select(SoftwareText)
        .where(col(SoftwareText.software_id).in_(ids))
        .order_by(col(SoftwareText.software_id), col(SoftwareText.language))
    )
    found: dict[str, dict[str, SoftwareText]] = defaultdict(dict)
    for text in rows.scalars():
        found[text.software_id][text.language] = text
    return found


def _chosen(item: dict[str, Any], texts: dict[str, SoftwareText], choose: Choice) -> str | None:
    """The language to show: `sv` for who reads `sv-FI`, and `sv-FI` for who reads `sv`."""
    own: str | None = item["language"]
    if own is None or not texts:
        return own
    tags = sorted(texts, key=lambda tag: (tag != own, tag))
    by_language = {tag.partition("-")[0]: tag for tag in reversed(tags)}
    chosen = choose([*tags, *by_language])
    return chosen if chosen in texts else by_language[chosen]


def in_language(
    item: dict[str, Any], texts: dict[str, SoftwareText], choose: Choice
) -> dict[str, Any]:
    """Name and short description as the reader's language has them, and which one that is."""
    language = _chosen(item, texts, choose)
    text = texts.get(language or "")
    if text is None:
        return {}
    return {
        "name": text.localised_name or item["name"],
        "shortDescription": text.short_description,
        "language": language,
    }


def _marked(
    item: dict[str, Any], texts: dict[str, SoftwareText], found: Found, choose: Choice
) -> dict[str, Any]:
    """What was found, in the language that is shown, or else in the first that has it."""
    if not found.forms and not found.beginnings:
        return {}
    shown = _chosen(item, texts, choose)
    for language in sorted(texts, key=lambda tag: (tag != shown, tag)):
        text = texts[language]
        marked = found.in_texts(
            language,
            {
                "name": text.localised_name or item["name"],
                "genericName": text.generic_name,
                "shortDescription": text.short_description,
                "features": "\n".join(text.features),
                "longDescription": text.long_description,
            },
        )
        if marked:
            return {"highlights": marked, "highlightsLanguage": language}
    return {"highlights": {}}


def _scored(row: Any, query: SearchQuery) -> dict[str, Any]:  # noqa: ANN401 - a row of columns that differ
    if row.score is None:
        return {}
    explained = {
        name: points / MILLIONTHS
        for name, points in row._mapping.items()
        if name not in SCORED and points
    }
    return {"score": row.score / MILLIONTHS} | ({"explanation": explained} if query.explain else {})
