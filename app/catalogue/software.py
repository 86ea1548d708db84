"""Merged software as readers get it: one by id, or a list in the order of creation."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import documents, tombstones
from app.catalogue.entry import Entry, SoftwareFilter, Tier
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.listing import page_of, within
from app.catalogue.merge import primary
from app.catalogue.tables import Record, Software, SoftwareUrl
from app.pagination import Page, PageRequest
from app.publiccode import urls


async def get(session: AsyncSession, id: str, *, catalog_id: str | None = None) -> Entry:
    """The software with this id, inactive or not; as this catalogue has it, if one is named.

    What was merged into other software is found under its old id. Raises SoftwareNotFound.
    """
    row = await session.get(Software, id)
    if row is None:
        row = await session.get(Software, await tombstones.survivor(session, id))
    if row is None:
        raise SoftwareNotFound(id)
    if catalog_id is None:
        return Entry(row.id, row.document, row.created_at)
    documents_of = await as_said_by(session, catalog_id, [row])
    if row.id not in documents_of:
        raise SoftwareNotFound(id)
    return Entry(row.id, documents_of[row.id], row.created_at)


async def listing(session: AsyncSession, wanted: SoftwareFilter, page: PageRequest) -> Page[Entry]:
    """Software by (createdAt, id), oldest first."""
    statement = within(
        select(Software, col(Software.created_at), col(Software.id)),
        col(Software.created_at),
        wanted,
    )
    if not wanted.include_inactive:
        statement = statement.where(col(Software.active))
    if wanted.tier:
        is_published = _is_published(wanted.catalog_id)
        is_wanted = is_published if wanted.tier is Tier.PUBLISHED else ~is_published
        statement = statement.where(is_wanted)
    if wanted.url is not None or wanted.catalog_id is not None:
        statement = statement.where(col(Software.id).in_(_said(wanted)))
    found = await page_of(session, statement, (col(Software.created_at), col(Software.id)), page)
    rows: list[Software] = [row.Software for row in found.items]
    texts = {row.id: row.document for row in rows}
    if wanted.catalog_id is not None:
        texts = await as_said_by(session, wanted.catalog_id, rows)
    return replace(found, items=[Entry(row.id, texts[row.id], row.created_at) for row in rows])


async def published(
    session: AsyncSession, ids: Collection[str], catalog_id: str | None = None
) -> list[str]:
    """Those of these ids that are published, inactive or not; by this catalogue, if one is named."""
    statement = select(col(Record.software_id)).where(
        col(Record.software_id).in_(ids), col(Record.tier) == Tier.PUBLISHED
    )
    if catalog_id is not None:
        statement = statement.where(col(Record.catalog_id) == catalog_id)
    return list((await session.execute(statement.distinct())).scalars())


async def as_said_by(
    session: AsyncSession, catalog_id: str, rows: Sequence[Software]
) -> dict[str, str]:
    """`{software id: document}` as this catalogue has it; only of what it has."""
    found = await session.execute(
        select(Record).where(
            col(Record.catalog_id) == catalog_id,
            col(Record.software_id).in_([row.id for row in rows]),
        )
    )
    records: dict[str, list[Record]] = {}
    for record in found.scalars():
        records.setdefault(record.software_id, []).append(record)
    shown = {software_id: primary(several) for software_id, several in records.items()}
    named = await session.execute(
        select(col(SoftwareUrl.record_id), col(SoftwareUrl.url))
        .where(col(SoftwareUrl.record_id).in_([record.id for record in shown.values()]))
        .order_by(col(SoftwareUrl.record_id), col(SoftwareUrl.position))
    )
    addresses: dict[str, list[str]] = {}
    for record_id, url in named:
        addresses.setdefault(record_id, []).append(url)
    return {
        row.id: documents.document(
            row.id,
            shown[row.id],
            addresses[shown[row.id].id],
            active=shown[row.id].active,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
        if row.id in shown
    }


def _is_published(catalog_id: str | None) -> ColumnElement[bool]:
    """Whether a software is in the published tier; of a catalogue, whether it publishes it."""
    if catalog_id is None:
        return col(Software.tier) == Tier.PUBLISHED
    return exists().where(
        col(Record.software_id) == Software.id,
        col(Record.catalog_id) == catalog_id,
        col(Record.tier) == Tier.PUBLISHED,
    )


def _said(wanted: SoftwareFilter) -> Select[str]:
    """Software about which there is a record of this catalogue, or with this address.

    Where nothing has exactly this address, another spelling of it will do, such as one without `.git`.
    """
    statement = select(col(Record.software_id))
    if wanted.catalog_id is not None:
        statement = statement.where(col(Record.catalog_id) == wanted.catalog_id)
    if wanted.url is not None:
        address = urls.normalise(wanted.url)
        alike = col(SoftwareUrl.key) == urls.key(address)
        same = select(col(SoftwareUrl.url)).where(alike, col(SoftwareUrl.url) == address)
        if wanted.catalog_id is not None:
            same = same.where(col(SoftwareUrl.catalog_id) == wanted.catalog_id)
        statement = statement.join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id).where(
            alike, (col(SoftwareUrl.url) == address) | ~same.correlate(None).exists()
        )
    return statement
