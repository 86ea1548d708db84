"""What other catalogues copy: each thing whole, and a software with the records it is made of.

A part of it is what one catalogue has: the software it says something about, its publishers, and
the catalogue itself. Bundles belong to no catalogue.
"""

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue import bundles, catalogs, documents, publishers, software
from app.catalogue.entry import Entry, Identifier, Scheme, Tier
from app.catalogue.tables import (
    Bundle,
    Catalog,
    Publisher,
    Record,
    RecordIdentifier,
    Software,
    SoftwareUrl,
)

Ids: TypeAlias = Select[str]

COPIES_AT_ONCE = 100


class Kind(StrEnum):
    """What there is to copy, as the change log calls it."""

    SOFTWARE = "software"
    PUBLISHER = "publisher"
    CATALOG = "catalog"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Copy:
    """A thing as it is now: `document` is its exact JSON, `records` that of each of its records.

    `item` is a software as a line of search results. A `revision` is that of its last change.
    """

    kind: Kind
    id: str
    revision: str
    document: str
    item: str = ""
    records: tuple[str, ...] = ()


async def of(
    session: AsyncSession,
    kind: Kind,
    ids: Collection[str],
    *,
    catalog_id: str | None = None,
    with_index: bool = False,
    with_records: bool = True,
) -> dict[str, Copy]:
    """`{id: copy}` of those that there are, as this catalogue has them if one is named.

    Without the index tier, it is as if there were none. Records are what costs most: leave them out
    where they are not wanted.
    """
    if kind is Kind.SOFTWARE:
        part = _Part(catalog_id, with_index=with_index)
        return await _software(session, ids, part, with_records=with_records)
    match kind:
        case Kind.PUBLISHER:
            entries = await publishers.some(session, ids)
        case Kind.CATALOG:
            entries = await catalogs.some(session, ids)
        case Kind.BUNDLE:
            entries = await bundles.some(session, ids)
    return {entry.id: _copy(kind, entry) for entry in entries}


async def after(
    session: AsyncSession,
    kind: Kind,
    id: str,
    limit: int,
    *,
    catalog_id: str | None = None,
    with_index: bool = False,
) -> list[Copy]:
    """What follows `id`, at most `limit`, in the order of ids; everything follows the empty one."""
    ids, column = _all(kind, _Part(catalog_id, with_index=with_index))
    rows = await session.execute(ids.where(column > id).order_by(column).limit(limit))
    wanted = list(rows.scalars())
    found = await of(session, kind, wanted, catalog_id=catalog_id, with_index=with_index)
    return [found[each] for each in wanted]


async def pages(
    session: AsyncSession,
    kind: Kind,
    *,
    catalog_id: str | None = None,
    with_index: bool = False,
) -> AsyncIterator[list[Copy]]:
    """Everything of a kind, some at a time, in the order of ids."""
    following = partial(after, session, kind, catalog_id=catalog_id, with_index=with_index)
    page = await following("", COPIES_AT_ONCE)
    while page:
        yield page
        page = await following(page[-1].id, COPIES_AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Part:
    """Which records count."""

    catalog_id: str | None
    with_index: bool

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.catalog_id is not None:
            yield col(Record.catalog_id) == self.catalog_id
        if not self.with_index:
            yield col(Record.tier) == Tier.PUBLISHED


def _all(kind: Kind, part: _Part) -> tuple[Ids, Mapped[str]]:
    """The ids of a kind, those of a catalogue's part if one is named; and their column."""
    match kind:
        case Kind.SOFTWARE:
            ids, column = select(col(Software.id)), col(Software.id)
            said = exists().where(col(Record.software_id) == column, *part.conditions())
            ids = ids.where(said)
        case Kind.PUBLISHER:
            ids, column = select(col(Publisher.id)), col(Publisher.id)
            if part.catalog_id:
                ids = ids.where(col(Publisher.catalog_id) == part.catalog_id)
        case Kind.CATALOG:
            column = col(Catalog.id)
            ids = select(column).where(catalogs.is_listed())
            if part.catalog_id:
                ids = ids.where(column == part.catalog_id)
        case Kind.BUNDLE:
            ids, column = select(col(Bundle.id)), col(Bundle.id)
            if part.catalog_id:
                ids = ids.where(false())
    return ids, column


def _copy(kind: Kind, entry: Entry) -> Copy:
    revision = documents.content_hash(entry.document.encode())
    return Copy(kind, entry.id, revision, entry.document)


async def _software(
    session: AsyncSession, ids: Collection[str], part: _Part, *, with_records: bool
) -> dict[str, Copy]:
    said = select(col(Record.software_id)).where(
        col(Record.software_id).in_(ids), *part.conditions()
    )
    statement = select(Software).where(col(Software.id).in_(said))
    rows = list((await session.execute(statement)).scalars())
    texts = {row.id: row.document for row in rows}
    if part.catalog_id:
        texts = await software.as_said_by(session, part.catalog_id, rows)
    records = await _records(session, ids, part) if with_records else {}
    return {
        row.id: Copy(
            Kind.SOFTWARE,
            row.id,
            row.revision,
            texts[row.id],
            row.item,
            tuple(records.get(row.id, ())),
        )
        for row in rows
        if row.id in texts
    }


async def _records(
    session: AsyncSession, ids: Collection[str], part: _Part
) -> dict[str, list[str]]:
    """`{software id: records}`, by id and as JSON."""
    statement = select(Record).where(col(Record.software_id).in_(ids), *part.conditions())
    statement = statement.order_by(col(Record.id))
    records = list((await session.execute(statement)).scalars())
    addresses = await _addresses(session, records)
    identifiers = await _identifiers(session, records)
    found: dict[str, list[str]] = {}
    for record in records:
        text = documents.record(record, addresses[record.id], identifiers.get(record.id, ()))
        found.setdefault(record.software_id, []).append(text)
    return found


async def _addresses(session: AsyncSession, records: Collection[Record]) -> dict[str, list[str]]:
    """`{record id: addresses}`, the canonical one first."""
    rows = await session.execute(
        select(col(SoftwareUrl.record_id), col(SoftwareUrl.url))
        .where(col(SoftwareUrl.record_id).in_([record.id for record in records]))
        .order_by(col(SoftwareUrl.record_id), col(SoftwareUrl.position))
    )
    found: dict[str, list[str]] = {}
    for record_id, url in rows:
        found.setdefault(record_id, []).append(url)
    return found


async def _identifiers(
    session: AsyncSession, records: Collection[Record]
) -> dict[str, list[Identifier]]:
    """`{record id: identifiers}`, in their order."""
    rows = await session.execute(
        select(
            col(RecordIdentifier.record_id),
            col(RecordIdentifier.scheme),
            col(RecordIdentifier.value),
        ).where(col(RecordIdentifier.record_id).in_([record.id for record in records]))
    )
    found: dict[str, list[Identifier]] = {}
    for record_id, scheme, value in sorted(rows, key=tuple):
        found.setdefault(record_id, []).append(Identifier(Scheme(scheme), value))
    return found
