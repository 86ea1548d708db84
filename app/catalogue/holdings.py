"""Records in memory, with their addresses and their software: read and written many at a time.

Statements are applied here one after another, as if each had been stored before the next came.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk, evidence, identity, overrides, saying, versions
from app.catalogue.entry import Identifier, Outcome, Provenance, Statement, Tier
from app.catalogue.errors import CatalogueError, UrlMissing, UrlTaken
from app.catalogue.rendering import Rendering
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
    """A record as it stands: `{address: key}`, the canonical one first, and other evidence.

    `was_published` is how it is stored.
    """

    record: Record
    addresses: Mapping[str, str]
    identifiers: tuple[Identifier, ...] = ()
    is_new: bool = False
    is_respelled: bool = False
    """Its addresses or identifiers are not those that are stored."""
    came_as: Rendering | None = None
    """The description that it has been given since it was loaded."""
    was_published: bool = field(init=False)

    def __post_init__(self) -> None:
        self.was_published = not self.is_new and self.is_published

    @property
    def is_published(self) -> bool:
        """Whether it is what a publiccode.yml says."""
        return self.record.tier == Tier.PUBLISHED

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
        wanted = saying.completed(statement, holding.record, holding.urls) if holding else statement
        source_id = identity.new_id() if wanted.source_id is None else wanted.source_id
        if holding and saying.says_the_same(
            holding.record, holding.urls, holding.identifiers, wanted
        ):
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

    def exchange(self, refused: Sequence[Statement], now: datetime) -> dict[int, Holding]:
        """Say at once what was refused because of one another: say, of two that swap addresses.

        Returns `{position: holding}` of what could be said; at most one may be about each record.
        """
        wishes = {
            holding: at
            for at, statement in enumerate(refused)
            if statement.source_id is not None and (holding := self._meant(statement))
        }
        while stuck := self._stuck({each: refused[at] for each, at in wishes.items()}):
            for holding in stuck:
                del wishes[holding]
        for holding, at in wishes.items():
            self._revise(holding, refused[at], now)
        return {at: holding for holding, at in wishes.items()}

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

    def _stuck(self, wishes: Mapping[Holding, Statement]) -> list[Holding]:
        """Who wants an address that somebody keeps, or that another one of them wants as well."""
        wanted = Counter(
            (statement.catalog_id, url) for statement in wishes.values() for url in statement.urls
        )
        return [
            holding
            for holding, statement in wishes.items()
            if any(
                wanted[statement.catalog_id, url] > 1
                or self._addresses.get((statement.catalog_id, url), holding) not in wishes
                for url in statement.urls
            )
        ]

    def _add(self, statement: Statement, source_id: str, now: datetime) -> Holding:
        provenance = statement.provenance or FIRST_HAND
        rendering = _rendering(statement)
        id = identity.new_id()
        record = bulk.unsaved(
            Record,
            {
                "id": id,
                "catalog_id": statement.catalog_id,
                "source_id": source_id,
                "software_id": "",
                "own_software_id": id,
                "own_since": now,
                "first_seen": now,
                "disputed": {},
                **saying.content(None, statement, rendering, now),
                **saying.origin(provenance),
            },
        )
        holding = Holding(
            record,
            evidence.spelled(statement.urls),
            saying.asserted(provenance),
            is_new=True,
            is_respelled=True,
            came_as=rendering,
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
        rendering = _rendering(statement)
        for name, value in saying.content(record, statement, rendering, now).items():
            setattr(record, name, value)
        holding.came_as = rendering if rendering and rendering.text == record.description else None
        identifiers = holding.identifiers
        if statement.provenance:
            identifiers = saying.asserted(statement.provenance)
            for name, value in saying.origin(statement.provenance).items():
                setattr(record, name, value)
        if (holding.urls, holding.identifiers) == (statement.urls, identifiers):
            return
        for url in holding.addresses:
            if self._addresses[record.catalog_id, url] is holding:
                del self._addresses[record.catalog_id, url]
        holding.addresses, holding.identifiers = evidence.spelled(statement.urls), identifiers
        holding.is_respelled = True
        self._find_by(holding)

    def _find_by(self, holding: Holding) -> None:
        record = holding.record
        self._sources[record.catalog_id, record.source_id] = holding
        for url in holding.addresses:
            self._addresses[record.catalog_id, url] = holding


def _rendering(statement: Statement) -> Rendering | None:
    """Its description, if it has one."""
    description = statement.report.description
    return statement.rendering or (Rendering(description) if description else None)


async def load(session: AsyncSession, software_ids: Collection[str]) -> Holdings:
    """All that is said about this software."""
    ids = sorted(software_ids)
    if not ids:
        return Holdings({}, {})
    software = await bulk.among(session, select(Software), col(Software.id), ids)
    records = await bulk.among(session, select(Record), col(Record.software_id), ids)
    records.sort(key=lambda row: (row.Record.first_seen, row.Record.id))
    held = [record.id for (record,) in records]
    addresses = await evidence.addresses_of(session, held)
    identifiers = await evidence.identifiers_of(session, held)
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
    touched = await evidence.owners(session, keys)
    software_id = select(col(Record.software_id))
    for catalog_id, source_ids in sources.items():
        of_catalog = software_id.where(col(Record.catalog_id) == catalog_id)
        touched.update(
            id for (id,) in await bulk.among(session, of_catalog, col(Record.source_id), source_ids)
        )
    return await load(session, touched)


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
