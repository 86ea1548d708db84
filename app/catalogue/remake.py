"""Make a software anew from its records: merged, and written as readers get it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.catalogue import documents, mapping
from app.catalogue.entry import ChangeType
from app.catalogue.holdings import Holding
from app.catalogue.merge import heard, merge, primary
from app.catalogue.overrides import overridden
from app.catalogue.rendering import Rendering
from app.catalogue.tables import Record, Software
from app.publiccode import Description, urls

ENTITY = "software"
"""What events are said to be about."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A software that is not what it was: what its row is to hold.

    `catalogs` are those that have it, and whether they publish it. The `rendering` of its description
    is None where that is the same as before, and so are the rows that hold it.
    """

    id: str
    kind: ChangeType
    columns: Mapping[str, Any]
    catalogs: Mapping[str, bool]
    rendering: Rendering | None

    @property
    def is_new(self) -> bool:
        """Whether it has no row yet."""
        return self.kind in (ChangeType.CREATE, ChangeType.SPLIT)


def make(
    id: str,
    holdings: Sequence[Holding],
    decided: Mapping[str, Any],
    kind: ChangeType,
    *,
    since: datetime,
    now: datetime,
) -> Remade:
    """New software of what is said about it; what is split off may have been there `since` long."""
    merged = _merged(holdings, decided)
    revision = merged.revision(id, since)
    columns = merged.columns(id, revision, since, now)
    return Remade(id, kind, columns, merged.catalogs, merged.rendering)


def remake(
    software: Software, holdings: Sequence[Holding], decided: Mapping[str, Any], now: datetime
) -> Remade | None:
    """The software made anew of what is said about it; None where nothing is different.

    What people have `decided` is `{path: value}`.
    """
    merged = _merged(holdings, decided)
    since = software.created_at
    revision = merged.revision(software.id, since)
    if revision == software.revision:
        return None
    written_at = max(now, software.updated_at + timedelta(microseconds=1))
    columns = merged.columns(software.id, revision, since, written_at)
    has_moved = _has_moved(software.url, merged.addresses[0], holdings)
    return Remade(
        software.id,
        ChangeType.MOVE if has_moved else ChangeType.UPDATE,
        columns,
        merged.catalogs,
        None if columns["described"] == software.described else merged.rendering,
    )


def describe(records: Iterable[Record], decided: Mapping[str, Any] | None = None) -> Description:
    """What the records of a software say of it together, but for what people have `decided`."""
    descriptions = [
        documents.read_description(record.description)
        for record in heard(records)
        if record.description is not None
    ]
    merged = merge(descriptions) if descriptions else Description()
    return overridden(merged, decided) if decided else merged


def published_in(records: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    """`{catalogue: whether it publishes one of its records}`, of catalogues and their records."""
    found: dict[str, bool] = {}
    for catalog_id, is_published in records:
        found[catalog_id] = is_published or found.get(catalog_id, False)
    return found


@dataclass(frozen=True, slots=True)
class _Merged:
    """What all records of a software come to; `shown` is the one that clients see, `best` the one
    that is heard first."""

    shown: Record
    best: Record
    addresses: tuple[str, ...]
    active: bool
    catalogs: Mapping[str, bool]
    rendering: Rendering
    said: Sequence[str]

    def revision(self, id: str, since: datetime) -> str:
        """The hash of all that readers can see, times of change aside."""
        return _hash(*self.texts(id, since, since), self.rendering.text, *self.said)

    def texts(self, id: str, since: datetime, updated_at: datetime) -> tuple[str, str]:
        """The software as it is shown, and as a line of search results."""
        return (
            documents.document(
                id,
                self.shown,
                self.addresses,
                active=self.active,
                created_at=since,
                updated_at=updated_at,
            ),
            documents.item(
                id,
                self.shown,
                self.addresses,
                self.rendering.description,
                valid=self.best.valid,
                stale=self.best.stale,
                tier=self.best.tier,
                updated_at=updated_at,
            ),
        )

    def columns(
        self, id: str, revision: str, since: datetime, updated_at: datetime
    ) -> dict[str, Any]:
        """All columns of the row but the id."""
        document, item = self.texts(id, since, updated_at)
        return {
            **self.rendering.columns,
            "url": self.addresses[0],
            "vitality": mapping.newest_vitality(self.shown.vitality),
            "active": self.active,
            "valid": self.best.valid,
            "stale": self.best.stale,
            "tier": self.best.tier,
            "created_at": since,
            "updated_at": updated_at,
            "revision": revision,
            "described": self.rendering.hash,
            "document": document,
            "item": item,
        }


def _merged(holdings: Sequence[Holding], decided: Mapping[str, Any]) -> _Merged:
    records = [holding.record for holding in holdings]
    shown = primary(records)
    counted = heard(records)
    described = [record for record in counted if record.description is not None]
    return _Merged(
        shown=shown,
        best=described[0] if described else shown,
        addresses=next(each.urls for each in holdings if each.record is shown),
        active=any(record.active for record in counted),
        catalogs=published_in((each.record.catalog_id, each.is_published) for each in holdings),
        rendering=_rendering(holdings, described, decided),
        said=[_said(holding) for holding in holdings],
    )


def _rendering(
    holdings: Sequence[Holding], described: Sequence[Record], decided: Mapping[str, Any]
) -> Rendering:
    """What these records say together; as it came, where only one of them says anything."""
    if len(described) == 1 and not decided:
        came_as = next(each.came_as for each in holdings if each.record is described[0])
        if came_as:
            return came_as
    return Rendering(describe(described, decided))


def _has_moved(before: str | None, after: str, holdings: Sequence[Holding]) -> bool:
    """Whether the address is another one, and the former still leads here."""
    former = urls.key(before or "")
    return former != urls.key(after) and any(former in holding.keys for holding in holdings)


def _said(holding: Holding) -> str:
    """What a record adds to the content of its software, even where another one is shown."""
    record = holding.record
    return documents.json_text(
        [
            *(record.id, record.content_hash, record.active, record.vitality, record.tier),
            list(holding.addresses),
            sorted(identifier.key for identifier in holding.identifiers),
        ]
    )


def _hash(*texts: str) -> str:
    return documents.content_hash("\n".join(texts).encode())
