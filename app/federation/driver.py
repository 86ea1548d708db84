"""What a driver is: how one kind of catalogue is read, page by page.

A driver is an async generator of pages. It sees the web through `Web` and no database; what it
yields is stored in its order, each page with the cursor behind it, while the next one is on its way.
So a run that was killed goes on behind the last page that was stored.

    PeerFault
    ├── Unavailable      turned away, overrun or broken: says nothing about what is there
    ├── Unreadable       an answer that is not what its protocol says
    │   └── PageRepeated the same page again, which is never the end
    └── CursorLost       the peer has forgotten where we were: list everything again
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol

from app.publiccode.known import Known as Known  # drivers find it here, with what they yield
from app.remote.client import Fetched, Limits

MAX_PAGE_BYTES = 50 * 1024 * 1024
"""Of an unpacked page, as in ckanext-dcat's harvester."""

MAX_PAGES = 10_000
"""Of one run."""

PAGE_LIMITS = Limits(max_bytes=MAX_PAGE_BYTES, total=300)


class PeerFault(Exception):
    """`where` is a URL; the message completes the sentence “*where* …”."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} {what}")
        self.where = where


class Unavailable(PeerFault):
    """With the `status` of the answer."""

    def __init__(self, where: str, status: int) -> None:
        super().__init__(where, f"answered {status}")
        self.status = status


class Unreadable(PeerFault):
    pass


class PageRepeated(Unreadable):
    pass


class CursorLost(PeerFault):
    pass


class Web(Protocol):
    """How drivers ask: `app.remote.client.Client`, or what is more patient than that."""

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        first: int | None = None,
        limits: Limits | None = None,
    ) -> Fetched:
        """The reply, whatever its status. Raises RemoteError."""
        ...


class Mode(StrEnum):
    """What a run is for: all there is, what changed, or some things by their names."""

    FULL = "full"
    INCREMENTAL = "incremental"
    TARGETED = "targeted"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be relied on.

    An `incremental` driver can begin behind a cursor or a time; one with `deletes` says what is
    gone; after a full run of one that is `complete`, what was not listed is absent; a `live` one can
    wait for news; a `targeted` one can ask for some records by their source ids. One that `relays`
    tells as well what its peer heard from others, perhaps from us.
    """

    incremental: bool = False
    deletes: bool = False
    complete: bool = True
    live: bool = False
    targeted: bool = False
    relays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a peer is and how it is asked: `args` are the driver's own, as in a catalogue's `sources`.

    `uri` is what the peer is called for good, by others as well; without one, by its address.
    """

    url: str
    uri: str | None = None
    args: tuple[str, ...] = ()
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one run shall bring.

    `cursor` is that of the last page that was stored: of this run, if it is resumed, else where the
    run before ended, for an incremental one; a full one is told that as `before`, in case the peer
    can say what has gone since. `since` is from when on changes matter, with some overlap; `targets` are the source ids that a targeted run is about.
    """

    mode: Mode = Mode.FULL
    cursor: str | None = None
    before: str | None = None
    since: datetime | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The record of the catalogue that read the file first."""

    catalog: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """What a forge says of a fork: the address of what it was made from, where it tells."""

    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestedRecord:
    """What the peer says about one piece of software; `text` is its publiccode.yml as it was read.

    Without a text, `known` makes an entry of the index tier; with neither, the record only says that
    it is still there, and what was read of it before stands. `source_id` is the peer's own name for
    it and stays the same for good. Without `origin` the peer itself is the origin, unless the text
    is read `is_first_hand`: by the driver, from where the repository is kept. `group` is the peer's
    software, of which this record is one of several. `identifiers` are pairs of scheme (`wikidata`,
    `swhid`, `redirect`) and value. `forked` is what its forge says of a fork, `fork` which kind of copy
    it was found to be. With a `fault`, as `id-missing`, it waits in quarantine for that reason.
    """

    source_id: str
    url: str | None = None
    aliases: tuple[str, ...] = ()
    text: bytes | None = None
    known: Known | None = None
    forked: Forked | None = None
    modified: datetime | None = None
    active: bool = True
    vitality: str | None = None
    deleted: bool = False
    origin: Origin | None = None
    via: tuple[str, ...] = ()
    is_first_hand: bool = False
    identifiers: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    fork: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records, and the cursor behind them.

    `groups` are told of as a whole: what we have of them and is not among `records` is withdrawn, unless
    it is in another one by the end of the harvest.
    """

    records: tuple[HarvestedRecord, ...]
    cursor: str | None = None
    groups: frozenset[str] = frozenset()


class Harvest(Protocol):
    """Raises PeerFault and RemoteError; ends when all that the task is about has been told."""

    def __call__(self, source: Source, web: Web, task: Task) -> AsyncIterator[Page]: ...


class News(Protocol):
    """Waits a while for something behind the cursor; whether there is.

    Raises PeerFault and RemoteError.
    """

    async def __call__(self, source: Source, web: Web, cursor: str) -> bool: ...


def _as_is(url: str) -> str:
    return url


@dataclass(frozen=True, slots=True)
class Driver:
    """`kind` is its name in a peer and in a catalogue's `sources`; a live one can wait for `news`.

    A peer is `named` after its address, unless it is given another name for good.
    """

    kind: str
    capabilities: Capabilities
    harvest: Harvest
    news: News | None = None
    named: Callable[[str], str] = _as_is


async def ask(
    web: Web, url: str, *, headers: Mapping[str, str] | None = None, limits: Limits = PAGE_LIMITS
) -> Fetched:
    """A successful reply. Raises Unavailable for any other, and RemoteError."""
    reply = await web.fetch(url, headers=headers, limits=limits)
    if not reply.is_success:
        raise Unavailable(url, reply.status)
    return reply


async def ask_if_there(
    web: Web, url: str, *, headers: Mapping[str, str] | None = None, limits: Limits = PAGE_LIMITS
) -> Fetched | None:
    """A successful reply, None if there is surely nothing. Raises Unavailable and RemoteError."""
    reply = await web.fetch(url, headers=headers, limits=limits)
    if reply.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return None
    if not reply.is_success:
        raise Unavailable(url, reply.status)
    return reply
