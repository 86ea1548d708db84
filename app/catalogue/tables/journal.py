"""What happened: the public log of changes, tombstones, the audit trail, messages, webhooks."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from app.database import Table, UtcDateTime


class Change(Table, table=True):
    """One line of the public log: what became of what, numbered in commit order.

    `published_as` is its type for those who follow only what is published; null if they are not told.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_entity_sequence", "entity", "sequence"),)

    sequence: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    entity: str
    entity_id: str = Field(index=True)
    type: str
    published_as: str | None
    at: datetime = Field(sa_type=UtcDateTime)
    revision: str | None


class ChangeCatalog(Table, table=True):
    """A catalogue that had the thing before a change, or has had it since; `published` if so."""

    __tablename__ = "change_catalogs"

    catalog_id: str = Field(primary_key=True)
    sequence: int = Field(
        sa_type=BigInteger,
        foreign_key="changes.sequence",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
    )
    published: bool


class ChangeHead(Table, table=True):
    """The one counter row: the highest number given out, and which log it counts.

    Up to the `horizon`, only the last change of each thing is kept.
    """

    __tablename__ = "change_head"

    id: int = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)
    epoch: str
    horizon: int = Field(default=0, sa_type=BigInteger)


class Tombstone(Table, table=True):
    """What is gone, why, and what took its place. Never its content."""

    __tablename__ = "tombstones"

    software_id: str = Field(primary_key=True)
    reason: str
    successor: str | None
    at: datetime = Field(sa_type=UtcDateTime)


class SetMember(Table, table=True):
    """A software in a set that harvesters read; it stays when the software goes, or leaves the set.

    `sequence` is the number of the change that made it so, `datestamp` the whole second in which
    harvesters look for it; both grow together.
    """

    __tablename__ = "set_members"
    __table_args__ = (
        Index(
            "ix_set_members_kind_value_datestamp_sequence",
            "kind",
            "value",
            "datestamp",
            "sequence",
        ),
    )

    software_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    standing: str
    sequence: int = Field(sa_type=BigInteger)
    datestamp: datetime = Field(sa_type=UtcDateTime)


class Event(Table, table=True):
    """Who did what: the audit trail. A change is for the world, an event for the operator."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_created_at_id", "created_at", "id"),
        Index("ix_events_entity_type_entity_id", "entity_type", "entity_id"),
    )

    id: str = Field(primary_key=True)
    type: str
    entity_type: str
    entity_id: str
    actor: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)


class Log(Table, table=True):
    """A message about a software, a publisher, a catalogue, or nothing in particular."""

    __tablename__ = "logs"
    __table_args__ = (
        Index("ix_logs_created_at_id", "created_at", "id"),
        Index("ix_logs_entity", "entity"),
    )

    id: str = Field(primary_key=True)
    message: str = Field(sa_type=Text)
    entity: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Webhook(Table, table=True):
    """Who wants to be told: of all software or publishers, or (`entity_id`) of one of them.

    Of software, only of what the search finds that `filter` holds as a query string.
    """

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("url", "entity_type", "entity_id"),)

    id: str = Field(primary_key=True)
    url: str
    secret: str | None
    format: str
    entity_type: str = Field(index=True)
    entity_id: str
    filter: str | None = Field(default=None, sa_type=Text)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class WebhookMatch(Table, table=True):
    """A software that the subscriber of a filtered webhook knows of; it may be gone meanwhile."""

    __tablename__ = "webhook_matches"

    webhook_id: str = Field(foreign_key="webhooks.id", ondelete="CASCADE", primary_key=True)
    software_id: str = Field(primary_key=True)


class Delivery(Table, table=True):
    """An event on its way to a webhook: the outbox, and afterwards the delivery log.

    What is asked for `by_hand` is sent whatever the webhook's filter says.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_state_due_at", "state", "due_at"),
        Index("ix_deliveries_subject", "subject"),
        Index("ix_deliveries_webhook_id_created_at", "webhook_id", "created_at"),
    )

    id: str = Field(primary_key=True)
    webhook_id: str = Field(foreign_key="webhooks.id", ondelete="CASCADE")
    event_id: str
    event_type: str
    subject: str
    state: str
    attempts: int
    by_hand: bool = False
    status: int | None
    error: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
