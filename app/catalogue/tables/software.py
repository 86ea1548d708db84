"""Software, the records it is made of, and the addresses under which it is known."""

from datetime import datetime

from sqlalchemy import JSON, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from app.database import Table, UtcDateTime

BytewiseText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both engines put into the same order."""


class Software(Table, table=True):
    """One piece of software: the merge of what the catalogues say about it.

    `maintained_until` is a date, far away where no end is set; `vitality` is from 0 to 100.
    `described` is the hash of the merged description, which tells whether its parts are current.
    """

    __tablename__ = "software"
    __table_args__ = (
        Index("ix_software_created_at_id", "created_at", "id"),
        Index("ix_software_active_tier_created_at_id", "active", "tier", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    active: bool
    valid: bool
    stale: bool
    tier: str
    name: str | None
    url: str | None
    landing_url: str | None
    application_suite: str | None
    software_version: str | None
    release_date: str | None
    logo: str | None
    roadmap: str | None
    development_status: str | None
    software_type: str | None
    license: str | None
    maintenance_type: str | None
    maintained_until: str | None
    language: str | None
    sort_name: str = Field(sa_type=BytewiseText)
    users: int
    vitality: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    revision: str
    described: str
    document: str = Field(sa_type=Text)
    item: str = Field(sa_type=Text)


class Record(Table, table=True):
    """What one catalogue says about one piece of software.

    `origin_catalog` and `origin_id` name the catalogue that read the file first, and never change
    in transit; both are empty for what was given to us directly. `description` is the JSON of
    the last valid description, or of the best effort where there never was one. `checked` is the
    fingerprint of the validator that made the report, empty where it is not known.

    `own_software_id` is the id of its software while no older record is in it, `own_since` when
    that began: what is split off gets it back. Keys that were `disputed` by hand are no evidence
    for this record, unless the other one has them with the same mark: `{key: mark}`.
    """

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("catalog_id", "source_id"),)

    id: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id")
    source_id: str
    software_id: str = Field(foreign_key="software.id", index=True)
    own_software_id: str = Field(index=True, unique=True)
    own_since: datetime = Field(sa_type=UtcDateTime)
    disputed: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    origin_catalog: str | None = None
    origin_id: str | None = Field(default=None, index=True)
    via: list[str] = Field(default_factory=list, sa_type=JSON)
    tier: str
    priority: int = 0
    source_modified: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fork: str | None = None
    raw: bytes = Field(sa_type=LargeBinary)
    content_hash: str = Field(index=True)
    valid: bool
    stale: bool
    description: str | None = Field(default=None, sa_type=Text)
    report: str = Field(sa_type=Text)
    checked: str = ""
    active: bool
    vitality: str | None = Field(default=None, sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime)
    missing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missing_runs: int = 0
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SoftwareUrl(Table, table=True):
    """An address under which a record's software is known; the first one is canonical."""

    __tablename__ = "software_urls"
    __table_args__ = (UniqueConstraint("catalog_id", "url"),)

    record_id: str = Field(foreign_key="records.id", ondelete="CASCADE", primary_key=True)
    position: int = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id")
    url: str
    key: str = Field(index=True)


class RecordIdentifier(Table, table=True):
    """Evidence beside addresses: `key` is what makes records with the same one the same software."""

    __tablename__ = "record_identifiers"

    record_id: str = Field(foreign_key="records.id", ondelete="CASCADE", primary_key=True)
    scheme: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    key: str = Field(index=True)


class Override(Table, table=True):
    """What people have decided that a field of a software says, whatever its records say.

    `path` is that of the field, as in `legal.license`; `value` is JSON.
    """

    __tablename__ = "overrides"

    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", primary_key=True)
    path: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    author: str | None
    reason: str = Field(sa_type=Text)
    until: datetime | None = Field(sa_type=UtcDateTime, index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class Quarantine(Table, table=True):
    """A file that cannot become a record: it has no usable address, or one that is taken."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("catalog_id", "source_id"),)

    id: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id")
    source_id: str
    reason: str
    url: str | None
    raw: bytes = Field(sa_type=LargeBinary)
    content_hash: str
    report: str = Field(sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime)


class RecordVersion(Table, table=True):
    """A text that a record once had, oldest first."""

    __tablename__ = "record_versions"

    record_id: str = Field(foreign_key="records.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    raw: bytes = Field(sa_type=LargeBinary)
    content_hash: str
    valid: bool
    at: datetime = Field(sa_type=UtcDateTime)
