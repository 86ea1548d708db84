"""Conditional requests: who is asked for the same again need not send what we have already.

What a peer answered is kept, with the validators that came with it, so that `304 Not Modified` stands
for the very same reply: drivers read it as if it had been sent, and everything in it is still there.
https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.database import Database, reading
from app.federation.driver import Web
from app.federation.tables import PeerReply
from app.remote.client import Fetched, Limits
from app.remote.packing import packed, unpacked

LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes of a body; a larger one is sent each time."""

LARGEST_MEMORY = 64 * 1024 * 1024
"""Bytes that are kept of one peer, packed."""

SETTLED_AFTER = timedelta(minutes=1)
"""By then nothing can be modified that bears the same date."""

LONGEST_VALIDATOR = 1000
LARGE = 64 * 1024
"""Bytes that are packed beside what else goes on."""

TRUSTED_FOR = timedelta(days=30)
"""Then a reply is asked for anew, in case the peer's validators do not tell the truth."""

T = TypeVar("T")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the replies to some questions have taught: new ones, and which of the old ones stand."""

    new: Mapping[str, "Kept"]
    standing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it is kept."""

    etag: str | None
    last_modified: str | None
    content: bytes


class _Known(NamedTuple):
    etag: str | None
    last_modified: str | None


@dataclass
class Revisiting:
    """Asks as `web` does, but only for what is new to us; with room for so many bytes more."""

    database: Database
    web: Web
    peer_id: str
    now: datetime
    room: int
    _new: dict[str, Kept] = field(default_factory=dict)
    _standing: set[str] = field(default_factory=set)

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
        """As `Web.fetch`; what is not modified is answered as it was before."""
        sent = dict(headers or {})
        if method != "GET" or first is not None or content is not None:
            return await self.web.fetch(
                url, method=method, headers=sent, content=content, first=first, limits=limits
            )
        question = _question(url, sent)
        known = await self._known(question)
        if known is not None:
            reply = await self.web.fetch(url, headers=sent | _conditions(known), limits=limits)
            if reply.status != HTTPStatus.NOT_MODIFIED:
                return await self._noted(question, reply)
            kept = await self._kept(question)
            if kept is not None and (kept.url, kept.redirects) == (reply.url, reply.redirects):
                self._standing.add(question)
                return kept
        return await self._noted(question, await self.web.fetch(url, headers=sent, limits=limits))

    def learnt(self) -> Learnt:
        """Since this was asked last."""
        new, standing = self._new, frozenset(self._standing)
        self._new, self._standing = {}, set()
        return Learnt(new, standing)

    async def _known(self, question: str) -> _Known | None:
        async with reading(self.database) as session:
            found = await session.execute(
                select(col(PeerReply.etag), col(PeerReply.last_modified)).where(
                    col(PeerReply.peer_id) == self.peer_id,
                    col(PeerReply.question) == question,
                    col(PeerReply.came_at) > self.now - TRUSTED_FOR,
                )
            )
            row = found.one_or_none()
        return _Known(*row) if row else None

    async def _kept(self, question: str) -> Fetched | None:
        async with reading(self.database) as session:
            row = await session.get(PeerReply, (self.peer_id, question))
        return None if row is None else await _aside(unpacked, row.content, row.size)

    async def _noted(self, question: str, reply: Fetched) -> Fetched:
        etag = _validator(reply, "etag")
        last_modified = _validator(reply, "last-modified") if _is_settled(reply) else None
        if not _may_be_kept(reply) or not (etag or last_modified):
            return reply
        kept = Kept(etag, last_modified, await _aside(packed, reply, len(reply.body)))
        if len(kept.content) <= self.room:
            self.room -= len(kept.content)
            self._new[question] = kept
        return reply


async def open_for(database: Database, web: Web, peer_id: str, *, now: datetime) -> Revisiting:
    """What this peer answered before is at hand."""
    async with reading(database) as session:
        kept = await session.execute(
            select(func.coalesce(func.sum(col(PeerReply.size)), 0)).where(
                col(PeerReply.peer_id) == peer_id
            )
        )
        return Revisiting(database, web, peer_id, now, LARGEST_MEMORY - kept.scalar_one())


async def keep(session: AsyncSession, peer_id: str, learnt: Learnt, *, now: datetime) -> None:
    """Remember it for the next time."""
    mine = col(PeerReply.peer_id) == peer_id
    for some in bulk.portions(sorted(learnt.standing)):
        await session.execute(
            update(PeerReply).where(mine, col(PeerReply.question).in_(some)).values(asked_at=now)
        )
    for some in bulk.portions(sorted(learnt.new)):
        await session.execute(delete(PeerReply).where(mine, col(PeerReply.question).in_(some)))
    await bulk.add(
        session,
        PeerReply,
        [
            {
                "peer_id": peer_id,
                "question": question,
                "etag": kept.etag,
                "last_modified": kept.last_modified,
                "content": kept.content,
                "size": len(kept.content),
                "came_at": now,
                "asked_at": now,
            }
            for question, kept in sorted(learnt.new.items())
        ],
    )


async def forget(
    session: AsyncSession, peer_id: str, *, unasked_since: datetime | None = None
) -> None:
    """Drop what was not asked for any more since then, or everything."""
    unwanted = delete(PeerReply).where(col(PeerReply.peer_id) == peer_id)
    if unasked_since is not None:
        unwanted = unwanted.where(col(PeerReply.asked_at) < unasked_since)
    await session.execute(unwanted)


def _question(url: str, headers: Mapping[str, str]) -> str:
    """What decides a reply; who asks does not."""
    accepted = next((headers[name] for name in headers if name.lower() == "accept"), "")
    return sha256(f"{accepted}\n{url}".encode(errors="surrogatepass")).hexdigest()


def _conditions(known: _Known) -> dict[str, str]:
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _may_be_kept(reply: Fetched) -> bool:
    return (
        reply.status == HTTPStatus.OK
        and len(reply.body) <= LARGEST_REPLY
        and "no-store" not in reply.headers.get("cache-control", "").lower()
        and "*" not in reply.headers.get("vary", "")
    )


def _is_settled(reply: Fetched) -> bool:
    """Whether what was modified then could not be modified again without being dated later.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.2
    """
    try:
        sent, modified = (
            parsedate_to_datetime(reply.headers.get(name, "")) for name in ("date", "last-modified")
        )
        return sent - modified >= SETTLED_AFTER
    except (ValueError, TypeError, OverflowError):
        return False


def _validator(reply: Fetched, name: str) -> str | None:
    """As far as it may be sent back."""
    value = reply.headers.get(name, "")
    is_sendable = value.isascii() and value.isprintable() and value == value.strip()
    return value if value and is_sendable and len(value) <= LONGEST_VALIDATOR else None


async def _aside(work: Callable[[Given], T], given: Given, size: int) -> T:
    """Where it takes long, others go on meanwhile."""
    return work(given) if size <= LARGE else await asyncio.to_thread(work, given)
