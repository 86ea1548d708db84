"""The sets that harvesters read: all that is published, in a catalogue, a country and so on.

Each row says since which change a software has been in a set, and stays when the software goes: so
whoever reads a set by date hears of all that became of it, deletions too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.tables import SetMember


class Kind(StrEnum):
    """By what software is put into sets."""

    ALL = "all"
    CATALOG = "catalog"
    COUNTRY = "country"
    LICENSE = "license"
    STATUS = "status"
    LANGUAGE = "lang"


class Standing(StrEnum):
    """What a software is to a set. `GONE` is from everywhere, `LEFT` only from a catalogue."""

    IN = "in"
    LEFT = "left"
    GONE = "gone"


@dataclass(frozen=True, slots=True, order=True)
class Set:
    """Software that has something in common; a catalogue is named by its id."""

    kind: Kind
    value: str


EVERYTHING = Set(Kind.ALL, "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is in a set."""

    datestamp: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Member:
    """A software of a set, or one that was in it and is `gone`."""

    id: str
    gone: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a harvester asks for: of `among`, what is in `within` too, up to the change `last`.

    `among` is everything or a catalogue. A kind of sets is all of them together. Both seconds belong
    to what is asked for.
    """

    among: Set = EVERYTHING
    within: Set | Kind | None = None
    since: datetime | None = None
    until: datetime | None = None
    last: int


async def members(
    session: AsyncSession, selection: Selection, after: Place | None, limit: int
) -> list[Member]:
    """What follows a place, by date and number, at most `limit`."""
    rows = await session.execute(
        _after(_selected(selection), after)
        .order_by(col(SetMember.datestamp), col(SetMember.sequence))
        .limit(limit)
    )
    return [_member(row) for row in rows.scalars()]


async def count(session: AsyncSession, selection: Selection) -> int | None:
    """About how many members there are, what is gone and has left among them.

    That is a look at one range of the index; None where each member would have to be looked at.
    """
    leading, rest = _leading(selection)
    if rest is not None:
        return None
    statement = select(func.count()).select_from(SetMember).where(*_range(leading, selection))
    return (await session.execute(statement)).scalar_one()


async def member(session: AsyncSession, id: str, among: Set = EVERYTHING) -> Member | None:
    """What this software is to the set; None if it has never been in it."""
    row = await session.get(SetMember, (id, among.kind, among.value))
    return _member(row) if row else None


async def of(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Set]]:
    """`{software id: sets}` in which these are, or were when they went; in order, without `ALL`."""
    said = select(col(SetMember.software_id), col(SetMember.kind), col(SetMember.value)).where(
        col(SetMember.kind) != Kind.ALL, col(SetMember.standing) != Standing.LEFT
    )
    found: dict[str, list[Set]] = {}
    for id, kind, value in await bulk.among(session, said, col(SetMember.software_id), ids):
        found.setdefault(id, []).append(Set(Kind(kind), value))
    return {id: sorted(each) for id, each in found.items()}


async def used(session: AsyncSession, among: Set = EVERYTHING) -> list[Set]:
    """The sets that have or had a member, in order, without `ALL`."""
    kind, value = col(SetMember.kind), col(SetMember.value)
    # First all, from their index: to look at each member's standing takes SQLite ten times as long.
    named = select(kind, value).where(kind != Kind.ALL).distinct().subquery()
    has_member = exists().where(
        kind == named.c.kind, value == named.c.value, col(SetMember.standing) != Standing.LEFT
    )
    if among != EVERYTHING:
        has_member = has_member.where(_is_in(among))
    rows = await session.execute(select(named).where(has_member))
    return sorted(Set(Kind(kind), value) for kind, value in rows)


async def earliest(session: AsyncSession, among: Set = EVERYTHING) -> datetime | None:
    """The first date of the set; None while nothing has been in it."""
    rows = await session.execute(
        select(func.min(SetMember.datestamp)).where(
            col(SetMember.kind) == among.kind, col(SetMember.value) == among.value
        )
    )
    return rows.scalar_one()


def _member(row: SetMember) -> Member:
    place = Place(row.datestamp, row.sequence)
    return Member(row.software_id, row.standing != Standing.IN, place)


def _selected(selection: Selection) -> Select[SetMember]:
    leading, rest = _leading(selection)
    statement = select(SetMember).where(*_range(leading, selection))
    if leading.kind is Kind.CATALOG and selection.among == EVERYTHING:
        # It is still elsewhere, and a record has one state wherever it is read.
        statement = statement.where(col(SetMember.standing) != Standing.LEFT)
    return statement if rest is None else statement.where(_is_in(rest))


def _leading(selection: Selection) -> tuple[Set, Set | Kind | None]:
    """The set whose range of the index is read, and in what else its members must be."""
    among, within = selection.among, selection.within
    if among == EVERYTHING and isinstance(within, Set):
        return within, None
    return among, within


def _range(leading: Set, selection: Selection) -> Iterator[ColumnElement[bool]]:
    yield col(SetMember.kind) == leading.kind
    yield col(SetMember.value) == leading.value
    yield col(SetMember.sequence) <= selection.last
    if selection.since:
        yield col(SetMember.datestamp) >= selection.since
    if selection.until:
        yield col(SetMember.datestamp) <= selection.until.replace(microsecond=999_999)


def _after(statement: Select[SetMember], place: Place | None) -> Select[SetMember]:
    if place is None:
        return statement
    here = tuple_(col(SetMember.datestamp), col(SetMember.sequence))
    return statement.where(here > (place.datestamp, place.sequence))


def _is_in(wanted: Set | Kind) -> ColumnElement[bool]:
    other = aliased(SetMember)
    statement = exists().where(
        col(other.software_id) == SetMember.software_id, col(other.standing) != Standing.LEFT
    )
    if isinstance(wanted, Kind):
        return statement.where(col(other.kind) == wanted)
    return statement.where(col(other.kind) == wanted.kind, col(other.value) == wanted.value)
