"""The sets that harvesters read: all that is published, in a catalogue, a country and so on.

Each row says since which change a software has been in a set, and stays when the software goes: so
whoever reads a set by date hears of all that became of it, deletions too.

Dates have to keep a promise that numbers keep by themselves: whoever has read up to a second never
misses what is committed later. Writers follow each other on both engines, each is dated here as its
last act before the commit, and never earlier than the one before it; so dates grow with numbers,
and what is committed later has the same second or a later one. Harvesters who go on from the moment
of a reply, instead of the latest date they have seen, would still miss what was dated before that
moment and committed after it. Therefore a date lies `SETTLING` ahead of the clock, longer than a
commit takes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.entry import Tier
from app.catalogue.tables import (
    Record,
    SetMember,
    Software,
    SoftwareCountry,
    SoftwareLanguage,
    SoftwareLicence,
)
from app.publiccode import vocabulary

SETTLING = timedelta(seconds=5)
"""How far dates lie ahead."""


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


_SAYINGS: Sequence[
    tuple[Kind, Mapped[str], ColumnElement[Any] | Mapped[Any], ColumnElement[bool] | Mapped[bool]]
] = (
    (Kind.ALL, col(Software.id), literal(EVERYTHING.value), true()),
    (Kind.STATUS, col(Software.id), col(Software.development_status), true()),
    (
        Kind.CATALOG,
        col(Record.software_id),
        col(Record.catalog_id),
        and_(col(Record.active), col(Record.tier) == Tier.PUBLISHED),
    ),
    (
        Kind.COUNTRY,
        col(SoftwareCountry.software_id),
        col(SoftwareCountry.country),
        col(SoftwareCountry.supported),
    ),
    (Kind.LICENSE, col(SoftwareLicence.software_id), col(SoftwareLicence.value), true()),
    (Kind.LANGUAGE, col(SoftwareLanguage.software_id), col(SoftwareLanguage.value), true()),
)
"""Where sets are said: by kind the columns of the software and the value, and which rows count."""


async def restate(session: AsyncSession, numbers: Mapping[str, int], *, now: datetime) -> None:
    """Write down in which sets these software are after the changes with these numbers.

    `now` is the moment of the commit, or as near to it as can be.
    """
    if not numbers:
        return
    datestamp = max(now.replace(microsecond=0) + SETTLING, await _newest(session) or now)
    before = await _before(session, numbers)
    said = await _said(session, numbers)
    places = {id: Place(datestamp, sequence) for id, sequence in numbers.items()}
    staying = {id for id in numbers if _stays(before.get(id, ()), said.get(id))}
    await _date(session, {id: places[id] for id in staying})
    others = [id for id in numbers if id not in staying]
    await bulk.remove(session, SetMember, col(SetMember.software_id), others)
    rows = [
        row for id in others for row in _restated(before.get(id, ()), said.get(id), id, places[id])
    ]
    await bulk.add(session, SetMember, rows)


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
    statement = select(col(SetMember.kind), col(SetMember.value)).distinct()
    statement = statement.where(
        col(SetMember.kind) != Kind.ALL, col(SetMember.standing) != Standing.LEFT
    )
    if among != EVERYTHING:
        statement = statement.where(_is_in(among))
    rows = await session.execute(statement)
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


async def _newest(session: AsyncSession) -> datetime | None:
    rows = await session.execute(
        select(col(SetMember.datestamp))
        .where(col(SetMember.kind) == EVERYTHING.kind, col(SetMember.value) == EVERYTHING.value)
        .order_by(col(SetMember.datestamp).desc(), col(SetMember.sequence).desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def _before(
    session: AsyncSession, ids: Collection[str]
) -> dict[str, list[tuple[Set, Standing, Place]]]:
    """`{software id: what it was to each set, and since when}`"""
    statement = select(
        col(SetMember.software_id),
        col(SetMember.kind),
        col(SetMember.value),
        col(SetMember.standing),
        col(SetMember.datestamp),
        col(SetMember.sequence),
    )
    found: dict[str, list[tuple[Set, Standing, Place]]] = {}
    for row in await bulk.among(session, statement, col(SetMember.software_id), ids):
        known = (
            Set(Kind(row.kind), row.value),
            Standing(row.standing),
            Place(row.datestamp, row.sequence),
        )
        found.setdefault(row.software_id, []).append(known)
    return found


async def _said(session: AsyncSession, ids: Collection[str]) -> dict[str, set[Set]]:
    """`{software id: sets}` by what is said of these now; only of what is published and active."""
    found: dict[str, set[Set]] = {}
    for some in bulk.portions(ids):
        shown = select(col(Software.id)).where(
            col(Software.active),
            col(Software.tier) == Tier.PUBLISHED,
            col(Software.id).in_(some),
        )
        sayings = union_all(
            *(
                select(id, literal(kind.value), value).where(id.in_(shown), condition)
                for kind, id, value, condition in _SAYINGS
            )
        )
        for id, kind, value in await session.execute(sayings):
            if (normal := _normal(Kind(kind), value)) is not None:
                found.setdefault(id, set()).add(Set(Kind(kind), normal))
    return found


def _normal(kind: Kind, value: str | None) -> str | None:
    """The one spelling of a value; None for what no list has: an invalid file may say anything."""
    match kind:
        case Kind.STATUS:
            return value if value in vocabulary.DEVELOPMENT_STATUSES else None
        case Kind.COUNTRY:
            return value if value in vocabulary.countries() else None
        case Kind.LANGUAGE if value:
            language = value.partition("-")[0].lower()
            return language if language in vocabulary.languages() else None
        case Kind.LICENSE if value:
            name = value.removesuffix("+").lower()
            return vocabulary.licences().get(name) or vocabulary.deprecated_licences().get(name)
        case _:
            return value


def _stays(before: Iterable[tuple[Set, Standing, Place]], said: Collection[Set] | None) -> bool:
    """Whether a software is in the sets that it was in, and is gone from none."""
    standings = {each: standing for each, standing, _ in before}
    been_in = {each for each, standing in standings.items() if standing is Standing.IN}
    return said == been_in and Standing.GONE not in standings.values()


async def _date(session: AsyncSession, places: Mapping[str, Place]) -> None:
    """Give these software a later place in all sets that they are in."""
    if not places:
        return
    connection = await session.connection()
    await connection.execute(
        update(SetMember)
        .where(
            col(SetMember.software_id) == bindparam("id"),
            col(SetMember.standing) == Standing.IN.value,
        )
        .values(datestamp=bindparam("since"), sequence=bindparam("number")),
        [
            {"id": id, "since": place.datestamp, "number": place.sequence}
            for id, place in places.items()
        ],
    )


def _restated(
    before: Iterable[tuple[Set, Standing, Place]], said: Collection[Set] | None, id: str, now: Place
) -> Iterator[dict[str, Any]]:
    """The rows of a software after a change; `said` are the sets it is in, None if it is gone."""

    def row(each: Set, standing: Standing, since: Place) -> dict[str, Any]:
        return {
            "software_id": id,
            "kind": each.kind.value,
            "value": each.value,
            "standing": standing.value,
            "datestamp": since.datestamp,
            "sequence": since.sequence,
        }

    yield from (row(each, Standing.IN, now) for each in sorted(said or ()))
    for each, standing, since in before:
        if said is None:
            is_news = standing is Standing.IN
            yield row(each, Standing.GONE, now) if is_news else row(each, standing, since)
        elif each not in said and each.kind is Kind.CATALOG:
            is_news = standing is not Standing.LEFT
            yield row(each, Standing.LEFT, now if is_news else since)
