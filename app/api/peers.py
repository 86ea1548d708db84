"""/v1/peers: whom we harvest, how it goes, and harvests on demand.

Everybody may see whom we follow. How, and how it goes, is for those who look after the catalogue.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples
from app.api.bodies import (
    Body,
    PlainText,
    RequiredLongAddress,
    RequiredText,
    body_of,
    json_body,
    one_of,
    sized,
    within,
)
from app.api.dependencies import DatabaseDep, Now, ReadSession, SettingsDep, WriteSession
from app.api.links import Links, NoParameters, StrictPageQuery
from app.api.lists import REFUSED, SLIP, one, page
from app.api.patching import Patch, patch_body, patch_of, patched
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
from app.federation import inbox, peers, reconciliation, runs
from app.federation.driver import Mode
from app.federation.drivers import DRIVERS
from app.federation.errors import (
    NothingToConfirm,
    PeerNotFound,
    RunNotFound,
    SecretsRefused,
)
from app.federation.peers import KEEP, Followed, PeerDraft, Trust
from app.federation.runs import Run, RunState
from app.federation.vault import Vault
from app.pagination import Page, rfc3339
from app.publiccode import urls

router = APIRouter(prefix="/peers", tags=["federation"])

ALL = "/v1/peers"
ONE = f"{ALL}/{examples.ID}"
RUNS = f"{ONE}/runs"
MEDIA = "application/json"
SHORTEST_SCHEDULE, LONGEST_SCHEDULE = 60, 30 * 24 * 3600
HIGHEST_PRIORITY = 1000
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


class PeerRun(BaseModel):
    """One harvest of a peer."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.PEER_RUN]}
    )

    id: str
    mode: Mode
    state: RunState
    targets: list[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    complete: bool = Field(description="Everything was listed.")
    pages: int
    counts: dict[str, int]
    error: str | None


class PeerRuns(BaseModel):
    """A page of harvests, newest first."""

    data: list[PeerRun]
    links: Links


class PeerSource(Body):
    """A source of one of our catalogues: its address, and the catalogue."""

    catalog_id: RequiredText
    url: RequiredText


class PeerPost(Body):
    """A peer: of which `kind` it is and where, or the `source` of a catalogue that it is made from.

    Without a `uri` it is known by its `url`; without `catalogId` a catalogue is made for it. Secrets
    are kept sealed and never shown; one that is left out stays, and an empty one goes.
    """

    name: Annotated[RequiredText, sized(1, 255)] | None = None
    kind: Annotated[str, one_of(*sorted(DRIVERS))] | None = None
    url: Annotated[RequiredLongAddress, sized(1, 2048)] | None = None
    source: PeerSource | None = None
    uri: Annotated[RequiredLongAddress, sized(1, 2048)] | None = None
    catalog_id: PlainText | None = None
    args: Annotated[list[Annotated[PlainText, sized(1, 2048)]], sized(0, 100)] | None = None
    trust: Annotated[str, one_of(*Trust)] | None = None
    priority: Annotated[int, within(-HIGHEST_PRIORITY, HIGHEST_PRIORITY)] | None = None
    schedule: Annotated[int, within(SHORTEST_SCHEDULE, LONGEST_SCHEDULE)] | None = None
    enabled: bool | None = None
    live: bool | None = None
    secret: Annotated[PlainText, sized(0, 4096)] | None = None
    webhook_secret: Annotated[PlainText, sized(0, 256)] | None = None

    def draft(self) -> PeerDraft:
        """The same, as the catalogue wants it. Raises FieldsInvalid."""
        missing = [name for name in ("kind", "url") if getattr(self, name) is None]
        if missing:
            raise FieldsInvalid(
                [BrokenRule(name, "required", f"{name} is required", value="") for name in missing]
            )
        url, kind = _web_address_of(self.url or ""), self.kind or ""
        _refuse_credentials("uri", self.uri or "")
        _refuse_weakness("webhookSecret", self.webhook_secret or "")
        plain = PeerDraft(name="", kind=kind, url=url)
        return PeerDraft(
            name=self.name or urlsplit(url).netloc,
            kind=kind,
            url=url,
            uri=self.uri,
            args=tuple(self.args or ()),
            trust=Trust(self.trust or plain.trust),
            priority=plain.priority if self.priority is None else self.priority,
            schedule=self.schedule or plain.schedule,
            enabled=self.enabled is not False,
            live=DRIVERS[kind].capabilities.live if self.live is None else self.live,
            catalog_id=self.catalog_id,
            secret=KEEP if self.secret is None else self.secret,
            webhook_secret=KEEP if self.webhook_secret is None else self.webhook_secret,
        )


class SyncPost(Body):
    """What is to be harvested: what changed, or everything."""

    mode: Annotated[str, one_of(Mode.FULL, Mode.INCREMENTAL)] | None = None


class RemovalQuery(BaseModel):
    """What becomes of what a peer told us."""

    model_config = ConfigDict(extra="forbid")

    records: Literal["withdraw", "keep"] = Field(
        "withdraw", description="`keep` leaves it here, as it is."
    )


def _web_address_of(url: str) -> str:
    if not urls.is_http_url(url):
        raise FieldsInvalid([BrokenRule("url", "http_url", "url is invalid", value=url)])
    _refuse_credentials("url", url)
    return url


def _refuse_credentials(name: str, address: str) -> None:
    """Everybody sees what a peer is called. Raises FieldsInvalid, which does not repeat them."""
    parts = urls.parse(address)
    if parts and parts.user:
        what = f"{name} holds credentials, which belong in secret"
        raise FieldsInvalid([BrokenRule(name, "no_credentials", what, value="")])


def _refuse_weakness(name: str, secret: str) -> None:
    """Whoever guesses it can make us ask the peer. Raises FieldsInvalid, which does not repeat it."""
    if secret and (weakness := inbox.weakness(secret)):
        raise FieldsInvalid([BrokenRule(name, "strength", f"{name} {weakness}", value="")])


async def _vault(settings: SettingsDep) -> Vault:
    return Vault(settings.paseto_key)


async def _asked(request: Request) -> SyncPost:
    """The body may be left out."""
    return await json_body(SyncPost)(request) if await request.body() else SyncPost()


VaultDep = Annotated[Vault, Depends(_vault)]
Admin = Annotated[Writer, Depends(allowed_everywhere(ADMIN))]
PeerId = Annotated[str, Path(description="The peer's id.", examples=[examples.ID])]
RunId = Annotated[str, Path(description="The harvest's id.")]

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
    post = patched(PeerPost, _editable(before), patch)
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
    await peers.remove(
        database, id, withdraw=query.records == "withdraw", actor=admin.subject, now=now
    )
    return Response(status_code=204)


@router.post(
    "/{id}/sync",
    status_code=202,
    summary="Harvest a peer now",
    response_model=PeerRun,
    openapi_extra=body_of(SyncPost, MEDIA, full={"mode": "full"}),
    responses=documented("POST", f"{ONE}/sync", MISSING, BodyMalformed(), FieldUnknown(), SLIP),
)
async def sync(
    request: Request,
    _admin: Admin,
    _none: NoParameters,
    id: PeerId,
    asked: Annotated[SyncPost, Depends(_asked)],
    session: WriteSession,
    now: Now,
) -> Response:
    """Line up a harvest; `Location` says where to see how it goes. Without a body, of what changed."""
    run = await runs.ask_for(session, id, Mode(asked.mode or Mode.INCREMENTAL), now=now)
    where = {"Location": f"{request.url.path.removesuffix('/sync')}/runs/{run.id}"}
    return Response(orjson.dumps(_run(run)), status_code=202, headers=where, media_type=MEDIA)


@router.get(
    "/{id}/runs",
    summary="List harvests of a peer",
    response_model=PeerRuns,
    responses=documented("GET", RUNS, MISSING, REFUSED),
)
async def harvests(
    request: Request,
    _admin: Admin,
    id: PeerId,
    query: Annotated[StrictPageQuery, Query()],
    session: ReadSession,
) -> Response:
    """What each brought, and why it failed where it did."""
    found = await runs.listing(session, id, query.page())
    items = [_entry(run, _run(run)) for run in found.items]
    return page(request, Page(items, found.previous, found.next))


@router.get(
    "/{id}/runs/{run_id}",
    summary="Get a harvest",
    response_model=PeerRun,
    responses=documented("GET", f"{RUNS}/{examples.ID}", RunNotFound(examples.ID), SLIP),
)
async def harvest(
    _admin: Admin, _none: NoParameters, id: PeerId, run_id: RunId, session: ReadSession
) -> Response:
    """How it goes, or went."""
    run = await runs.get(session, id, run_id)
    return one(_entry(run, _run(run)))


@router.post(
    "/{id}/runs/{run_id}/confirm",
    summary="Confirm what a harvest did not find",
    response_model=PeerRun,
    responses=documented(
        "POST",
        f"{RUNS}/{examples.ID}/confirm",
        MISSING,
        RunNotFound(examples.ID),
        NothingToConfirm(examples.ID),
        SLIP,
    ),
)
async def confirm(
    _admin: Admin, _none: NoParameters, id: PeerId, run_id: RunId, database: DatabaseDep, now: Now
) -> Response:
    """Say that what is missing is gone, of a harvest that stopped as `suspicious_shrink`."""
    run = await reconciliation.confirm(database, id, run_id, now=now)
    return one(_entry(run, _run(run)))


def _one(peer: Followed) -> Response:
    return one(_entry(peer, _shown(peer)))


def _entry(shown: Followed | Run, members: dict[str, Any]) -> Entry:
    return Entry(shown.id, orjson.dumps(members).decode(), shown.created_at)


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


def _editable(peer: Followed) -> dict[str, Any]:
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
    shown = _shown(peer)
    return {name: shown[name] for name in (*kept, "id", "catalogId", "createdAt", "updatedAt")}


def _named(peer: Followed) -> dict[str, Any]:
    return {
        "id": peer.id,
        "uri": peer.uri,
        "name": peer.name,
        "kind": peer.kind,
        "catalogId": peer.catalog_id,
    }


def _shown(peer: Followed) -> dict[str, Any]:
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
        "succeededAt": _moment(standing.succeeded_at),
        "listedAt": _moment(standing.listed_at),
        "failures": standing.failures,
        "createdAt": rfc3339(peer.created_at),
        "updatedAt": rfc3339(peer.updated_at),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "mode": run.mode.value,
        "state": run.state.value,
        "targets": list(run.targets),
        "createdAt": rfc3339(run.created_at),
        "startedAt": _moment(run.started_at),
        "finishedAt": _moment(run.finished_at),
        "complete": run.complete,
        "pages": run.pages,
        "counts": {count.value: number for count, number in run.counts.items()},
        "error": run.error,
    }


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
