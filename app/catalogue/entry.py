"""Frozen values: what goes into and comes out of the catalogue in place of rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from app.publiccode import Finding, Report, urls

if TYPE_CHECKING:
    from app.catalogue.rendering import Rendering

ROOT_ID = "00000000-0000-0000-0000-000000000000"
"""The root catalogue, made by the first migration; `catalogId` is left out for what it holds."""


class Outcome(StrEnum):
    """What became of a submitted file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class ChangeType(StrEnum):
    """What a change did to its entity.

    Software that is merged goes, and its id leads to another one; software that is split off comes,
    perhaps back. What moves keeps its former address as another one.
    """

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"


class Tier(StrEnum):
    """How software is known: by its own publiccode.yml, or only from what its forge tells."""

    PUBLISHED = "published"
    INDEX = "index"


class Scheme(StrEnum):
    """What else than an address makes two records one software."""

    REDIRECT = "redirect"
    WIKIDATA = "wikidata"
    SWHID = "swhid"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """Evidence that a source asserts: a Wikidata item, the SWHID of an origin, a proven redirect."""

    scheme: Scheme
    value: str

    @property
    def key(self) -> str:
        """What is compared; a redirect with addresses. No key of an address holds a blank."""
        return (
            urls.key(self.value)
            if self.scheme is Scheme.REDIRECT
            else f"{self.scheme} {self.value}"
        )


@dataclass(frozen=True, slots=True)
class Provenance:
    """By which way a statement came, and how far it is to be trusted.

    `origin_catalog` and `origin_id` name the catalogue that read the file first, None where we did;
    `via` are the catalogues that passed it on. The higher `priority` is heard first. `modified` is
    when the source says that it changed; `fork` is what kind of copy it is, None for what is none.
    """

    origin_catalog: str | None = None
    origin_id: str | None = None
    via: tuple[str, ...] = ()
    priority: int = 0
    modified: datetime | None = None
    identifiers: tuple[Identifier, ...] = ()
    fork: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One file as one catalogue holds it, validated, ready to be stored.

    `source_id` is unique within the catalogue. Where it is None, the statement is about whatever
    record holds the first of its addresses, of which only the text changes; or makes one.

    `urls` are the addresses in their normalised spelling, the canonical one first; empty where
    none is known. Without `provenance` that of the record stays. What is said `anew` of inactive
    software makes it as new as it was at first: never touched since its creation. `checked` is the
    fingerprint of the validator that made the report, if it is known, and `rendering` what was made
    of its description ahead.

    In the index tier `raw` is no file but what is known instead of one (`app.publiccode.known`).
    """

    catalog_id: str
    source_id: str | None
    raw: bytes
    report: Report
    urls: tuple[str, ...] = ()
    active: bool = True
    vitality: str | None = None
    anew: bool = False
    checked: str = ""
    provenance: Provenance | None = None
    tier: Tier = Tier.PUBLISHED
    rendering: "Rendering | None" = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer to one submission; `reason` says why something was quarantined or rejected."""

    outcome: Outcome
    source_id: str
    report: Report
    software_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource as readers get it: `document` is its exact JSON text."""

    id: str
    document: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """A numbered change. Of software that is gone, perhaps since then, `reason` says why.

    `successor` is the id of the software that took its place.
    """

    sequence: int
    entity: str
    entity_id: str
    type: ChangeType
    at: datetime
    revision: str | None
    reason: str | None
    successor: str | None


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest of the changes of one software: its number, and when it was."""

    sequence: int
    software_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Grave:
    """What is left of a software; `successor` is the id of the one it was merged into."""

    id: str
    reason: str
    successor: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """What every list can be narrowed to; without `catalog_id`, the rows of all catalogues."""

    include_inactive: bool = False
    created_after: datetime | None = None
    created_before: datetime | None = None
    catalog_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareFilter(ListFilter):
    """Which software a list holds; without a `tier`, that of all."""

    url: str | None = None
    tier: Tier | None = Tier.PUBLISHED


@dataclass(frozen=True, slots=True)
class QuarantinedFile:
    """A file that waits for a person: with its report, and why it could not be stored."""

    id: str
    catalog_id: str
    source_id: str
    reason: str
    url: str | None
    raw: bytes
    findings: tuple[Finding, ...]
    first_seen: datetime
    last_seen: datetime
