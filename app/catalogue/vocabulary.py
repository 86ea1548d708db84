"""The words that the catalogue knows, as people spell them, and in how many software each occurs.

Search asks here what a word may have been meant to be. Words come from names, short descriptions
and features; those of long descriptions are found, but never suggested.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue import bulk
from app.catalogue.tables import SoftwareWords, VocabularyTrigram, VocabularyWord


async def change(session: AsyncSession, before: Iterable[str], after: Iterable[str]) -> None:
    """Count words anew: software had these before, and has those now."""
    gained = Counter(after)
    gained.subtract(Counter(before))
    counts = {spelling: count for spelling, count in sorted(gained.items()) if count}
    stored = select(col(VocabularyWord.spelling))
    known = {
        spelling
        for (spelling,) in await bulk.among(session, stored, col(VocabularyWord.spelling), counts)
    }
    new = {each: count for each, count in counts.items() if each not in known and count > 0}
    await _learn(session, new)
    await _recount(session, {each: count for each, count in counts.items() if each in known})
    await _unlearn(session, [each for each, count in counts.items() if each in known and count < 0])


async def forget(session: AsyncSession, software_ids: Iterable[str]) -> None:
    """Count the words of this software no more, which is about to be deleted."""
    spellings = select(col(SoftwareWords.spellings))
    rows = await bulk.among(session, spellings, col(SoftwareWords.software_id), software_ids)
    await change(session, (word for (text,) in rows for word in text.split()), ())


async def _learn(session: AsyncSession, counts: Mapping[str, int]) -> None:
    await bulk.add(
        session,
        VocabularyWord,
        [
            {"spelling": each, "folded": folded(each), "documents": count}
            for each, count in counts.items()
        ],
    )
    await bulk.add(
        session,
        VocabularyTrigram,
        [
            {"trigram": trigram, "length": len(folded(each)), "spelling": each}
            for each in counts
            for trigram in sorted(words.trigrams(folded(each)))
        ],
    )


async def _recount(session: AsyncSession, counts: Mapping[str, int]) -> None:
    if not counts:
        return
    connection = await session.connection()
    await connection.execute(
        update(VocabularyWord)
        .where(col(VocabularyWord.spelling) == bindparam("word"))
        .values(documents=VocabularyWord.documents + bindparam("by")),
        [{"word": each, "by": count} for each, count in counts.items()],
    )


async def _unlearn(session: AsyncSession, spellings: Sequence[str]) -> None:
    """Forget those of the words that no software has any more."""
    for some in bulk.portions(spellings):
        gone = await session.execute(
            delete(VocabularyWord)
            .where(col(VocabularyWord.spelling).in_(some), col(VocabularyWord.documents) < 1)
            .returning(col(VocabularyWord.spelling))
            .execution_options(synchronize_session=False)
        )
        for spelling in gone.scalars().all():
            await session.execute(
                delete(VocabularyTrigram)
                .where(
                    col(VocabularyTrigram.trigram).in_(words.trigrams(folded(spelling))),
                    col(VocabularyTrigram.length) == len(folded(spelling)),
                    col(VocabularyTrigram.spelling) == spelling,
                )
                .execution_options(synchronize_session=False)
            )


def folded(spelling: str) -> str:
    """The word as search compares it."""
    return next(words.split(spelling))
