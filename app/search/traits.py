"""What two pieces of software can have in common: as data, each worth with an example beside it.

The rarer a trait is, the more it says. What more than `MOST_BEARERS` have says next to nothing, and
finds nobody: so an answer costs much the same among a thousand and among a hundred thousand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue.tables import (
    Software,
    SoftwareCategory,
    SoftwareDependency,
    SoftwareOrganisation,
    SoftwareSupport,
)
from app.many import is_one_of
from app.search.engines import text_table
from app.search.terms import Term

MOST_BEARERS = 500
MOST_PER_KIND = 30
"""Of one software, the first in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One value of one kind; `kind` is a code of `KINDS`, or `WORDS`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Traits of one kind: what they are worth, and the columns (software, value) that hold them."""

    code: str
    worth: float
    software_id: Mapped[str]
    value: Mapped[Any]
    finds: bool = True
    """Whether having one in common is enough to be looked at."""


WORDS = "words"
WORTH_OF_WORDS = 0.30
"""Both speak of "gatlyktor" and of "skräp"; that both speak of "kommun" is nothing."""

KINDS = (
    # Both are for managing tasks.
    Kind("category", 0.30, col(SoftwareCategory.software_id), col(SoftwareCategory.value)),
    # Both need GeoServer: whoever runs the one can run the other.
    Kind("dependency", 0.12, col(SoftwareDependency.software_id), col(SoftwareDependency.name)),
    # Both keep to Open311, so that the one can take the other's place.
    Kind("supports", 0.12, col(SoftwareSupport.software_id), col(SoftwareSupport.value)),
    # Both are Storabro's, or paid for by it: who answers for the one knows the other.
    Kind(
        "organisation",
        0.10,
        col(SoftwareOrganisation.software_id),
        col(SoftwareOrganisation.uri),
    ),
    # Of two for the same purpose, an app stands nearer to an app than a library does.
    Kind("softwareType", 0.06, col(Software.id), col(Software.software_type), finds=False),
)
WORTHS: Mapping[str, float] = {WORDS: WORTH_OF_WORDS, **{kind.code: kind.worth for kind in KINDS}}
_BY_CODE = {kind.code: kind for kind in KINDS}


def rarity(bearers: int) -> float:
    """What having it in common says: 0.63 where only two have it, 0.11 where hundreds do."""
    return 1 / log2(1 + bearers)


def finds(trait: Trait, bearers: int) -> bool:
    """Whether the others that have it are few enough to be looked at."""
    able = trait.kind == WORDS or _BY_CODE[trait.kind].finds
    return able and bearers <= MOST_BEARERS


async def traits_of(session: AsyncSession, id: str) -> list[Trait]:
    """What a software has, but for its words."""
    found = []
    for kind in KINDS:
        statement = select(kind.value).where(kind.software_id == id, kind.value.is_not(None))
        values = sorted({value for (value,) in await session.execute(statement)})
        found += [Trait(kind.code, value) for value in values[:MOST_PER_KIND]]
    return found


async def bearers(session: AsyncSession, traits: Sequence[Trait]) -> dict[Trait, int]:
    """How many have each trait; one more than `MOST_BEARERS` stands for any number above it."""
    counts = (
        select(
            literal(place),
            select(func.count())
            .select_from(_having(session, trait).limit(MOST_BEARERS + 1).subquery())
            .scalar_subquery(),
        )
        for place, trait in enumerate(traits)
    )
    return {traits[place]: count for place, count in await _rows(session, counts)}


async def holders(session: AsyncSession, traits: Sequence[Trait]) -> dict[str, set[Trait]]:
    """`{software id: which of these traits it has}`, active software only."""
    found: dict[str, set[Trait]] = {}
    held = (
        _having(session, trait).add_columns(literal(place)) for place, trait in enumerate(traits)
    )
    for id, place in await _rows(session, held):
        found.setdefault(id, set()).add(traits[place])
    # Not joined: without statistics, SQLite would walk through all that is active, for each trait.
    standing = select(col(Software.id), col(Software.active))
    rows = await session.execute(standing.where(is_one_of(col(Software.id), found)))
    return {id: found[id] for id, is_active in rows if is_active}


async def held_by(
    session: AsyncSession, ids: Collection[str], traits: Collection[Trait]
) -> dict[str, set[Trait]]:
    """`{software id: which of these traits it has}` of these, but for their words."""
    held = (
        select(kind.software_id, literal(kind.code), kind.value).where(
            kind.software_id.in_(ids),
            kind.value.in_([trait.value for trait in traits if trait.kind == kind.code]),
        )
        for kind in KINDS
    )
    found: dict[str, set[Trait]] = {id: set() for id in ids}
    for id, code, value in await _rows(session, held):
        found[id].add(Trait(code, value))
    return found


def _having(session: AsyncSession, trait: Trait) -> Select[str]:
    """The ids of software that has this trait."""
    if trait.kind == WORDS:
        return text_table(session).having([Term(((trait.value,),))])
    kind = _BY_CODE[trait.kind]
    return select(kind.software_id).where(kind.value == trait.value)


async def _rows(
    session: AsyncSession, statements: Iterable[Select[*tuple[Any, ...]]]
) -> Sequence[Any]:
    """What these statements say, asked all at once."""
    together = list(statements)
    return (await session.execute(union_all(*together))).all() if together else ()
