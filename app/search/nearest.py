"""What a word may have been meant to be: the nearest ones that the catalogue knows.

Words that share enough trigrams are fetched, and their letters compared here, so that both engines
answer alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.tables import VocabularyTrigram, VocabularyWord
from app.publiccode.spelling import distance, distance_of_beginning

SHORTEST = 4
"""Letters; what is shorter is near to too many words."""

MOST_COMPARED = 60
"""Words whose letters are compared: those that share most trigrams."""

LETTERS_OF_TWO_SLIPS = 8
"""A word this long may have two wrong letters, a shorter one only one."""


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """A word of the catalogue, and how many letters are different; the nearest sorts first."""

    distance: int
    rarity: int
    """Below zero: the number of software that have it."""
    spelling: str
    folded: str

    @property
    def documents(self) -> int:
        """How many software have it."""
        return -self.rarity


async def nearest(session: AsyncSession, word: str, *, begun: bool = False) -> list[Near]:
    """Known words that differ from this folded one in very few letters, the nearest first.

    Of one that is only begun, the beginnings of known words are compared.
    """
    if not SHORTEST <= len(word) <= words.LONGEST_WORD:
        return []
    rows = await session.execute(_CANDIDATES, _shared_by(word, begun=begun))
    compared = (
        Near(letters_apart(word, folded, begun=begun), -documents, spelling, folded)
        for spelling, folded, documents in rows
    )
    return sorted(near for near in compared if 0 < near.distance <= slips(word))


def slips(word: str) -> int:
    """How many letters of a word may be wrong."""
    if len(word) < SHORTEST:
        return 0
    return 2 if len(word) >= LETTERS_OF_TWO_SLIPS else 1


def letters_apart(word: str, other: str, *, begun: bool) -> int:
    """Letters to insert, remove, replace or swap; any number above `slips` once that is exceeded."""
    compare = distance_of_beginning if begun else distance
    return compare(word, other, slips(word))


def is_near_any(word: str, others: Iterable[str]) -> bool:
    """Whether one of these folded words may be meant by a word that is perhaps only begun."""
    shared = words.trigrams(word)
    return any(
        letters_apart(word, other, begun=True) <= slips(word)
        for other in others
        if shared & words.trigrams(other)
    )


def _shared_by(word: str, *, begun: bool) -> Mapping[str, object]:
    """What `_CANDIDATES` asks for. A wrong letter spoils three trigrams, two swapped ones four."""
    trigrams = words.trigrams(word)
    if begun:
        trigrams = {each for each in trigrams if not each.endswith(" ")}
    return {
        "trigrams": sorted(trigrams),
        "length": len(word),
        "shortest": len(word) - slips(word),
        "longest": words.LONGEST_WORD if begun else len(word) + slips(word),
        "least": max(1, len(trigrams) - 4 * slips(word)),
    }


def _candidates() -> Select[str, str, int]:
    """The words that share most trigrams, of about the same length."""
    length, spelling = col(VocabularyTrigram.length), col(VocabularyTrigram.spelling)
    shared = func.count().label("shared")
    sharing = (
        select(spelling)
        .where(
            col(VocabularyTrigram.trigram).in_(bindparam("trigrams", expanding=True)),
            length.between(bindparam("shortest"), bindparam("longest")),
        )
        .group_by(spelling, length)
        .having(shared >= bindparam("least"))
        .order_by(shared.desc(), func.abs(length - bindparam("length", type_=Integer)), spelling)
        .limit(MOST_COMPARED)
        .subquery()
    )
    return select(
        col(VocabularyWord.spelling), col(VocabularyWord.folded), col(VocabularyWord.documents)
    ).join(sharing, sharing.c.spelling == VocabularyWord.spelling)


_CANDIDATES = _candidates()
"""Made once: putting a statement together takes as long as answering it."""
