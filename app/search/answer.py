"""A search as people want it who slip: where it finds nothing, their last word may be only begun,
and where it finds little, another spelling of their words may find more.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.tables import VocabularyWord
from app.search.find import SearchResult
from app.search.nearest import SHORTEST, Near, nearest
from app.search.query import SearchQuery
from app.search.terms import little_words, parts

FEW = 2
"""Results that are so few that perhaps something else was meant."""

SHORTEST_BEGINNING = 3
"""Letters of a last word that is taken for a beginning."""

MOST_WORDS = 3
"""Words of a query that are looked at; with more of them wrong, there is nothing to go by."""

MOST_TRIES = 2
"""Spellings that are tried for each word."""

TIMES_AS_COMMON = 10
"""How much more common another word must be than one that occurs, to be what was meant."""

_WORD = re.compile(r"[^\W_]+")

Find: TypeAlias = Callable[[SearchQuery], Awaitable[SearchResult]]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A word of a query, as it was typed and where, and as search compares it."""

    text: str
    start: int
    folded: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The query with its words spelled as the catalogue has them, and how much that finds."""

    q: str
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, for which words, and what may have been meant."""

    result: SearchResult
    q: str
    meant: Correction | None = None


async def answer(session: AsyncSession, query: SearchQuery, find: Find) -> Answer:
    """What `find` finds; of the last word's beginning, if the word itself is nowhere."""
    result = await find(query)
    if not result.total and (begun := last_begun(query.q)):
        completed = await find(query.model_copy(update={"q": begun}))
        if completed.total:
            return Answer(completed, begun)
    is_first_page = not query.page_after and not query.page_before
    if result.total > FEW or not is_first_page:
        return Answer(result, query.q)
    return Answer(result, query.q, await _meant(session, query, result.total, find))


def last_begun(q: str) -> str | None:
    """The query with a `*` behind its last word: `snöröj plog` becomes `snöröj plog*`."""
    last = next(reversed([*parts(q)]), None)
    if last is None or last.excluded or last.phrase or last.begun:
        return None
    if len(next(reversed([*words.split(last.text)]), "")) < SHORTEST_BEGINNING:
        return None
    end = last.start + len(last.text)
    return f"{q[:end]}*{q[end:]}"


async def _meant(
    session: AsyncSession, query: SearchQuery, total: int, find: Find
) -> Correction | None:
    """The first spelling that finds more, if any does."""
    others = [
        (spelled, near)
        for spelled in _spelled(query.q)
        if (near := await _better(session, spelled, find))
    ]
    tries = min(MOST_TRIES, max((len(near) for _, near in others), default=0))
    for rank in range(tries):
        chosen = [(spelled, near[min(rank, len(near) - 1)]) for spelled, near in others]
        q = _respelled(query.q, chosen)
        found = await find(query.model_copy(update={"q": q, "page_size": 1}))
        if found.total > total:
            return Correction(q, found.total)
    return None


def _spelled(q: str) -> list[Spelled]:
    """The words that must occur as they are: neither little, nor excluded, nor only begun."""
    wanted = (part for part in parts(q) if not part.excluded and not part.begun)
    found = (
        Spelled(match[0], part.start + match.start(), folded)
        for part in wanted
        for match in _WORD.finditer(part.text)
        for folded in islice(words.split(match[0]), 1)
    )
    telling = (
        each for each in found if len(each.folded) >= SHORTEST and each.folded not in little_words()
    )
    return list(islice(telling, MOST_WORDS))


async def _better(session: AsyncSession, spelled: Spelled, find: Find) -> Sequence[Near]:
    """What may have been meant by a word that no software has, or hardly any; nearest first."""
    near = await nearest(session, spelled.folded)
    documents = await _documents(session, spelled.folded)
    if documents:
        return [each for each in near if each.documents >= documents * TIMES_AS_COMMON]
    # Words of long descriptions are found as well, and so are other forms of known words.
    if near and (await find(SearchQuery(q=spelled.folded))).total:
        return []
    return near


async def _documents(session: AsyncSession, folded: str) -> int:
    statement = select(func.coalesce(func.sum(VocabularyWord.documents), 0)).where(
        col(VocabularyWord.folded) == folded
    )
    return int((await session.execute(statement)).scalar_one())


def _respelled(q: str, chosen: Sequence[tuple[Spelled, Near]]) -> str:
    for spelled, near in reversed(chosen):
        end = spelled.start + len(spelled.text)
        q = q[: spelled.start] + near.spelling + q[end:]
    return q
