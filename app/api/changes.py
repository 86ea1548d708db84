"""/v1/changes: what another catalogue follows."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import examples, following
from app.api.bundles import Bundle
from app.api.catalogs import Catalog
from app.api.dependencies import DatabaseDep, FeedDep
from app.api.problems import documented
from app.api.publishers import Publisher
from app.api.refusals import BrokenRule, EpochOver, ParametersInvalid, SequenceAhead
from app.api.software import Software
from app.catalogue import catalogs, changes
from app.catalogue.copies import Kind
from app.catalogue.entry import Scheme, Tier
from app.catalogue.errors import CatalogNotFound, ChangeForgotten
from app.database import Session, reading
from app.federation import feed
from app.federation.feed import Include, Wanted

router = APIRouter(prefix="/changes", tags=["federation"])

LARGEST_LIMIT = 1000
EVENTS_AT_ONCE = 10
"""What one slow reader of a stream has waiting at most."""

LONGEST_WAIT = 60
PULSE_SECONDS = 15.0
"""Proxies take a stream that says nothing for dead."""

NOT_AN_INTEGER = BrokenRule(
    "since", "int_parsing", "since: Input should be a valid integer", value="yesterday"
)
FAILURES = (
    ParametersInvalid([NOT_AN_INTEGER]),
    SequenceAhead(9000, 41),
    ChangeForgotten(7, 20),
    EpochOver("0e5a"),
    CatalogNotFound(examples.ID),
)


class Form(StrEnum):
    """How changes are told."""

    NORMAL = "normal"
    LONG_POLL = "longpoll"
    SSE = "sse"


def _clamped(largest: int) -> BeforeValidator:
    def clamp(text: str) -> int | str:
        try:
            return min(max(int(text), 1), largest)
        except ValueError:
            return text

    return BeforeValidator(clamp)


class FollowQuery(BaseModel):
    """Which part of the log, with what, and how."""

    model_config = ConfigDict(extra="forbid")

    since: int = Field(0, ge=0, description="The `lastSeq` of the page before; 0 to begin.")
    limit: Annotated[int, _clamped(LARGEST_LIMIT)] = Field(
        100, description=f"Changes per page, at most {LARGEST_LIMIT}."
    )
    include: Include = Field(
        Include.SOFTWARE,
        description="Whether each change brings the thing as it is now; `records` adds to software "
        "what each catalogue says about it, with the text of its file.",
    )
    entity: Literal["software", "publisher", "catalog", "bundle", "all"] = Field(
        "software", description="Changes of what."
    )
    tier: Literal["published", "all"] = Field(
        "published",
        description="`all` adds software that has no publiccode.yml and is only known of. Else "
        "software comes with its file, and is `deleted` without it.",
    )
    epoch: str | None = Field(
        None, description="The log that `since` belongs to: 410 if it is not this one any more."
    )
    form: Form = Field(
        Form.NORMAL,
        alias="feed",
        description="`longpoll` waits until there is something; `sse` goes on for ever, as "
        "server-sent events.",
    )
    timeout: Annotated[int, _clamped(LONGEST_WAIT)] = Field(
        30, description=f"How many seconds `longpoll` waits, at most {LONGEST_WAIT}."
    )

    def wanted(self, catalog_id: str | None) -> Wanted:
        """The same, as the feed wants it."""
        return Wanted(
            kinds=tuple(Kind) if self.entity == "all" else (Kind(self.entity),),
            include=self.include,
            catalog_id=catalog_id,
            with_index=self.tier == "all",
            limit=min(self.limit, EVENTS_AT_ONCE) if self.form is Form.SSE else self.limit,
        )


class ChangesQuery(FollowQuery):
    """Of all catalogues, or of one."""

    catalog: str | None = Field(
        None,
        description="Only what this catalogue has, as it has it: its id or alternativeId. What "
        "leaves it is `deleted`.",
    )


class Origin(BaseModel):
    """Where a file was read first."""

    model_config = ConfigDict(alias_generator=to_camel)

    catalog: str
    record_id: str


class SourceIdentifier(BaseModel):
    """Evidence beside addresses."""

    scheme: Scheme
    value: str


class SourceRecord(BaseModel):
    """What one catalogue says about a software."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    catalog_id: str | None = None
    source_id: str
    origin: Origin | None = Field(description="Null if it was said here first.")
    via: list[str] = Field(description="The catalogues through which it came.")
    fork: str | None = Field(None, description="What kind of copy it is; null for what is none.")
    url: str
    aliases: list[str]
    identifiers: list[SourceIdentifier] = Field(description="What else makes it the same software.")
    tier: Tier
    publiccode_yml: str | None = Field(None, description="The file as it was given.")
    publiccode_yml_base64: str | None = Field(None, description="Instead, where it is not UTF-8.")
    known: dict[str, Any] | None = Field(
        None, description="Instead, in the tier `index`: what its forge or a list tells."
    )
    hash: str
    valid: bool
    stale: bool
    active: bool
    vitality: str | None
    first_seen: datetime
    updated_at: datetime


class Change(BaseModel):
    """What became of one thing."""

    model_config = ConfigDict(alias_generator=to_camel)

    seq: int = Field(description="Its number in the log, which has no gaps.")
    entity: Kind
    software_id: str | None = None
    publisher_id: str | None = None
    catalog_id: str | None = None
    bundle_id: str | None = None
    type: Literal["create", "update", "delete"]
    deleted: bool = Field(description="The thing is gone, perhaps by a later change.")
    reason: str | None = Field(None, description="Why software is gone.")
    successor: str | None = Field(None, description="The id of the software in its place.")
    at: datetime
    rev: str | None = Field(description="Names the content; equal when nothing differs.")
    software: Software | None = Field(
        None, description="As `/v1/software/{id}` shows it now, which may be newer than the change."
    )
    publisher: Publisher | None = None
    catalog: Catalog | None = None
    bundle: Bundle | None = None
    records: list[SourceRecord] | None = Field(
        None, description="All that is said about the software; what is not here is withdrawn."
    )


class Changes(BaseModel):
    """A page of the log, oldest first."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.CHANGES]}
    )

    results: list[Change]
    last_seq: int = Field(description="Where to go on: the next `since`.")
    pending: int = Field(
        description="How many changes follow this page, those of all kinds counted."
    )
    epoch: str = Field(description="Names the log. If it changes, start again from 0.")


STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"content": {following.EVENT_STREAM: {"schema": {"type": "string"}}}}
}

LastEvent = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID", ge=0, description="Of a stream that broke off: instead of `since`."
    ),
]


@router.get(
    "",
    summary="Follow changes",
    response_model=Changes,
    responses=STREAMED | documented("GET", "/v1/changes", *FAILURES),
)
async def since(
    request: Request,
    query: Annotated[ChangesQuery, Query()],
    database: DatabaseDep,
    log: FeedDep,
    last_event: LastEvent = None,
) -> Response:
    """What has changed after `since`, in the order in which it was committed.

    Begin at 0, apply each page, and ask again with its `lastSeq`. Whoever has seen a number has
    seen all before it. What is gone has `deleted` true and no content. Of changes that are older
    than the operator keeps them, only the last of each thing is there: a `since` that was forgotten
    is answered 410, and says from where to `resync`.
    """
    catalog_id = None
    if query.catalog is not None:
        async with reading(database) as session:
            catalog_id = await catalogs.resolve(session, query.catalog)
    return await follow(request, query, database, log, catalog_id, last_event)


async def follow(
    request: Request,
    query: FollowQuery,
    database: DatabaseDep,
    log: FeedDep,
    catalog_id: str | None,
    last_event: int | None,
) -> Response:
    """The part of the log that the query asks for, in the form that it asks for."""
    wanted, begin = query.wanted(catalog_id), query.since
    if query.form is Form.SSE and last_event is not None:
        begin = last_event
    async with reading(database) as session:
        await _refuse_elsewhere(session, begin, query.epoch)
        if query.form is Form.NORMAL:
            return following.reply(request, await feed.read(session, wanted, begin))
    if query.form is Form.SSE:
        return following.stream(log.pages(wanted, begin, PULSE_SECONDS))
    waiting = log.next_page(wanted, begin, query.timeout)
    return following.reply(request, await following.unless_gone(request, waiting))


async def _refuse_elsewhere(session: Session, begin: int, epoch: str | None) -> None:
    """Raises what there is to say to those who cannot go on from here."""
    extent = await changes.extent(session)
    if epoch not in (None, extent.head.epoch):
        raise EpochOver(extent.head.epoch)
    if begin > extent.head.sequence:
        raise SequenceAhead(begin, extent.head.sequence)
    await changes.refuse_forgotten(session, begin, extent.horizon)
