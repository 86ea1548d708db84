"""Records in memory, with their addresses and their software: read and written many at a time.

Statements are applied here one after another, as if each had been stored before the next came.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, documents, identity, overrides, versions
from app.catalogue.entry import Identifier, Outcome, Provenance, Scheme, Statement, Tier
from app.catalogue.errors import CatalogueError, UrlMissing, UrlTaken
from app.catalogue.tables import (
    Record,
    RecordIdentifier,
    RecordVersion,
    Software,
    SoftwareUrl,
)
from app.publiccode import urls

FIRST_HAND = Provenance()
"""What was given to us directly, and nothing else said of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a statement; one that was refused changed nothing."""

    outcome: Outcome
    source_id: str
    software_id: str | None = None
    refusal: CatalogueError | None = None


@dataclass(slots=True, eq=False)
class Holding:
    """A record as it stands: `{address: key}`, the canonical one first, and other evidence."""

    record: Record
    addresses: Mapping[str, str]
    identifiers: tuple[Identifier, ...] = ()
    is_new: bool = False
    is_respelled: bool = False
    """Its addresses or identifiers are not those that are stored."""

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(self.addresses)

    @property
    def keys(self) -> set[str]:
        """By what it is united with others: its evidence, where disputed only with its like."""
        return {self.spoken(key) for key in self.evidence}

    @property
    def evidence(self) -> set[str]:
        """The keys of its addresses and identifiers."""
        return {*self.addresses.values(), *(each.key for each in self.identifiers)} - {""}

    def spoken(self, key: str) -> str:
        """The key as it is compared: with its mark, if it is disputed."""
        mark = self.record.disputed.get(key)
        return key if mark is None else f"{mark} {key}"


@dataclass(slots=True)
class Holdings:
    """All records of some software; what is dropped or added is stored with `app.catalogue.settle`."""

    software: dict[str, Software]
    held: dict[str, Holding]
    """By the id of the record, the oldest first."""
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """`{software id: {path: value}}`."""
    dropped: list[Holding] = field(default_factory=list)
    outdated: list[RecordVersion] = field(default_factory=list)
    """The texts that records had before."""
    _sources: dict[tuple[str, str], Holding] = field(default_factory=dict)
    _addresses: dict[tuple[str, str], Holding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for holding in self.held.values():
            self._find_by(holding)

    def apply(self, statement: Statement, now: datetime) -> tuple[Written, Holding | None]:
        """Say this of its record, or of a new one; the software it belongs to is settled later."""
        holding = self._meant(statement)
        wanted = completed(statement, holding.record, holding.urls) if holding else statement
        source_id = identity.new_id() if wanted.source_id is None else wanted.source_id
        if holding and says_the_same(holding.record, holding.urls, holding.identifiers, wanted):
            holding.record.last_seen, holding.record.missing_since = now, None
            holding.record.missing_runs = 0
            holding.record.checked = statement.checked or holding.record.checked
            return Written(Outcome.UNCHANGED, source_id), holding
        if refusal := self._refusal(wanted, source_id, holding):
            return Written(Outcome.QUARANTINED, source_id, refusal=refusal), None
        if holding is None:
            return Written(Outcome.CREATED, source_id), self._add(wanted, source_id, now)
        self._revise(holding, wanted, now)
        return Written(Outcome.UPDATED, source_id), holding

    def drop(self, gone: Sequence[Holding]) -> None:
        """Forget records. The id of their software passes on to the oldest of the others."""
        for holding in gone:
            record = holding.record
            del self.held[record.id]
            del self._sources[record.catalog_id, record.source_id]
            for url in holding.addresses:
                del self._addresses[record.catalog_id, url]
        self.dropped += gone
        for record in (holding.record for holding in gone):
            others = [
                other.record
                for other in self.held.values()
                if other.record.software_id == record.software_id
            ]
            if record.own_software_id == record.software_id and others:
                heir = identity.founder(others)
                heir.own_software_id, heir.own_since = record.own_software_id, record.own_since

    def _meant(self, statement: Statement) -> Holding | None:
        catalog_id = statement.catalog_id
        if statement.source_id is not None:
            return self._sources.get((catalog_id, statement.source_id))
        held = (self._addresses.get((catalog_id, url)) for url in statement.urls)
        return next((each for each in held if each), None)

    def _refusal(
        self, statement: Statement, source_id: str, holding: Holding | None
    ) -> CatalogueError | None:
        if not statement.urls:
            return UrlMissing(source_id)
        for url in statement.urls:
            if self._addresses.get((statement.catalog_id, url), holding) is not holding:
                return UrlTaken(url)
        return None

    def _add(self, statement: Statement, source_id: str, now: datetime) -> Holding:
        provenance = statement.provenance or FIRST_HAND
        id = identity.new_id()
        record = Record(
            id=id,
            catalog_id=statement.catalog_id,
            source_id=source_id,
            software_id="",
            own_software_id=id,
            own_since=now,
            first_seen=now,
            **_content(None, statement, now),
            **_origin(provenance),
        )
        holding = Holding(
            record,
            spelled(statement.urls),
            _identifiers(provenance),
            is_new=True,
            is_respelled=True,
        )
        self.held[id] = holding
        self._find_by(holding)
        return holding

    def _revise(self, holding: Holding, statement: Statement, now: datetime) -> None:
        record = holding.record
        software = self.software.get(record.software_id)
        if statement.anew and software and not software.active:
            now = software.created_at = max(now, software.updated_at + timedelta(microseconds=1))
        if record.raw != statement.raw and record.tier == Tier.PUBLISHED:
            self.outdated.append(versions.copied(record))
        for name, value in _content(record, statement, now).items():
            setattr(record, name, value)
        identifiers = holding.identifiers
        if statement.provenance:
            identifiers = _identifiers(statement.provenance)
            for name, value in _origin(statement.provenance).items():
                setattr(record, name, value)
        if (holding.urls, holding.identifiers) == (statement.urls, identifiers):
            return
        for url in holding.addresses:
            self._addresses.pop((record.catalog_id, url))
        holding.addresses, holding.identifiers = spelled(statement.urls), identifiers
        holding.is_respelled = True
        self._find_by(holding)

    def _find_by(self, holding: Holding) -> None:
        record = holding.record
        self._sources[record.catalog_id, record.source_id] = holding
        for url in holding.addresses:
            self._addresses[record.catalog_id, url] = holding


async def load(session: AsyncSession, software_ids: Collection[str]) -> Holdings:
    """All that is said about this software."""
    ids = sorted(software_ids)
    if not ids:
        return Holdings({}, {})
    software = await bulk.among(session, select(Software), col(Software.id), ids)
    records = await bulk.among(session, select(Record), col(Record.software_id), ids)
    records.sort(key=lambda row: (row.Record.first_seen, row.Record.id))
    held = [record.id for (record,) in records]
    addresses = await addresses_of(session, held)
    identifiers = await identifiers_of(session, held)
    return Holdings(
        {row.id: row for (row,) in software},
        {
            record.id: Holding(record, addresses[record.id], identifiers.get(record.id, ()))
            for (record,) in records
        },
        overrides=await overrides.values(session, ids),
    )


async def about(session: AsyncSession, statements: Sequence[Statement]) -> Holdings:
    """All that is said about the software that these statements may touch."""
    sources: dict[str, list[str]] = {}
    keys: set[str] = set()
    for statement in statements:
        if statement.source_id is not None:
            sources.setdefault(statement.catalog_id, []).append(statement.source_id)
        keys.update(map(urls.key, statement.urls))
        if statement.provenance:
            keys.update(each.key for each in statement.provenance.identifiers)
    touched = await owners(session, keys)
    software_id = select(col(Record.software_id))
    for catalog_id, source_ids in sources.items():
        of_catalog = software_id.where(col(Record.catalog_id) == catalog_id)
        touched.update(
            id for (id,) in await bulk.among(session, of_catalog, col(Record.source_id), source_ids)
        )
    return await load(session, touched)


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


async def store_evidence(session: AsyncSession, holdings: Iterable[Holding]) -> None:
    """Write the addresses and identifiers that are not those stored."""
    respelled = [holding for holding in holdings if holding.is_respelled]
    known = [holding.record.id for holding in respelled if not holding.is_new]
    for table in (SoftwareUrl, RecordIdentifier):
        await bulk.remove(session, table, col(table.record_id), known)
    await bulk.add(
        session,
        SoftwareUrl,
        [
            {
                "record_id": holding.record.id,
                "position": position,
                "catalog_id": holding.record.catalog_id,
                "url": url,
                "key": key,
            }
            for holding in respelled
            for position, (url, key) in enumerate(holding.addresses.items())
        ],
    )
    await bulk.add(
        session,
        RecordIdentifier,
        [
            {
                "record_id": holding.record.id,
                "scheme": each.scheme.value,
                "value": each.value,
                "key": each.key,
            }
            for holding in respelled
            for each in holding.identifiers
        ],
    )


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


def says_the_same(
    known: Any,  # noqa: ANN401 - a record, or a row of those of its columns that are compared
    addresses: tuple[str, ...],
    identifiers: tuple[Identifier, ...],
    statement: Statement,
) -> bool:
    """Whether a statement adds nothing to its record."""
    statement = completed(statement, known, addresses)
    origin = statement.provenance
    return (
        known.content_hash == documents.content_hash(statement.raw)
        and known.report == documents.report_json(statement.report)
        and (addresses, known.active, known.vitality, known.tier)
        == (statement.urls, statement.active, statement.vitality, statement.tier)
        and (
            origin is None
            or (
                identifiers == _identifiers(origin)
                and all(getattr(known, name) == value for name, value in _origin(origin).items())
            )
        )
    )


def completed(
    statement: Statement,
    known: Any,  # noqa: ANN401 - a record, or a row of those of its columns that are needed
    addresses: tuple[str, ...],
) -> Statement:
    """A statement with what it leaves to the record that it is about."""
    if statement.source_id is not None:
        return statement if statement.urls else replace(statement, urls=addresses)
    return replace(
        statement,
        source_id=known.source_id,
        urls=addresses,
        active=known.active,
        vitality=known.vitality,
    )


def spelled(addresses: Iterable[str]) -> dict[str, str]:
    """`{address: key}`, in their order."""
    return {url: urls.key(url) for url in addresses}


def _content(record: Record | None, statement: Statement, now: datetime) -> dict[str, Any]:
    """The columns a statement sets. The last valid description outlives a faulty text.

    It does not outlive the file: what is only known of the software is described as such.
    """
    report = statement.report
    described = documents.description_json(report.description) if report.description else None
    stale = False
    if not report.valid and record is not None and record.tier == statement.tier == Tier.PUBLISHED:
        stale = record.valid or record.stale
        if stale or described is None:
            described = record.description
    return {
        "raw": statement.raw,
        "content_hash": documents.content_hash(statement.raw),
        "tier": statement.tier.value,
        "valid": report.valid,
        "stale": stale,
        "description": described,
        "report": documents.report_json(report),
        "checked": statement.checked,
        "active": statement.active,
        "vitality": statement.vitality,
        "last_seen": now,
        "missing_since": None,
        "missing_runs": 0,
        "updated_at": now,
    }


def _origin(provenance: Provenance) -> dict[str, Any]:
    return {
        "origin_catalog": provenance.origin_catalog,
        "origin_id": provenance.origin_id,
        "via": list(provenance.via),
        "priority": provenance.priority,
        "source_modified": provenance.modified,
    }


def _identifiers(provenance: Provenance) -> tuple[Identifier, ...]:
    return tuple(sorted(set(provenance.identifiers)))
