"""/v1/peers: whom we harvest, and how each is read.

Everybody may see whom we follow. How, and how it goes, is for those who look after the catalogue.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import body_of, json_body
from app.api.dependencies import DatabaseDep, Now, ReadSession, SettingsDep, WriteSession
from app.api.links import Links, NoParameters, StrictPageQuery
from app.api.lists import REFUSED, SLIP, one, page
from app.api.patching import Patch, patch_body, patch_of, patched
from app.api.peer_posts import PeerPost, PeerSource
from app.api.problems import documented
from app.api.refusals import (
    BodyMalformed,
    BodyRefused,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    ParametersInvalid,
)
from app.api.scopes import ADMIN, Writer
from app.api.security import allowed_everywhere
from app.catalogue import catalogs
from app.catalogue.entry import Entry
from app.catalogue.errors import AlreadyExists, CatalogNotFound
from app.database import Session
from app.federation import peers, removal
from app.federation.errors import PeerNotFound, SecretsRefused
from app.federation.peers import Followed, Trust
from app.federation.vault import Vault
from app.pagination import Page, rfc3339, rfc3339_or_null

router = APIRouter(prefix="/peers", tags=["federation"])

ALL = "/v1/peers"
ONE = f"{ALL}/{examples.ID}"
MEDIA = "application/json"
MISSING = PeerNotFound(examples.ID)


class PeerName(BaseModel):
    """Whom we follow."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    uri: str = Field(description="Its name for good, which others may know it by as well.")
    name: str
    kind: str = Field(description="How it is read.")
    catalog_id: str = Field(description="The catalogue of ours that holds what it says itself.")


class PeerNames(BaseModel):
    """A page of peers, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PEER_NAMES]})

    data: list[PeerName]
    links: Links


class Peer(PeerName):
    """How a peer is read, and how it goes."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PEER]})

    url: str
    args: list[str]
    trust: Trust = Field(description="Who is trusted more is heard first.")
    priority: int = Field(description="Of two that are trusted alike, the higher is heard first.")
    schedule: int = Field(description="Seconds from one harvest to the next.")
    enabled: bool
    live: bool = Field(description="It is asked at once when it tells of news.")
    has_secret: bool
    has_webhook_secret: bool
    due_at: datetime
    succeeded_at: datetime | None = Field(description="When the last good harvest began.")
    listed_at: datetime | None = Field(description="When everything was last listed.")
    failures: int = Field(description="In a row.")
    created_at: datetime
    updated_at: datetime


class RemovalQuery(BaseModel):
    """What becomes of what a peer told us."""

    model_config = ConfigDict(extra="forbid")

    records: Literal["withdraw", "keep"] = Field(
        "withdraw", description="`keep` leaves it here, as it is."
    )


async def _vault(settings: SettingsDep) -> Vault:
    return Vault(settings.paseto_key)


VaultDep = Annotated[Vault, Depends(_vault)]
Admin = Annotated[Writer, Depends(allowed_everywhere(ADMIN))]
PeerId = Annotated[str, Path(description="The peer's id.", examples=[examples.ID])]

NO_CHOICE = BrokenRule(
    "records", "literal_error", "records: Input should be 'withdraw' or 'keep'", value="all"
)
FAILURES = (
    BodyMalformed(),
    AlreadyExists("peer", "uri", "https://katalog.example.org"),
    FieldUnknown(),
    FieldsInvalid([BrokenRule("kind", "oneof", "kind is invalid", value="telepathy")]),
    SecretsRefused(),
    SLIP,
)


@router.get(
    "", summary="List peers", response_model=PeerNames, responses=documented("GET", ALL, REFUSED)
)
async def listing(
    request: Request, query: Annotated[StrictPageQuery, Query()], session: ReadSession
) -> Response:
    """The catalogues, forges and lists that this one follows."""
    found = await peers.listing(session, query.page())
    items = [_entry(peer, _named(peer)) for peer in found.items]
    return page(request, Page(items, found.previous, found.next))


@router.post(
    "",
    summary="Follow a peer",
    response_model=Peer,
    openapi_extra=body_of(PeerPost, MEDIA, peer=examples.PEER_POST, source=examples.PEER_OF_SOURCE),
    responses=documented("POST", ALL, *FAILURES, CatalogNotFound(examples.ID)),
)
async def create(
    _admin: Admin,
    _none: NoParameters,
    post: Annotated[PeerPost, Depends(json_body(PeerPost))],
    session: WriteSession,
    vault: VaultDep,
    now: Now,
) -> Response:
    """Harvest it from now on. What it says itself goes into its catalogue, and never elsewhere."""
    wanted = (await _from_source(session, post, post.source) if post.source else post).draft()
    return _one(await peers.create(session, wanted, vault, now=now))


@router.get(
    "/{id}",
    summary="Get a peer",
    response_model=Peer,
    responses=documented("GET", ONE, MISSING, SLIP),
)
async def read(_admin: Admin, _none: NoParameters, id: PeerId, session: ReadSession) -> Response:
    """How it is read, and how it goes; without its secrets."""
    return _one(await peers.get(session, id))


@router.patch(
    "/{id}",
    summary="Update a peer",
    response_model=Peer,
    openapi_extra=patch_of(PeerPost, pause={"enabled": False}),
    responses=documented("PATCH", ONE, MISSING, *FAILURES, BodyRefused("uri cannot be changed")),
)
async def update(
    _admin: Admin,
    _none: NoParameters,
    id: PeerId,
    patch: Annotated[Patch, Depends(patch_body(PeerPost))],
    session: WriteSession,
    vault: VaultDep,
    now: Now,
) -> Response:
    """Change how it is read. Its `uri` and its catalogue stay; read from elsewhere, it begins anew."""
    before = await peers.get(session, id)
    post = patched(PeerPost, editable_peer(before), patch)
    if post.source or post.uri != before.uri:
        raise BodyRefused(f"{'source' if post.source else 'uri'} cannot be changed")
    return _one(await peers.revise(session, id, post.draft(), vault, now=now))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Follow a peer no longer",
    responses=documented("DELETE", ONE, MISSING, ParametersInvalid([NO_CHOICE])),
)
async def delete(
    admin: Admin,
    id: PeerId,
    query: Annotated[RemovalQuery, Query()],
    database: DatabaseDep,
    now: Now,
) -> Response:
    """Withdraw what it told us, unless it is to stay, and the catalogues made for it."""
    await removal.remove(
        database, id, withdraw=query.records == "withdraw", actor=admin.subject, now=now
    )
    return Response(status_code=204)


def _one(peer: Followed) -> Response:
    return one(_entry(peer, shown_peer(peer)))


def _entry(peer: Followed, members: dict[str, Any]) -> Entry:
    return Entry(peer.id, orjson.dumps(members).decode(), peer.created_at)


async def _from_source(session: Session, post: PeerPost, wanted: PeerSource) -> PeerPost:
    """The peer that a catalogue's source stands for. Raises CatalogNotFound and FieldsInvalid."""
    shown = orjson.loads((await catalogs.get(session, wanted.catalog_id)).document)
    source = next((each for each in shown["sources"] if each["url"] == wanted.url), None)
    if source is None:
        raise FieldsInvalid(
            [BrokenRule("source.url", "oneof", "source.url is none of its sources", wanted.url)]
        )
    return post.model_copy(
        update={
            "kind": post.kind or source.get("driver"),
            "url": source["url"],
            "args": source.get("args") if post.args is None else post.args,
            "catalog_id": post.catalog_id or shown["id"],
            "source": None,
        }
    )


def editable_peer(peer: Followed) -> dict[str, Any]:
    """What of a peer can be changed, and what a JSON Patch may test."""
    kept = (
        "name",
        "kind",
        "url",
        "uri",
        "args",
        "trust",
        "priority",
        "schedule",
        "enabled",
        "live",
    )
    shown = shown_peer(peer)
    return {name: shown[name] for name in (*kept, "id", "catalogId", "createdAt", "updatedAt")}


def _named(peer: Followed) -> dict[str, Any]:
    return {
        "id": peer.id,
        "uri": peer.uri,
        "name": peer.name,
        "kind": peer.kind,
        "catalogId": peer.catalog_id,
    }


def shown_peer(peer: Followed) -> dict[str, Any]:
    """How it is read, and how it goes, as JSON; without its secrets."""
    standing = peer.standing
    return _named(peer) | {
        "url": peer.url,
        "args": list(peer.args),
        "trust": peer.trust.value,
        "priority": peer.priority,
        "schedule": peer.schedule,
        "enabled": peer.enabled,
        "live": peer.live,
        "hasSecret": peer.has_secret,
        "hasWebhookSecret": peer.has_webhook_secret,
        "dueAt": rfc3339(standing.due_at),
        "succeededAt": rfc3339_or_null(standing.succeeded_at),
        "listedAt": rfc3339_or_null(standing.listed_at),
        "failures": standing.failures,
        "createdAt": rfc3339(peer.created_at),
        "updatedAt": rfc3339(peer.updated_at),
    }
