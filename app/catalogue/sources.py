"""Every record of a software as others may see it, from the most to the least trusted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import documents, holdings, tombstones
from app.catalogue.entry import Identifier
from app.catalogue.errors import SoftwareGone, SoftwareNotFound
from app.catalogue.holdings import Holding
from app.catalogue.merge import Authority, authority, by_authority, decisive
from app.publiccode import Description


class State(StrEnum):
    """Whether a source still has what it said; what is missing may be about to go."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Source:
    """One record; `behind` is the criterion by which the one before it is heard first."""

    id: str
    catalog_id: str
    source_id: str
    urls: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    keys: frozenset[str]
    origin_catalog: str | None
    origin_id: str | None
    via: tuple[str, ...]
    fork: str | None
    tier: str
    authority: Authority
    priority: int
    behind: str | None
    valid: bool
    stale: bool
    state: State
    missing_since: datetime | None
    missing_runs: int
    modified: datetime | None
    first_seen: datetime
    last_seen: datetime
    updated_at: datetime
    content_hash: str
    description: Description | None


async def of(session: AsyncSession, software_id: str) -> tuple[str, list[Source]]:
    """The id that the software has now, and its records.

    Raises SoftwareGone for what was deleted, and SoftwareNotFound for what never was.
    """
    id = await tombstones.survivor(session, software_id)
    known = await holdings.load(session, [id])
    if not known.held:
        if grave := await tombstones.find(session, software_id):
            raise SoftwareGone(grave)
        raise SoftwareNotFound(software_id)
    ranked = by_authority(holding.record for holding in known.held.values())
    behind = [None, *(decisive(*neighbours) for neighbours in pairwise(ranked))]
    return id, [
        _source(known.held[record.id], criterion)
        for record, criterion in zip(ranked, behind, strict=True)
    ]


def _source(holding: Holding, behind: str | None) -> Source:
    record = holding.record
    text = record.description
    return Source(
        id=record.id,
        catalog_id=record.catalog_id,
        source_id=record.source_id,
        urls=holding.urls,
        identifiers=holding.identifiers,
        keys=frozenset(key for key in holding.evidence if key not in record.disputed),
        origin_catalog=record.origin_catalog,
        origin_id=record.origin_id,
        via=tuple(record.via),
        fork=record.fork,
        tier=record.tier,
        authority=authority(record),
        priority=record.priority,
        behind=behind,
        valid=record.valid,
        stale=record.stale,
        state=_state(holding),
        missing_since=record.missing_since,
        missing_runs=record.missing_runs,
        modified=record.source_modified,
        first_seen=record.first_seen,
        last_seen=record.last_seen,
        updated_at=record.updated_at,
        content_hash=record.content_hash,
        description=None if text is None else documents.read_description(text),
    )


def _state(holding: Holding) -> State:
    if holding.record.missing_since:
        return State.MISSING
    return State.ACTIVE if holding.record.active else State.INACTIVE
