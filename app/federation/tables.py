"""Whom we follow, how far we have come with each of them, and what every harvest brought."""

from datetime import datetime

from sqlalchemy import JSON, Index, LargeBinary, Text
from sqlmodel import Field

from app.database import Table, UtcDateTime


class Peer(Table, table=True):
    """A catalogue, forge or list that we harvest: what it says itself is in one catalogue of ours.

    `uri` is its name for good, which others may know as well. `schedule` are the seconds between
    two harvests. Both secrets are sealed: we show it the `secret`, and it signs webhooks with the
    `webhook_secret`.
    """

    __tablename__ = "peers"
    __table_args__ = (Index("ix_peers_created_at_id", "created_at", "id"),)

    id: str = Field(primary_key=True)
    uri: str = Field(unique=True)
    name: str
    kind: str
    url: str = Field(sa_type=Text)
    args: list[str] = Field(default_factory=list, sa_type=JSON)
    trust: str
    priority: int
    schedule: int
    enabled: bool
    live: bool
    catalog_id: str = Field(foreign_key="catalogs.id", index=True)
    secret: str | None = Field(sa_type=Text)
    webhook_secret: str | None = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class PeerPart(Table):
    """A row that goes with its peer."""

    peer_id: str = Field(foreign_key="peers.id", ondelete="CASCADE", primary_key=True)


class HarvestState(PeerPart, table=True):
    """How far we have come with a peer, and when it is its turn again.

    `cursor` is that of the last page that was stored. `began_at` is when began what is under way,
    perhaps by several harvests, and `listing_since` the same if it is a full listing; `before` is the
    cursor that there was when it began. `listed_at` is
    when the last of those began that came to its end, `succeeded_at` of anything that did. Whoever harvests holds the peer until a time, and
    says again and again that it still does.
    """

    __tablename__ = "harvest_states"

    cursor: str | None = Field(default=None, sa_type=Text)
    before: str | None = Field(default=None, sa_type=Text)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    listing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    listed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    succeeded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    held_by: str | None = None
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HarvestRun(Table, table=True):
    """One harvest of a peer: waiting for its turn, under way, or over; and what it brought."""

    __tablename__ = "harvest_runs"
    __table_args__ = (
        Index("ix_harvest_runs_peer_id_created_at", "peer_id", "created_at"),
        Index("ix_harvest_runs_state", "state"),
    )

    id: str = Field(primary_key=True)
    peer_id: str = Field(foreign_key="peers.id", ondelete="CASCADE")
    mode: str
    state: str
    targets: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    complete: bool = False
    pages: int = 0
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    error: str | None = Field(default=None, sa_type=Text)


class PeerRecord(PeerPart, table=True):
    """A record of ours that a peer tells of, in one of its groups; without any in the empty one.

    `catalog_id` and `source_id` name the record; `seen_at` is when the peer spoke of it last. `left_at`
    is when it was in this group no longer, and in no other one yet.
    """

    __tablename__ = "peer_records"
    __table_args__ = (Index("ix_peer_records_peer_id_group", "peer_id", "group"),)

    source_id: str = Field(primary_key=True)
    group: str = Field(primary_key=True)
    catalog_id: str
    seen_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PeerCatalog(PeerPart, table=True):
    """The catalogue of ours that holds what a peer passes on from another one.

    Of one of its own: two catalogues may describe the same repository, and no catalogue twice.
    """

    __tablename__ = "peer_catalogs"

    origin: str = Field(primary_key=True)
    catalog_id: str = Field(foreign_key="catalogs.id", index=True)


class PeerReply(PeerPart, table=True):
    """What a peer answered to a question that is asked again, packed, with what proves it unchanged.

    `size` are the bytes of the packed content; `came_at` is when it was sent, `asked_at` when it was
    sent or found unchanged last.
    """

    __tablename__ = "peer_replies"

    question: str = Field(primary_key=True)
    etag: str | None = Field(sa_type=Text)
    last_modified: str | None = Field(sa_type=Text)
    size: int
    came_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    content: bytes = Field(sa_type=LargeBinary)


class PeerMessage(PeerPart, table=True):
    """A webhook that a peer sent, for as long as the same could be sent again."""

    __tablename__ = "peer_messages"

    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
