"""What one catalogue says about one piece of software: write it, look it up, withdraw it.

Writes are set-wise, and one is a set of one. Each ends in `settle`, which makes the software
anew from all that is said about it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.catalogue import bulk, catalogs, documents, evidence, holdings, saying, tombstones
from app.catalogue.entry import Outcome, Statement, Tier
from app.catalogue.errors import SoftwareNotFound, UrlTaken
from app.catalogue.holdings import Written
from app.catalogue.merge import primary
from app.catalogue.settle import settle
from app.catalogue.tables import Record, Software, SoftwareUrl
from app.publiccode import Report

Compared: TypeAlias = Row[*tuple[Any, ...]]
"""A record without its texts."""

COMPARED: tuple[Mapped[Any], ...] = (
    col(Record.id),
    col(Record.source_id),
    col(Record.software_id),
    col(Record.content_hash),
    col(Record.report),
    col(Record.active),
    col(Record.vitality),
    col(Record.origin_catalog),
    col(Record.origin_id),
    col(Record.via),
    col(Record.tier),
    col(Record.priority),
    col(Record.source_modified),
    col(Record.fork),
)
"""What tells whether a statement is new."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it stands: what an edit starts from."""

    catalog_id: str
    source_id: str
    software_id: str
    tier: Tier
    raw: bytes
    urls: tuple[str, ...]
    active: bool
    vitality: str | None


async def write(
    session: AsyncSession, statement: Statement, *, now: datetime
) -> tuple[Outcome, str]:
    """Create or update the record of this source; returns what happened, and the software's id.

    A statement without addresses keeps those of its record; raises UrlMissing if there is none.
    Raises UrlTaken when another source of the same catalogue holds one of them.
    """
    [written] = await write_all(session, [statement], now=now)
    if written.refusal:
        raise written.refusal
    return written.outcome, written.software_id or ""


async def write_all(
    session: AsyncSession, statements: Sequence[Statement], *, now: datetime
) -> list[Written]:
    """As `write`, of many; what is refused says so and keeps nobody else.

    It ends as if each had been written after the one before, but that records may exchange their
    addresses. What is said of the same software is one change.
    """
    # What is said of one record is compared when it is loaded, which it would be for little more.
    same = await _unchanged(session, statements) if len(statements) > 1 else {}
    await _see(session, {known.id: statements[at].checked for at, known in same.items()}, now)
    rest = [statement for at, statement in enumerate(statements) if at not in same]
    written = iter(await _apply(session, rest, now))
    return [
        Written(Outcome.UNCHANGED, same[at].source_id, same[at].software_id)
        if at in same
        else next(written)
        for at in range(len(statements))
    ]


async def reports(
    session: AsyncSession, hashes: Collection[str], *, checked: str
) -> dict[str, Report]:
    """`{content hash: report}` of texts that this validator has found valid, and that are records.

    The record of a text that is not valid may hold the description of an earlier one.
    """
    statement = select(col(Record.content_hash), col(Record.report), col(Record.description)).where(
        col(Record.checked) == checked, col(Record.valid)
    )
    found = await bulk.among(session, statement, col(Record.content_hash), hashes)
    return {
        content_hash: documents.read_report(findings, description)
        for content_hash, findings, description in found
    }


async def ways(
    session: AsyncSession, catalog_id: str, source_ids: Collection[str]
) -> dict[str, int]:
    """`{source id: how many catalogues passed it on}` of those that are records."""
    statement = select(col(Record.source_id), col(Record.via)).where(
        col(Record.catalog_id) == catalog_id
    )
    rows = await bulk.among(session, statement, col(Record.source_id), source_ids)
    return {source_id: len(via) for source_id, via in rows}


async def passed_on(
    session: AsyncSession, catalog_id: str, source_ids: Collection[str], *, by: str
) -> dict[str, set[str]]:
    """`{catalogue: sources}` that say what these say, and have heard it through the catalogue `by`.

    That is the one that is asked, or the one that said it first.
    """
    origin = (col(Record.origin_catalog), col(Record.origin_id))
    of_catalog = select(*origin).where(
        col(Record.catalog_id) == catalog_id, col(Record.origin_catalog).is_not(None)
    )
    origins = {
        (row.origin_catalog, row.origin_id)
        for row in await bulk.among(session, of_catalog, col(Record.source_id), source_ids)
    }
    copies = select(*origin, col(Record.catalog_id), col(Record.source_id), col(Record.via))
    found: dict[str, set[str]] = {}
    for row in await bulk.among(session, copies, col(Record.origin_id), {id for _, id in origins}):
        is_copy = (row.origin_catalog, row.origin_id) in origins
        if is_copy and any(catalogs.is_part(each, by) for each in (row.origin_catalog, *row.via)):
            found.setdefault(row.catalog_id, set()).add(row.source_id)
    return found


async def held(session: AsyncSession, software_id: str, *, catalog_id: str | None = None) -> Held:
    """The record of a software that an edit addresses, of this catalogue if one is named.

    Raises SoftwareNotFound.
    """
    return await _held(session, await addressed(session, software_id, catalog_id))


async def addressed(
    session: AsyncSession, software_id: str, catalog_id: str | None = None
) -> Record:
    """The record that stands for a software, in this catalogue if one is named.

    Raises SoftwareNotFound.
    """
    statement = select(Record)
    if catalog_id is not None:
        statement = statement.where(col(Record.catalog_id) == catalog_id)

    async def of(id: str) -> Sequence[Record]:
        rows = await session.execute(statement.where(col(Record.software_id) == id))
        return rows.scalars().all()

    records = await of(software_id) or await of(await tombstones.survivor(session, software_id))
    if not records:
        raise SoftwareNotFound(software_id)
    return primary(records)


async def holder(session: AsyncSession, catalog_id: str, addresses: Sequence[str]) -> Held | None:
    """The record of this catalogue that holds the first of these addresses held at all."""
    statement = (
        select(Record, col(SoftwareUrl.url))
        .join(SoftwareUrl, col(SoftwareUrl.record_id) == Record.id)
        .where(col(SoftwareUrl.catalog_id) == catalog_id)
    )
    rows = await bulk.among(session, statement, col(SoftwareUrl.url), addresses)
    found = {url: record for record, url in rows}
    record = next((found[url] for url in addresses if url in found), None)
    return await _held(session, record) if record else None


async def is_untouched(session: AsyncSession, software_id: str) -> bool:
    """Whether this software was never changed since it was created."""
    statement = select(col(Software.id)).where(
        col(Software.id) == software_id, col(Software.created_at) == col(Software.updated_at)
    )
    return (await session.execute(statement)).first() is not None


async def withdraw(
    session: AsyncSession,
    software_id: str,
    *,
    catalog_ids: Collection[str] | None = None,
    reason: str,
    now: datetime,
) -> None:
    """Delete what these catalogues (by default all) say about a software.

    The software goes with its last record, and leaves a tombstone. Raises SoftwareNotFound.
    """
    known = await holdings.load(session, [await tombstones.survivor(session, software_id)])
    gone = [
        holding
        for holding in known.held.values()
        if catalog_ids is None or holding.record.catalog_id in catalog_ids
    ]
    if not gone:
        raise SoftwareNotFound(software_id)
    known.drop(gone)
    await settle(session, known, now=now, reason=reason)


async def withdraw_sources(
    session: AsyncSession,
    catalog_id: str,
    source_ids: Collection[str],
    *,
    reason: str,
    now: datetime,
) -> int:
    """Delete what these sources of a catalogue say; returns how many there were."""
    of_catalog = select(col(Record.software_id)).where(col(Record.catalog_id) == catalog_id)
    rows = await bulk.among(session, of_catalog, col(Record.source_id), source_ids)
    known = await holdings.load(session, {software_id for (software_id,) in rows})
    wanted = set(source_ids)
    gone = [
        holding
        for holding in known.held.values()
        if holding.record.catalog_id == catalog_id and holding.record.source_id in wanted
    ]
    known.drop(gone)
    await settle(session, known, now=now, reason=reason)
    return len(gone)


async def _apply(
    session: AsyncSession, statements: Sequence[Statement], now: datetime
) -> list[Written]:
    if not statements:
        return []
    known = await holdings.about(session, statements)
    written = [known.apply(statement, now) for statement in statements]
    last = {(each.catalog_id, each.source_id): at for at, each in enumerate(statements)}
    refused = [at for at in last.values() if isinstance(written[at][0].refusal, UrlTaken)]
    exchanged = known.exchange([statements[at] for at in refused], now)
    for at, holding in exchanged.items():
        done = Written(Outcome.UPDATED, holding.record.source_id)
        written[refused[at]] = done, holding
    await settle(session, known, now=now)
    return [
        Written(done.outcome, done.source_id, holding.record.software_id) if holding else done
        for done, holding in written
    ]


async def _see(session: AsyncSession, checked: Mapping[str, str], now: datetime) -> None:
    """Note that these records are still there: `{id: by which validator it was checked}`."""
    for validator in dict.fromkeys(checked.values()):
        seen: dict[str, Any] = {"last_seen": now, "missing_since": None, "missing_runs": 0}
        if validator:
            seen["checked"] = validator
        for some in bulk.portions(id for id, by in checked.items() if by == validator):
            await session.execute(update(Record).where(col(Record.id).in_(some)).values(seen))


async def _unchanged(session: AsyncSession, statements: Sequence[Statement]) -> dict[int, Compared]:
    """`{position: record}` of the statements that add nothing to what their records say.

    Where the record is also spoken of by another statement, which does, it depends on their order.
    """
    known = await _spoken_of(session, statements)
    ids = [row.id for row in known.values() if row]
    spelled = await evidence.addresses_of(session, ids)
    asserted = await evidence.identifiers_of(session, ids)
    same, busy = {}, set()
    for at, statement in enumerate(statements):
        row = known[at]
        if row is None:
            continue
        addresses = tuple(spelled[row.id])
        if saying.says_the_same(row, addresses, asserted.get(row.id, ()), statement):
            same[at] = row
        else:
            busy.add(row.id)
    return {at: row for at, row in same.items() if row.id not in busy}


async def _spoken_of(
    session: AsyncSession, statements: Sequence[Statement]
) -> dict[int, Compared | None]:
    """`{position: what is compared of the record that the statement is about}`."""
    sources: dict[tuple[str, str], Compared] = {}
    holders: dict[tuple[str, str], Compared] = {}
    for catalog_id in {statement.catalog_id for statement in statements}:
        said = [each for each in statements if each.catalog_id == catalog_id]
        compared = select(*COMPARED).where(col(Record.catalog_id) == catalog_id)
        names = [each.source_id for each in said if each.source_id is not None]
        for row in await bulk.among(session, compared, col(Record.source_id), names):
            sources[catalog_id, row.source_id] = row
        compared = compared.add_columns(col(SoftwareUrl.url)).join(
            SoftwareUrl, col(SoftwareUrl.record_id) == Record.id
        )
        urls = [url for each in said if each.source_id is None for url in each.urls]
        for row in await bulk.among(session, compared, col(SoftwareUrl.url), urls):
            holders[catalog_id, row.url] = row

    def meant(statement: Statement) -> Compared | None:
        if statement.source_id is not None:
            return sources.get((statement.catalog_id, statement.source_id))
        found = (holders.get((statement.catalog_id, url)) for url in statement.urls)
        return next((row for row in found if row is not None), None)

    return {at: meant(statement) for at, statement in enumerate(statements)}


async def _held(session: AsyncSession, record: Record) -> Held:
    return Held(
        catalog_id=record.catalog_id,
        source_id=record.source_id,
        software_id=record.software_id,
        tier=Tier(record.tier),
        raw=record.raw,
        urls=tuple((await evidence.addresses_of(session, [record.id]))[record.id]),
        active=record.active,
        vitality=record.vitality,
    )
