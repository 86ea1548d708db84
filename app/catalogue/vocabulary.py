"""The words that the catalogue knows, as people spell them, and in how many software each occurs.

Search asks here what a word may have been meant to be. Words come from names, short descriptions
and features; those of long descriptions are found, but never suggested.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.tables import SoftwareWords, VocabularyTrigram, VocabularyWord

AT_ONCE = 500
"""Words of one statement; the engines have limits."""


async def learnt_from(session: AsyncSession, software_id: str) -> set[str]:
    """The words that were counted for this software."""
    statement = select(col(SoftwareWords.spellings)).where(
        col(SoftwareWords.software_id) == software_id
    )
    return set(((await session.execute(statement)).scalar_one_or_none() or "").split())


async def change(session: AsyncSession, before: Collection[str], after: Collection[str]) -> None:
    """Count the words of a software anew: it had these before, and has those now."""
    for some in _in_parts(set(after) - set(before)):
        await _gain(session, some)
    for some in _in_parts(set(before) - set(after)):
        await _lose(session, some)


async def forget(session: AsyncSession, software_id: str) -> None:
    """Count the words of a software no more, which is about to be deleted."""
    await change(session, await learnt_from(session, software_id), ())


async def _gain(session: AsyncSession, spellings: Sequence[str]) -> None:
    known = await session.execute(
        update(VocabularyWord)
        .where(col(VocabularyWord.spelling).in_(spellings))
        .values(documents=VocabularyWord.documents + 1)
        .returning(col(VocabularyWord.spelling))
        .execution_options(synchronize_session=False)
    )
    new = sorted(set(spellings) - set(known.scalars()))
    if not new:
        return
    await session.execute(
        insert(VocabularyWord),
        [{"spelling": each, "folded": folded(each), "documents": 1} for each in new],
    )
    await session.execute(
        insert(VocabularyTrigram),
        [
            {"trigram": trigram, "length": len(folded(each)), "spelling": each}
            for each in new
            for trigram in sorted(words.trigrams(folded(each)))
        ],
    )


async def _lose(session: AsyncSession, spellings: Sequence[str]) -> None:
    lost = col(VocabularyWord.spelling).in_(spellings)
    await session.execute(
        update(VocabularyWord)
        .where(lost)
        .values(documents=VocabularyWord.documents - 1)
        .execution_options(synchronize_session=False)
    )
    gone = await session.execute(
        delete(VocabularyWord)
        .where(lost, col(VocabularyWord.documents) < 1)
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


def _in_parts(spellings: set[str]) -> Iterator[Sequence[str]]:
    """In order: whoever writes at the same time meets them in the same one."""
    ordered = sorted(spellings)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
