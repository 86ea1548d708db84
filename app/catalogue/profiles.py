"""Software in full: all that its records say together, and where each of them is from.

What is written for other systems (RDF, CodeMeta) is made of this.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, load_only
from sqlmodel import col

from app.catalogue import overrides, tombstones
from app.catalogue.entry import Tier
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.listing import page_of
from app.catalogue.merge import by_authority, heard, primary
from app.catalogue.remake import describe
from app.catalogue.tables import Record, Software, SoftwareUrl
from app.pagination import Page, PageRequest
from app.publiccode import Description


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue that says something; the origin is the one that read the file first, if not we."""

    catalog_id: str
    origin_catalog: str | None
    origin_id: str | None
    first_seen: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """One software; `urls` begin with the canonical one, `sources` with the most trusted."""

    id: str
    urls: tuple[str, ...]
    description: Description
    sources: tuple[Source, ...]
    tier: Tier
    active: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFilter:
    """Which software is wanted; of one catalogue, it is as that catalogue describes it."""

    catalog_id: str | None = None
    modified_since: datetime | None = None


EVERYTHING = ProfileFilter()

_SOFTWARE = load_only(
    *(Software.id, Software.active, Software.created_at, Software.updated_at),  # type: ignore[arg-type]  # SQLModel's attributes are typed as their values
    raiseload=True,
)
_RECORD = (
    defer(Record.raw, raiseload=True),  # type: ignore[arg-type]  # as above
    defer(Record.report, raiseload=True),  # type: ignore[arg-type]  # as above
)


async def get(session: AsyncSession, id: str) -> Profile:
    """The software with this id, or what it was merged into, active or not.

    Raises SoftwareNotFound.
    """
    found = await some(session, [await tombstones.survivor(session, id)])
    if not found:
        raise SoftwareNotFound(id)
    return next(iter(found.values()))


async def some(
    session: AsyncSession, ids: Collection[str], *, catalog_id: str | None = None
) -> dict[str, Profile]:
    """`{id: profile}` of those that there are, active or not; as this catalogue has them if named."""
    statement = select(Software).options(_SOFTWARE).where(col(Software.id).in_(ids))
    if catalog_id is not None:
        said = select(col(Record.software_id)).where(col(Record.catalog_id) == catalog_id)
        statement = statement.where(col(Software.id).in_(said))
    rows = (await session.execute(statement)).scalars().all()
    return {each.id: each for each in await _profiles(session, rows, catalog_id)}


async def page(session: AsyncSession, wanted: ProfileFilter, page: PageRequest) -> Page[Profile]:
    """Active software that is published, by (created_at, id), oldest first."""
    place = (col(Software.created_at), col(Software.id))
    statement = select(Software, *place).options(_SOFTWARE)
    statement = statement.where(col(Software.active), col(Software.tier) == Tier.PUBLISHED)
    if wanted.modified_since:
        statement = statement.where(col(Software.updated_at) >= wanted.modified_since)
    if wanted.catalog_id is not None:
        said = select(col(Record.software_id)).where(
            col(Record.catalog_id) == wanted.catalog_id,
            col(Record.active),
            col(Record.tier) == Tier.PUBLISHED,
        )
        statement = statement.where(col(Software.id).in_(said))
    found = await page_of(session, statement, place, page)
    rows = [row.Software for row in found.items]
    return replace(found, items=await _profiles(session, rows, wanted.catalog_id))


async def _profiles(
    session: AsyncSession, rows: Sequence[Software], catalog_id: str | None
) -> list[Profile]:
    """In the order of the rows."""
    ids = [row.id for row in rows]
    statement = select(Record).options(*_RECORD).where(col(Record.software_id).in_(ids))
    if catalog_id is not None:
        statement = statement.where(col(Record.catalog_id) == catalog_id)
    records: dict[str, list[Record]] = {}
    for record in (await session.execute(statement)).scalars():
        records.setdefault(record.software_id, []).append(record)
    shown = {id: primary(records[id]).id for id in ids}
    named = await session.execute(
        select(col(SoftwareUrl.record_id), col(SoftwareUrl.url))
        .where(col(SoftwareUrl.record_id).in_(shown.values()))
        .order_by(col(SoftwareUrl.record_id), col(SoftwareUrl.position))
    )
    addresses: dict[str, list[str]] = {}
    for record_id, url in named:
        addresses.setdefault(record_id, []).append(url)
    decided = {} if catalog_id else await overrides.values(session, ids)
    return [
        Profile(
            id=row.id,
            urls=tuple(addresses[shown[row.id]]),
            description=describe(records[row.id], decided.get(row.id)),
            sources=tuple(_source(record) for record in by_authority(records[row.id])),
            tier=Tier(heard(records[row.id])[0].tier),
            active=row.active,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _source(record: Record) -> Source:
    return Source(
        catalog_id=record.catalog_id,
        origin_catalog=record.origin_catalog,
        origin_id=record.origin_id,
        first_seen=record.first_seen,
        updated_at=record.updated_at,
    )
