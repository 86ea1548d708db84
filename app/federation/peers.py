"""Whom we harvest, and how far each is trusted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import catalogs, events, identity
from app.catalogue.catalogs import CatalogDraft
from app.catalogue.entry import ChangeType
from app.catalogue.errors import AlreadyExists
from app.catalogue.listing import page_of
from app.federation import progress, revisiting
from app.federation.driver import Source
from app.federation.drivers import DRIVERS
from app.federation.errors import PeerNotFound
from app.federation.names import storable
from app.federation.tables import HarvestState, Peer, PeerCatalog
from app.federation.vault import Vault
from app.pagination import Page, PageRequest

EVENT_ENTITY = "peers"


class Trust(StrEnum):
    """Whose word it is: that of the owner, of somebody who checks, or of one who passes it on."""

    OWNER = "owner"
    CURATED = "curated"
    RELAY = "relay"

    @property
    def weight(self) -> int:
        """What it adds to a priority, which it outranks."""
        return {Trust.OWNER: 10_000, Trust.CURATED: 0, Trust.RELAY: -10_000}[self]


class KeepSecret(Enum):
    """Said of a secret that stays as it is; None would mean "forget it"."""

    KEEP = "keep"


KEEP: Final = KeepSecret.KEEP
Secret = str | None | Literal[KeepSecret.KEEP]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerDraft:
    """A peer as it should be.

    Without a `uri` it is named by its `url`, for good; without a `catalog_id` one is made for it. Who is
    trusted more is heard first, and then the higher `priority`. `schedule` are the seconds from one
    harvest to the next; `live` says not to wait for them where the peer tells of news. Whoever asks the
    peer shows it the `secret`; its webhooks are signed with the `webhook_secret`.
    """

    name: str
    kind: str
    url: str
    uri: str | None = None
    args: tuple[str, ...] = ()
    trust: Trust = Trust.CURATED
    priority: int = 0
    schedule: int = 3600
    enabled: bool = True
    live: bool = False
    catalog_id: str | None = None
    secret: Secret = KEEP
    webhook_secret: Secret = KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it goes with a peer: the `failures` are those in a row."""

    due_at: datetime
    succeeded_at: datetime | None
    listed_at: datetime | None
    failures: int
    held_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A peer as it is; its secrets are not told."""

    id: str
    uri: str
    name: str
    kind: str
    url: str
    args: tuple[str, ...]
    trust: Trust
    priority: int
    schedule: int
    enabled: bool
    live: bool
    catalog_id: str
    has_secret: bool
    has_webhook_secret: bool
    created_at: datetime
    updated_at: datetime
    standing: Standing

    def draft(self) -> PeerDraft:
        """The same as a draft, for editing."""
        return PeerDraft(
            name=self.name,
            kind=self.kind,
            url=self.url,
            uri=self.uri,
            args=self.args,
            trust=self.trust,
            priority=self.priority,
            schedule=self.schedule,
            enabled=self.enabled,
            live=self.live,
            catalog_id=self.catalog_id,
        )


async def get(session: AsyncSession, id: str) -> Followed:
    """One peer. Raises PeerNotFound."""
    row, state = await rows(session, id)
    return _followed(row, state)


async def listing(session: AsyncSession, page: PageRequest) -> Page[Followed]:
    """Peers by (createdAt, id), oldest first."""
    statement = select(Peer, HarvestState, col(Peer.created_at), col(Peer.id)).join(
        HarvestState, col(HarvestState.peer_id) == Peer.id
    )
    found = await page_of(session, statement, (col(Peer.created_at), col(Peer.id)), page)
    return replace(found, items=[_followed(row.Peer, row.HarvestState) for row in found.items])


async def everyone(session: AsyncSession) -> list[Followed]:
    """All peers, oldest first."""
    found = await session.execute(
        select(Peer, HarvestState)
        .join(HarvestState, col(HarvestState.peer_id) == Peer.id)
        .order_by(col(Peer.created_at), col(Peer.id))
    )
    return [_followed(row.Peer, row.HarvestState) for row in found]


async def create(
    session: AsyncSession, wanted: PeerDraft, vault: Vault, *, now: datetime
) -> Followed:
    """Follow a peer, from now on.

    Raises AlreadyExists for a `uri` that is known, CatalogNotFound and SecretsRefused.
    """
    uri = storable(wanted.uri or _named(wanted))
    catalog_id = wanted.catalog_id
    made = None
    if catalog_id is None:
        made = await catalogs.create(session, CatalogDraft(name=wanted.name), now=now)
        catalog_id = made.id
    else:
        catalog_id = await catalogs.resolve(session, catalog_id)
    row = Peer(
        id=identity.new_id(),
        uri=uri,
        name=wanted.name,
        kind=wanted.kind,
        url=wanted.url,
        args=list(wanted.args),
        trust=wanted.trust.value,
        priority=wanted.priority,
        schedule=wanted.schedule,
        enabled=wanted.enabled,
        live=wanted.live,
        catalog_id=catalog_id,
        secret=_sealed(wanted.secret, None, vault),
        webhook_secret=_sealed(wanted.webhook_secret, None, vault),
        created_at=now,
        updated_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        raise AlreadyExists("peer", "uri", uri) from error
    state = HarvestState(peer_id=row.id, due_at=now)
    session.add(state)
    if made:
        session.add(PeerCatalog(peer_id=row.id, origin=uri, catalog_id=catalog_id))
    await session.flush()
    await events.record(session, ChangeType.CREATE, EVENT_ENTITY, row.id, now=now)
    return _followed(row, state)


async def revise(
    session: AsyncSession, id: str, wanted: PeerDraft, vault: Vault, *, now: datetime
) -> Followed:
    """Make the peer like this. Its `uri` and its catalogue stay, whatever the draft says of them.

    Read from another place, or in another way, it begins anew, also if it is being harvested. Raises PeerNotFound and
    SecretsRefused.
    """
    row, state = await rows(session, id)
    place = (row.kind, row.url, row.args)
    row.name, row.kind, row.url, row.args = wanted.name, wanted.kind, wanted.url, list(wanted.args)
    row.trust, row.priority = wanted.trust.value, wanted.priority
    row.schedule, row.enabled, row.live = wanted.schedule, wanted.enabled, wanted.live
    row.secret = _sealed(wanted.secret, row.secret, vault)
    row.webhook_secret = _sealed(wanted.webhook_secret, row.webhook_secret, vault)
    if (row.kind, row.url, row.args) != place:
        await progress.begin_anew(session, id)
        await revisiting.forget(session, id)
        await session.refresh(state)
    state.failures = 0
    state.due_at = min(state.due_at, now + timedelta(seconds=row.schedule))
    if state.listed_at is None:
        state.due_at = now
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
    await session.flush()
    await events.record(session, ChangeType.UPDATE, EVENT_ENTITY, row.id, now=row.updated_at)
    return _followed(row, state)


async def source(session: AsyncSession, id: str, vault: Vault) -> Source:
    """Where a peer is and how it is asked, with its secret. Raises PeerNotFound and SecretLost."""
    row, _ = await rows(session, id)
    return Source(
        url=row.url,
        uri=row.uri,
        args=tuple(row.args),
        secret=vault.open(row.secret) if row.secret else None,
    )


async def webhook_secret(session: AsyncSession, id: str, vault: Vault) -> str | None:
    """With what the webhooks of a peer are signed, if they are.

    Raises PeerNotFound and SecretLost.
    """
    row, _ = await rows(session, id)
    return vault.open(row.webhook_secret) if row.webhook_secret else None


async def rows(session: AsyncSession, id: str) -> tuple[Peer, HarvestState]:
    """What is stored of a peer. Raises PeerNotFound."""
    row, state = await session.get(Peer, id), await session.get(HarvestState, id)
    if row is None or state is None:
        raise PeerNotFound(id)
    return row, state


def _named(wanted: PeerDraft) -> str:
    driver = DRIVERS.get(wanted.kind)
    return driver.named(wanted.url) if driver else wanted.url


def _sealed(wanted: Secret, known: str | None, vault: Vault) -> str | None:
    if wanted is KEEP:
        return known
    return vault.seal(wanted) if wanted else None


def _followed(row: Peer, state: HarvestState) -> Followed:
    return Followed(
        id=row.id,
        uri=row.uri,
        name=row.name,
        kind=row.kind,
        url=row.url,
        args=tuple(row.args),
        trust=Trust(row.trust),
        priority=row.priority,
        schedule=row.schedule,
        enabled=row.enabled,
        live=row.live,
        catalog_id=row.catalog_id,
        has_secret=row.secret is not None,
        has_webhook_secret=row.webhook_secret is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        standing=Standing(
            due_at=state.due_at,
            succeeded_at=state.succeeded_at,
            listed_at=state.listed_at,
            failures=state.failures,
            held_until=state.held_until,
        ),
    )
