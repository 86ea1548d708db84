"""Software that is like another, the most alike first, and what the two have in common."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from math import sqrt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue import tombstones
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.tables import Organisation, Software
from app.search.labels import label
from app.search.reasons import Reason, Shared
from app.search.results import Choice, Text, texts_of
from app.search.summaries import summaries
from app.search.terms import little_words
from app.search.traits import (
    WORDS,
    WORTHS,
    Trait,
    bearers,
    finds,
    held_by,
    holders,
    rarity,
    traits_of,
)

MOST_WORDS = 100
MOST_LINES = 200
LONGEST_LINE = 500
"""Of one software, the first words in the first characters of its first short texts."""
MOST_COMPARED = 24
"""The rarest traits of one software, by which others are found."""
MOST_CANDIDATES = 100
"""Of those found, the most promising ones, which are compared in everything."""
SHORTEST_WORD = 3

ALIAS = "alias:"
"""Before the short names of what software supports."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Similar:
    """A software as a search would show it, how much it is alike from 0 to 1, and why."""

    shown: dict[str, Any]
    score: float
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Subject:
    """The software that others are compared with.

    `rarities` are those of its traits that others have as well; `telling` are those by which they
    are found. `spelled` is how it writes the stems of its words.
    """

    id: str
    rarities: Mapping[Trait, float]
    telling: Sequence[Trait]
    spelled: Mapping[str, str]

    def score(self, common: Collection[Trait]) -> float:
        """What share of each kind is common, the rare counting more, by what the kind is worth."""
        return sum(
            worth * sqrt(self._weight(code, common) / self._weight(code, self.rarities))
            for code, worth in WORTHS.items()
            if self._weight(code, common)
        )

    def best(self, common: Mapping[str, Collection[Trait]], most: int) -> list[tuple[str, float]]:
        """(id, score) of those that have most in common."""
        scores = ((id, round(self.score(traits), 4)) for id, traits in common.items())
        return sorted(scores, key=lambda each: (-each[1], each[0]))[:most]

    def rarest_first(self, traits: Iterable[Trait]) -> list[Trait]:
        """The traits in the order of what they say."""
        return sorted(traits, key=lambda trait: (-self.rarities[trait], trait.kind, trait.value))

    def _weight(self, code: str, traits: Iterable[Trait]) -> float:
        """The square of a vector's length: each trait is a direction, and as long as it is rare."""
        # In order, or the sum of the same fractions could differ in its last digit.
        return sum(sorted(self.rarities[trait] ** 2 for trait in traits if trait.kind == code))


async def similar(
    session: AsyncSession, id: str, *, limit: int, choose: Choice, language: str
) -> list[Similar]:
    """Active software that has something telling in common with this one, the most alike first.

    What was merged into other software is found under its old id. Raises SoftwareNotFound.
    """
    subject = await _subject(session, id)
    common = await _in_common(session, subject)
    best = subject.best(common, limit)
    shown = await summaries(session, [each for each, _ in best], choose)
    names = await _names(session, subject.rarities)
    return [
        Similar(shown[each].shown, score, list(_reasons(subject, common[each], names, language)))
        for each, score in best
    ]


async def _subject(session: AsyncSession, asked: str) -> Subject:
    id = await tombstones.survivor(session, asked)
    software = await session.get(Software, id)
    if software is None:
        raise SoftwareNotFound(asked)
    spelled = _spelled(software, (await texts_of(session, [id])).get(id, {}))
    own = [*await traits_of(session, id), *(Trait(WORDS, stem) for stem in spelled)]
    counts = {trait: count for trait, count in (await bearers(session, own)).items() if count > 1}
    rarest = sorted(counts, key=lambda trait: (counts[trait], trait.kind, trait.value))
    telling = [trait for trait in rarest if finds(trait, counts[trait])]
    in_words = [trait for trait in telling if trait.kind == WORDS][:MOST_COMPARED]
    others = [trait for trait in rarest if trait.kind != WORDS]
    return Subject(
        id=id,
        rarities={trait: rarity(counts[trait]) for trait in (*others, *in_words)},
        telling=[*(trait for trait in telling if trait.kind != WORDS)][:MOST_COMPARED] + in_words,
        spelled=spelled,
    )


async def _in_common(session: AsyncSession, subject: Subject) -> dict[str, set[Trait]]:
    """`{id: traits}` of the most promising software: all that it has in common with the subject."""
    found = await holders(session, subject.telling)
    found.pop(subject.id, None)
    promising = [id for id, _ in subject.best(found, MOST_CANDIDATES)]
    held = await held_by(session, promising, subject.rarities)
    return {id: found[id] | held[id] for id in promising}


def _spelled(software: Software, texts: Mapping[str, Text]) -> dict[str, str]:
    """`{stem: word}` of the first words in the short texts, as they are written there first."""
    spelled: dict[str, str] = {}
    for language, text in islice(_short_texts(software, texts), MOST_LINES):
        for word in _WORD.findall(unicodedata.normalize("NFC", text[:LONGEST_LINE])):
            folded = words.fold(word)
            if len(folded) < SHORTEST_WORD or folded in little_words():
                continue
            stem = words.stems(word, language)
            if stem.isalnum():
                spelled.setdefault(stem, word)
            if len(spelled) == MOST_WORDS:
                return spelled
    return spelled


def _short_texts(software: Software, texts: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    """(language, text), what is said in every language taking turns."""
    yield software.language or "", software.name or ""
    in_turns = zip_longest(*([(tag, each) for each in _lines(text)] for tag, text in texts.items()))
    for turn in in_turns:
        yield from (each for each in turn if each)


def _lines(text: Text) -> Iterator[str]:
    short = (text.localised_name, text.generic_name, text.short_description, *text.features)
    return (each for each in short if each)


def _reasons(
    subject: Subject, common: Iterable[Trait], names: Mapping[str, str], language: str
) -> Iterator[Reason]:
    """What is in common, kind by kind, that which counts most first."""
    by_kind: dict[str, list[Trait]] = {}
    for trait in subject.rarest_first(common):
        by_kind.setdefault(trait.kind, []).append(trait)
    for code in sorted(by_kind, key=lambda code: (-subject.score(by_kind[code]), code)):
        yield Reason(
            code,
            [Shared(*_called(trait, subject, names, language)) for trait in by_kind[code]],
        )


def _called(
    trait: Trait, subject: Subject, names: Mapping[str, str], language: str
) -> tuple[str, str]:
    """A value, and what it is called."""
    match trait.kind:
        case "words":
            return subject.spelled[trait.value], subject.spelled[trait.value]
        case "organisation":
            return trait.value, names.get(trait.value, trait.value)
        case "supports":
            return trait.value, trait.value.removeprefix(ALIAS)
        case _:
            return trait.value, label(trait.kind, trait.value, language)


async def _names(session: AsyncSession, traits: Iterable[Trait]) -> dict[str, str]:
    """`{URI: name}` of the organisations among these traits."""
    uris = [trait.value for trait in traits if trait.kind == "organisation"]
    rows = await session.execute(
        select(col(Organisation.uri), col(Organisation.name)).where(col(Organisation.uri).in_(uris))
    )
    return {uri: name for uri, name in rows if name}
