"""The rows of the catalogue. `mapping` and `records` fill them; nothing here checks anything.

Ids are text: clients of the Open Catalog API may bring ids which are not UUIDs. Texts which
leave the service as they are (`document`, `item`) are stored as the exact JSON.
"""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.database import NAMING_CONVENTION, UtcDateTime

SQLModel.metadata.naming_convention = NAMING_CONVENTION


class Catalog(SQLModel, table=True):
    """Who says what. The root holds what belongs to no catalogue; it is always there."""

    __tablename__ = "catalogs"

    id: str = Field(primary_key=True)
    name: str
    alternative_id: str | None = Field(default=None, unique=True)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Software(SQLModel, table=True):
    """One piece of software: the merge of what the catalogues say about it."""

    __tablename__ = "software"
    __table_args__ = (
        Index("ix_software_created_at_id", "created_at", "id"),
        Index("ix_software_active_created_at_id", "active", "created_at", "id"),
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
    language: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    revision: str
    document: str = Field(sa_type=Text)
    item: str = Field(sa_type=Text)


class Record(SQLModel, table=True):
    """What one catalogue says about one piece of software.

    `origin_catalog` and `origin_id` name the catalogue that read the file first, and never change
    in transit; both are empty for what was given to us directly. `description` is the JSON of
    the last valid description, or of the best effort where there never was one.
    """

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("catalog_id", "source_id"),)

    id: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id", index=True)
    source_id: str
    software_id: str = Field(foreign_key="software.id", index=True)
    origin_catalog: str | None = None
    origin_id: str | None = None
    via: list[str] = Field(default_factory=list, sa_type=JSON)
    raw: bytes = Field(sa_type=LargeBinary)
    content_hash: str
    valid: bool
    stale: bool
    description: str | None = Field(default=None, sa_type=Text)
    report: str = Field(sa_type=Text)
    active: bool
    vitality: str | None = Field(default=None, sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SoftwareUrl(SQLModel, table=True):
    """An address under which a record's software is known; the first one is canonical."""

    __tablename__ = "software_urls"
    __table_args__ = (UniqueConstraint("catalog_id", "url"),)

    record_id: str = Field(foreign_key="records.id", ondelete="CASCADE", primary_key=True)
    position: int = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id")
    url: str
    key: str = Field(index=True)


class SoftwareKey(SQLModel, table=True):
    """Which software an address belongs to, whichever way the address is spelled."""

    __tablename__ = "software_keys"

    key: str = Field(primary_key=True)
    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", index=True)


class Quarantine(SQLModel, table=True):
    """A file that cannot become a record: it has no usable address, or one that is taken."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("catalog_id", "source_id"),)

    id: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id", index=True)
    source_id: str
    reason: str
    url: str | None
    raw: bytes = Field(sa_type=LargeBinary)
    content_hash: str
    report: str = Field(sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime)


class SoftwarePart(SQLModel):
    """A row that holds a part of the description, and goes with its software."""

    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", primary_key=True)


class SoftwareText(SoftwarePart, table=True):
    """The description in one language; lists are JSON."""

    __tablename__ = "software_texts"

    language: str = Field(primary_key=True)
    localised_name: str | None
    generic_name: str | None
    short_description: str | None = Field(sa_type=Text)
    long_description: str | None = Field(sa_type=Text)
    documentation: str | None
    api_documentation: str | None
    features: list[str] = Field(sa_type=JSON)
    screenshots: list[str] = Field(sa_type=JSON)
    videos: list[str] = Field(sa_type=JSON)
    awards: list[str] = Field(sa_type=JSON)


class SoftwareTerm(SoftwarePart):
    """One of several plain values of a software; the order is that of the file."""

    position: int = Field(primary_key=True)
    value: str = Field(index=True)


class SoftwareCategory(SoftwareTerm, table=True):
    __tablename__ = "software_categories"


class SoftwarePlatform(SoftwareTerm, table=True):
    __tablename__ = "software_platforms"


class SoftwareScope(SoftwareTerm, table=True):
    __tablename__ = "software_scopes"


class SoftwareLanguage(SoftwareTerm, table=True):
    """A language the software is available in."""

    __tablename__ = "software_languages"


class SoftwareLicence(SoftwareTerm, table=True):
    """A licence named in the SPDX expression."""

    __tablename__ = "software_licences"


class SoftwareUser(SoftwareTerm, table=True):
    """Somebody named in `usedBy`."""

    __tablename__ = "software_users"


class SoftwareSupport(SoftwareTerm, table=True):
    """An id under `supports`."""

    __tablename__ = "software_supports"


class SoftwareBasis(SoftwareTerm, table=True):
    """An address under `isBasedOn`."""

    __tablename__ = "software_bases"


class SoftwareCountry(SoftwarePart, table=True):
    """A country the software is meant for, or (`supported` false) one it does not fit."""

    __tablename__ = "software_countries"

    country: str = Field(primary_key=True)
    supported: bool = Field(primary_key=True)


class Organisation(SQLModel, table=True):
    """A public body or firm, by its URI."""

    __tablename__ = "organisations"

    uri: str = Field(primary_key=True)
    name: str | None


class SoftwareOrganisation(SoftwarePart, table=True):
    """What an organisation is to a software: its `organisation`, or one of those in `fundedBy`."""

    __tablename__ = "software_organisations"

    role: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    uri: str = Field(foreign_key="organisations.uri", index=True)


class SoftwareContact(SoftwarePart, table=True):
    """A person to ask."""

    __tablename__ = "software_contacts"

    position: int = Field(primary_key=True)
    name: str | None
    email: str | None
    affiliation: str | None
    phone: str | None


class SoftwareContractor(SoftwarePart, table=True):
    """A firm that maintains the software until a date."""

    __tablename__ = "software_contractors"

    position: int = Field(primary_key=True)
    name: str | None
    email: str | None
    website: str | None
    until: str | None = Field(index=True)


class SoftwareDependency(SoftwarePart, table=True):
    """Something the software needs; `kind` is open, proprietary or hardware."""

    __tablename__ = "software_dependencies"

    kind: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str | None = Field(index=True)
    version: str | None
    version_min: str | None
    version_max: str | None
    optional: bool | None


class SoftwareWords(SQLModel, table=True):
    """The stemmed words of a software by weight; each engine's full-text index follows by DDL."""

    __tablename__ = "software_words"

    id: int | None = Field(default=None, primary_key=True)
    software_id: str = Field(foreign_key="software.id", ondelete="CASCADE", unique=True)
    name: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    features: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class Change(SQLModel, table=True):
    """One line of the public log: what became of what, numbered in commit order."""

    __tablename__ = "changes"

    sequence: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    entity: str
    entity_id: str = Field(index=True)
    type: str
    at: datetime = Field(sa_type=UtcDateTime)
    revision: str | None


class ChangeHead(SQLModel, table=True):
    """The one counter row: the highest number given out, and which log it counts."""

    __tablename__ = "change_head"

    id: int = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)
    epoch: str


class Tombstone(SQLModel, table=True):
    """What is gone, why, and what took its place. Never its content."""

    __tablename__ = "tombstones"

    software_id: str = Field(primary_key=True)
    reason: str
    successor: str | None
    at: datetime = Field(sa_type=UtcDateTime)
