"""What a change does to the sets of its software: it enters some, and leaves others.

Dates have to keep a promise that numbers keep by themselves: whoever has read up to a second never
misses what is committed later. Writers follow each other on both engines, each is dated here as its
last act before the commit, and never earlier than the one before it; so dates grow with numbers,
and what is committed later has the same second or a later one. Harvesters who go on from the moment
of a reply, instead of the latest date they have seen, would still miss what was dated before that
moment and committed after it. Therefore a date lies `SETTLING` ahead of the clock, longer than a
commit takes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.entry import Tier
from app.catalogue.sets import EVERYTHING, Kind, Place, Set, Standing
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


_SAYINGS: Sequence[tuple[Kind, Mapped[str], Mapped[str], ColumnElement[bool] | Mapped[bool]]] = (
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
"""Where sets are said beside software: by kind the columns of the software and the value, and which
rows count."""


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
    known = [id for id in others if id in before]
    await bulk.remove(session, SetMember, col(SetMember.software_id), known)
    rows = [
        row for id in others for row in _restated(before.get(id, ()), said.get(id), id, places[id])
    ]
    await bulk.add(session, SetMember, rows)


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
    standing = select(
        col(Software.id), col(Software.active), col(Software.tier), col(Software.development_status)
    )
    software = await bulk.among(session, standing, col(Software.id), ids)
    # Not in the statement: without statistics, SQLite would walk through all that is shown instead.
    shown = [row for row in software if row.active and row.tier == Tier.PUBLISHED]
    found = {row.id: {EVERYTHING} for row in shown}
    said = [(row.id, Kind.STATUS, row.development_status) for row in shown]
    for kind, software_id, column, counts in _SAYINGS:
        rows = await bulk.among(
            session, select(software_id, column).where(counts), software_id, found
        )
        said += ((id, kind, value) for id, value in rows)
    for id, kind, value in said:
        if (normal := _normal(kind, value)) is not None:
            found[id].add(Set(kind, normal))
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
