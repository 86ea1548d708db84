"""The words that the catalogue knows, as people spell them, and in how many software each occurs.

Search asks here what a word may have been meant to be. Words come from names, short descriptions
and features; those of long descriptions are found, but never suggested.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue import bulk
from app.catalogue.tables import SoftwareWords, VocabularyTrigram, VocabularyWord

TRIGRAM_KEY = {
    "trigram": col(VocabularyTrigram.trigram),
    "length": col(VocabularyTrigram.length),
    "spelling": col(VocabularyTrigram.spelling),
}


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
    # In their order: each page of the index is written once.
    if rows := sorted(_trigrams(counts)):
        await bulk.add_values(session, VocabularyTrigram, tuple(TRIGRAM_KEY), rows)


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
        if rows := list(_trigrams(gone.scalars())):
            connection = await session.connection()
            same = (column == bindparam(f"its_{name}") for name, column in TRIGRAM_KEY.items())
            await connection.execute(
                delete(VocabularyTrigram).where(*same),
                [
                    {f"its_{name}": value for name, value in zip(TRIGRAM_KEY, row, strict=True)}
                    for row in rows
                ],
            )


def _trigrams(spellings: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """The keys by which these words are found that are misspelt."""
    for spelling in spellings:
        word = folded(spelling)
        for trigram in words.trigrams(word):
            yield trigram, len(word), spelling


def folded(spelling: str) -> str:
    """The word as search compares it."""
    return next(words.split(spelling))
