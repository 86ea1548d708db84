"""What somebody who types may be looking for: software, organisations and categories by name.

What begins as was typed comes first, and then what would if a letter were not wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    exists,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import words
from app.catalogue.tables import (
    OrganisationNameStart,
    Software,
    SoftwareCategory,
    SoftwareNameStart,
    SoftwareOrganisation,
    VocabularyWord,
)
from app.catalogue.tables.names import NameStart
from app.publiccode import vocabulary
from app.search.facts import OWN_ORGANISATION
from app.search.labels import label
from app.search.nearest import is_near_any, nearest

ROWS_PER_PLACE = 4
"""Rows read for each one shown: a software has several names, and the most used ones are wanted."""

MOST_WORDS = 8
"""Of what was typed; names are found by no more."""

MOST_GUESSES = 5
"""Words that the one which is being typed may have been meant to be."""

BEYOND = "\U0010ffff"
"""Comes after every letter."""

Names: TypeAlias = Select[*tuple[Any, ...]]


class Kind(StrEnum):
    """What is suggested, in the order in which it is."""

    SOFTWARE = "software"
    ORGANISATION = "organisation"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One name. `key` is the id of a software, the URI of an organisation, or a category."""

    kind: Kind
    key: str
    name: str
    guessed: bool
    """It begins otherwise than what was typed."""


async def suggest(
    session: AsyncSession, typed: str, *, reader: str, limit: int
) -> list[Suggestion]:
    """At most `limit` of each kind, the best first; none where no word is begun yet."""
    row = list(words.split(typed))[:MOST_WORDS]
    if not row:
        return []
    found = await _named(session, [" ".join(row)], reader, limit, guessed=False)
    if len({(each.kind, each.key) for each in found}) < limit:
        found += await _named(session, await _meant(session, row), reader, limit, guessed=True)
    return list(_best([*found, *await _categories(session, row, reader)], limit))


def _best(found: Iterable[Suggestion], limit: int) -> Iterator[Suggestion]:
    """Each once, and so many of each kind; what is only guessed comes last."""
    left = dict.fromkeys(Kind, limit)
    seen = set()
    for each in sorted(found, key=lambda each: (each.guessed, [*Kind].index(each.kind))):
        if (each.kind, each.key) not in seen and left[each.kind]:
            seen.add((each.kind, each.key))
            left[each.kind] -= 1
            yield each


async def _named(
    session: AsyncSession, starts: Sequence[str], reader: str, limit: int, *, guessed: bool
) -> list[Suggestion]:
    """Software and organisations whose names start so: whole names first, then the most used."""
    if not starts:
        return []
    asked: dict[str, object] = {"most": limit * ROWS_PER_PLACE}
    for number, start in enumerate(starts):
        asked |= {f"from_{number}": start, f"to_{number}": start + BEYOND}
    rows = await session.execute(_names(len(starts)), asked)
    ordered = sorted(
        rows,
        key=lambda row: (
            row.number,
            not row.opening,
            row.start != starts[row.number],
            -row.users,
            row.language not in ("", reader),
            row.start,
            row.key,
        ),
    )
    return [Suggestion(Kind(row.kind), row.key, row.name, guessed) for row in ordered]


@cache
def _names(starts: int) -> CompoundSelect[*tuple[Any, ...]]:
    """Names with so many starts; made once, since that takes as long as answering."""
    return union_all(
        *(
            select(names(number, opening=opening).limit(bindparam("most")).subquery())
            for number in range(starts)
            for names in (_software, _organisations)
            for opening in (True, False)
        )
    )


def _software(number: int, *, opening: bool) -> Names:
    return (
        select(
            literal(Kind.SOFTWARE, String).label("kind"),
            col(SoftwareNameStart.software_id).label("key"),
            col(SoftwareNameStart.language).label("language"),
            col(Software.users).label("users"),
            *_start(SoftwareNameStart, number),
        )
        .join(Software, col(Software.id) == SoftwareNameStart.software_id)
        .where(col(Software.active).is_(True), *_starts(SoftwareNameStart, number, opening=opening))
        .order_by(col(SoftwareNameStart.start), col(SoftwareNameStart.software_id))
    )


def _organisations(number: int, *, opening: bool) -> Names:
    """Those that have software, which is what the suggestion leads to."""
    has_software = exists(
        select(SoftwareOrganisation)
        .join(Software, col(Software.id) == SoftwareOrganisation.software_id)
        .where(
            col(SoftwareOrganisation.uri) == OrganisationNameStart.uri,
            col(SoftwareOrganisation.role) == OWN_ORGANISATION,
            col(Software.active).is_(True),
        )
    )
    return (
        select(
            literal(Kind.ORGANISATION, String).label("kind"),
            col(OrganisationNameStart.uri).label("key"),
            literal("", String).label("language"),
            literal(0, Integer).label("users"),
            *_start(OrganisationNameStart, number),
        )
        .where(has_software, *_starts(OrganisationNameStart, number, opening=opening))
        .order_by(col(OrganisationNameStart.start), col(OrganisationNameStart.uri))
    )


def _start(names: type[NameStart], number: int) -> Sequence[ColumnElement[Any]]:
    return (
        literal(number, Integer).label("number"),
        col(names.start).label("start"),
        col(names.opening).label("opening"),
        col(names.name).label("name"),
    )


def _starts(names: type[NameStart], number: int, *, opening: bool) -> Sequence[ColumnElement[bool]]:
    return (
        col(names.opening).is_(opening),
        col(names.start) >= bindparam(f"from_{number}"),
        col(names.start) < bindparam(f"to_{number}"),
    )


async def _meant(session: AsyncSession, row: Sequence[str]) -> list[str]:
    """The same words without their slips: of the last, which is perhaps only begun, several guesses."""
    *earlier, last = row
    known = set(
        await session.scalars(
            select(col(VocabularyWord.folded)).where(col(VocabularyWord.folded).in_(earlier))
        )
    )
    corrected = []
    for word in earlier:
        near = [] if word in known else await nearest(session, word)
        corrected.append(near[0].folded if near else word)
    guesses = [near.folded for near in await nearest(session, last, begun=True)]
    lasts = list(dict.fromkeys(guesses))[:MOST_GUESSES]
    if corrected != earlier:
        lasts = [last, *lasts]
    return [" ".join([*corrected, each]) for each in lasts]


async def _categories(session: AsyncSession, row: Sequence[str], reader: str) -> list[Suggestion]:
    """Categories of the standard, as far as there is software in them."""
    begun = " ".join(row)
    starts = _category_starts(reader)
    certain = [name for name in starts if any(each.startswith(begun) for each in starts[name])]
    guessed = [
        name
        for name in starts
        if name not in certain and len(row) == 1 and is_near_any(begun, _first_words(starts[name]))
    ]
    asked = {f"category_{number}": name for number, name in enumerate(certain + guessed)}
    used = set(await session.scalars(_used(len(asked)), asked)) if asked else set()
    return [
        Suggestion(Kind.CATEGORY, name, label("category", name, reader), name in guessed)
        for name in certain + guessed
        if name in used
    ]


@cache
def _used(categories: int) -> CompoundSelect[str]:
    """Those of so many categories that active software has."""
    category = col(SoftwareCategory.value)
    return union_all(
        *(
            select(
                select(category)
                .join(Software, col(Software.id) == SoftwareCategory.software_id)
                .where(category == bindparam(f"category_{number}"), col(Software.active).is_(True))
                .limit(1)
                .subquery()
            )
            for number in range(categories)
        )
    )


def _first_words(starts: Iterable[str]) -> Iterator[str]:
    return (start.partition(" ")[0] for start in starts)


@cache
def _category_starts(reader: str) -> Mapping[str, Sequence[str]]:
    """`{category: how its names begin}`, in the order of what readers see."""
    found = {
        name: [*words.starts(label("category", name, reader)), *words.starts(name)]
        for name in vocabulary.categories()
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))
