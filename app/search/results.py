"""Hits to results as readers get them: in their language, with what was found marked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import Software, SoftwareText
from app.search.highlights import Found
from app.search.ordering import Key
from app.search.query import SearchQuery
from app.search.ranking import MILLIONTHS

Choice: TypeAlias = Callable[[Sequence[str]], str]
"""From the languages that there are, the software's own first, to the one that suits the reader."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result before it is read: its key in the order, its score in millionths, if it has one.

    `parts` is what the score is the sum of.
    """

    id: str
    key: Key
    score: int | None
    parts: Mapping[str, int]


class Text(NamedTuple):
    """What can be shown of a software in one language."""

    localised_name: str | None
    generic_name: str | None
    short_description: str | None
    long_description: str | None
    features: list[str]


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_TEXT = [col(SoftwareText.language), *(getattr(SoftwareText, name) for name in Text._fields)]
_TEXTS = (
    select(col(SoftwareText.software_id), *_TEXT)
    .where(col(SoftwareText.software_id).in_(_IDS))
    .order_by(col(SoftwareText.software_id), col(SoftwareText.language))
)
_ITEMS = (
    select(col(Software.id), col(Software.item), *_TEXT)
    .outerjoin(SoftwareText, col(SoftwareText.software_id) == col(Software.id))
    .where(col(Software.id).in_(_IDS))
    .order_by(col(Software.id), col(SoftwareText.language))
)
"""With the texts: to ask for them separately takes longer than to read an item once per language."""


async def items(
    session: AsyncSession,
    hits: Sequence[Hit],
    query: SearchQuery,
    found: Found,
    choose: Choice,
) -> list[dict[str, Any]]:
    """The results, each with the members that the query wants."""
    stored, texts = await _read(session, [hit.id for hit in hits])
    wanted = query.wanted()
    results = []
    for hit in hits:
        item: dict[str, Any] = orjson.loads(stored[hit.id])
        shown = {
            **item,
            **in_language(item, texts[hit.id], choose),
            **_marked(item, texts[hit.id], found, choose),
            **_scored(hit, query),
        }
        results.append(
            {name: value for name, value in shown.items() if not wanted or name in wanted}
        )
    return results


async def _read(
    session: AsyncSession, ids: Collection[str]
) -> tuple[dict[str, str], dict[str, dict[str, Text]]]:
    """`{software id: its JSON}`, and its texts as `texts_of` has them."""
    stored: dict[str, str] = {}
    found: dict[str, dict[str, Text]] = defaultdict(dict)
    for id, item, language, *texts in await session.execute(_ITEMS, {"ids": ids}):
        stored[id] = item
        if language is not None:
            found[id][language] = Text(*texts)
    return stored, found


async def texts_of(session: AsyncSession, ids: Collection[str]) -> dict[str, dict[str, Text]]:
    """`{software id: {language: texts}}`."""
    found: dict[str, dict[str, Text]] = defaultdict(dict)
    for id, language, *texts in await session.execute(_TEXTS, {"ids": ids}):
        found[id][language] = Text(*texts)
    return found


def _chosen(item: dict[str, Any], texts: dict[str, Text], choose: Choice) -> str | None:
    """The language to show: `sv` for who reads `sv-FI`, and `sv-FI` for who reads `sv`."""
    own: str | None = item["language"]
    if own is None or not texts:
        return own
    tags = sorted(texts, key=lambda tag: (tag != own, tag))
    by_language = {tag.partition("-")[0]: tag for tag in reversed(tags)}
    chosen = choose([*tags, *by_language])
    return chosen if chosen in texts else by_language[chosen]


def in_language(item: dict[str, Any], texts: dict[str, Text], choose: Choice) -> dict[str, Any]:
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
    item: dict[str, Any], texts: dict[str, Text], found: Found, choose: Choice
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


def _scored(hit: Hit, query: SearchQuery) -> dict[str, Any]:
    if hit.score is None:
        return {}
    explained = {name: points / MILLIONTHS for name, points in hit.parts.items() if points}
    return {"score": hit.score / MILLIONTHS} | ({"explanation": explained} if query.explain else {})
