"""By what records are known as one software, as it is stored: their addresses, and other identifiers."""

from collections.abc import Collection, Iterable

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.entry import Identifier, Scheme
from app.catalogue.tables import Record, RecordIdentifier, SoftwareUrl
from app.publiccode import urls


async def owners(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """The ids of all software that has one of these keys, disputed or not."""
    found: set[str] = set()
    for some in bulk.portions(key for key in keys if key):
        having = (
            select(col(Record.software_id))
            .join(evidence, col(evidence.record_id) == Record.id)
            .where(col(evidence.key).in_(some))
            for evidence in (SoftwareUrl, RecordIdentifier)
        )
        found.update((await session.execute(union(*having))).scalars())
    return found


async def addresses_of(
    session: AsyncSession, record_ids: Collection[str]
) -> dict[str, dict[str, str]]:
    """`{record id: {address: key}}`, the canonical one first."""
    found: dict[str, dict[str, str]] = {id: {} for id in record_ids}
    statement = select(
        col(SoftwareUrl.record_id), col(SoftwareUrl.url), col(SoftwareUrl.key)
    ).order_by(col(SoftwareUrl.record_id), col(SoftwareUrl.position))
    for record_id, url, key in await bulk.among(
        session, statement, col(SoftwareUrl.record_id), record_ids
    ):
        found[record_id][url] = key
    return found


async def identifiers_of(
    session: AsyncSession, record_ids: Collection[str]
) -> dict[str, tuple[Identifier, ...]]:
    """`{record id: what it asserts beside its addresses}`, in order; only of those that do."""
    found: dict[str, list[Identifier]] = {}
    statement = select(
        col(RecordIdentifier.record_id), col(RecordIdentifier.scheme), col(RecordIdentifier.value)
    )
    for record_id, scheme, value in await bulk.among(
        session, statement, col(RecordIdentifier.record_id), record_ids
    ):
        found.setdefault(record_id, []).append(Identifier(Scheme(scheme), value))
    return {record_id: tuple(sorted(each)) for record_id, each in found.items()}


def spelled(addresses: Iterable[str]) -> dict[str, str]:
    """`{address: key}`, in their order."""
    return {url: urls.key(url) for url in addresses}
