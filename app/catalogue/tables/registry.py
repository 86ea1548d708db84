"""Who publishes and collects software: catalogues, publishers, bundles, and what is known of them."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from app.database import Table, UtcDateTime


class Catalog(Table, table=True):
    """Who says what. The root is always there, and is listed once it has an alternativeId."""

    __tablename__ = "catalogs"
    __table_args__ = (Index("ix_catalogs_created_at_id", "created_at", "id"),)

    id: str = Field(primary_key=True)
    name: str
    alternative_id: str | None = Field(default=None, unique=True)
    active: bool = True
    publishers_namespace: str | None = None
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CatalogSource(Table, table=True):
    """Where a catalogue's software is listed; `driver` says how to read it."""

    __tablename__ = "catalog_sources"

    catalog_id: str = Field(foreign_key="catalogs.id", ondelete="CASCADE", primary_key=True)
    position: int = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    driver: str | None
    args: list[str] | None = Field(sa_type=JSON)


class Publisher(Table, table=True):
    """A body that publishes software."""

    __tablename__ = "publishers"
    __table_args__ = (Index("ix_publishers_created_at_id", "created_at", "id"),)

    id: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id", index=True)
    description: str = Field(unique=True)
    email: str | None
    alternative_id: str | None = Field(unique=True)
    active: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CodeHosting(Table, table=True):
    """Where a publisher hosts code: one repository, or (`group`) all of an organisation."""

    __tablename__ = "publisher_code_hosting"

    publisher_id: str = Field(foreign_key="publishers.id", ondelete="CASCADE", primary_key=True)
    position: int = Field(primary_key=True)
    url: str = Field(unique=True)
    group: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Bundle(Table, table=True):
    """A named group of software."""

    __tablename__ = "bundles"
    __table_args__ = (Index("ix_bundles_created_at_id", "created_at", "id"),)

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    description: str | None = Field(sa_type=Text)
    active: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class BundleMember(Table, table=True):
    """A software of a bundle, in the order given."""

    __tablename__ = "bundle_members"

    bundle_id: str = Field(foreign_key="bundles.id", ondelete="CASCADE", primary_key=True)
    software_id: str = Field(
        foreign_key="software.id", ondelete="CASCADE", primary_key=True, index=True
    )
    position: int


class Analysis(Table, table=True):
    """What one component found out about a software or a catalogue: JSON under its own name.

    One row for each name, so that components never overwrite each other.
    """

    __tablename__ = "analysis"

    entity: str = Field(primary_key=True)
    entity_id: str = Field(primary_key=True)
    namespace: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class Block(Table, table=True):
    """An address of which nothing is taken in from peers, by what its spellings have in common."""

    __tablename__ = "blocks"

    key: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    author: str | None
    at: datetime = Field(sa_type=UtcDateTime)


class RevokedToken(Table, table=True):
    """A token that must not be accepted any more, by its `jti`."""

    __tablename__ = "revoked_tokens"

    jti: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
