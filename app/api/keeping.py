"""Ahead of routing: what was answered already is answered again, as long as nothing was committed.

A route whose reply depends on nothing but the catalogue and the request asks for its `CurrentHead`
and gives the reply an ETag; that is all it takes. Whoever asks the same meanwhile waits for the
same reply. A commit through this process is known here when it returns, those of others as soon as
the head's watch has seen them; and a client that sends the `Samkod-Sequence` of its last reply is
never shown what is older. While the database is out of reach, what is kept is still served.
"""

import asyncio
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.caching import SEQUENCE_HEADER, known_tags
from app.api.compression import ENCODINGS
from app.api.kept import Kept, Memory
from app.api.negotiation import preferred_encoding
from app.head import Head, HeadWatch

SECONDS = 60.0
"""How long a reply is kept at most: even what moves no head is seen by then."""

DECIDING = frozenset({b"accept", b"accept-language", b"host"})
"""Headers that decide a reply; of `Accept-Encoding`, only what comes of it does."""

OF_A_BODY = frozenset({b"content-encoding", b"content-length", b"content-type"})
LONGEST_SEQUENCE = 18
"""Digits of a number that any database can hold."""

MAKING = "samkod.making"
"""In the scope of a request whose reply may be kept: the Making of that reply."""

Key: TypeAlias = tuple[bytes, Head | None]
"""What is asked, and what was known of the catalogue: nobody waits for what may be older than that."""


class Making:
    """A reply on its way, by which others are served if it turns out to hold for them as well."""

    def __init__(self, asked: bytes, known: Head | None, begun: dict[Key, "Making"]) -> None:
        self.asked = asked
        self.head: Head | None = None
        """For which it holds: what a route says that read nothing but the catalogue."""
        self.over = asyncio.Event()
        self._key = (asked, known)
        self._begun = begun

    def begin(self) -> None:
        """Let those wait who ask the same: it is for them, too."""
        self._begun.setdefault(self._key, self)

    def end(self) -> None:
        """Let them go, be it kept or not."""
        if self._begun.get(self._key) is self:
            del self._begun[self._key]
        self.over.set()


class Keeping:
    """Keeps replies to GET in at most `limit` bytes; with 0, none.

    What is asked with a token is neither kept nor answered from here.
    """

    def __init__(self, app: ASGIApp, watch: HeadWatch, limit: int) -> None:
        self.app = app
        self.watch = watch
        self.memory = Memory(limit)
        self.begun: dict[Key, Making] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not self._may_keep(scope["method"], headers):
            await self.app(scope, receive, send)
            return
        asked, known = _asked(scope, headers), self.watch.newest
        kept = None
        if not _has_seen_more(headers, known):
            kept = self._find(asked, known, headers)
            if kept is None and (making := self.begun.get((asked, known))):
                await making.over.wait()
                kept = self._find(asked, known, headers)
        if kept is None:
            await self._make(Making(asked, known, self.begun), scope, receive, send)
            return
        scope["route"] = kept.route
        for message in _answer(kept, headers):
            await send(message)

    def _may_keep(self, method: str, headers: Headers) -> bool:
        return self.memory.limit > 0 and method == "GET" and "authorization" not in headers

    def _find(self, asked: bytes, known: Head | None, headers: Headers) -> Kept | None:
        """What answers this request. Of some replies only the ETag is kept, which is for those who have it."""
        kept = self.memory.find(asked, known=known, now=monotonic())
        return kept if kept and (kept.body is not None or _has(kept, headers)) else None

    async def _make(self, making: Making, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def send_and_keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                # A copy: what others add to the headers is not for those who come later.
                start = {**message, "headers": tuple(message["headers"])}
            elif not message.get("more_body", False):
                if kept := _kept(making.head, start, message, scope):
                    self.memory.put(making.asked, kept)
                making.end()  # a slow reader keeps nobody waiting
            await send(message)

        scope[MAKING] = making
        try:
            await self.app(scope, receive, send_and_keep)
        finally:
            making.end()


def _asked(scope: Scope, headers: Headers) -> bytes:
    """A digest of all that a reply depends on besides the catalogue; for some it is also the day."""
    deciding = [header for header in scope["headers"] if header[0] in DECIDING]
    encoding = _encoding(headers.get("accept-encoding"))
    today = datetime.now(UTC).date().toordinal()
    where = (scope["scheme"], scope["path"], scope["query_string"])
    return sha256(repr((where, deciding, encoding, today)).encode()).digest()


@lru_cache(maxsize=256)
def _encoding(header: str | None) -> str | None:
    return preferred_encoding(header, tuple(ENCODINGS))


def _has_seen_more(headers: Headers, known: Head | None) -> bool:
    """Whether the client knows of a commit that we have not heard of."""
    seen = headers.get(SEQUENCE_HEADER, "")
    is_number = seen.isascii() and seen.isdigit() and len(seen) <= LONGEST_SEQUENCE
    return is_number and (known is None or int(seen) > known.sequence)


def _has(kept: Kept, headers: Headers) -> bool:
    return kept.tag in known_tags(headers)


def _answer(kept: Kept, headers: Headers) -> tuple[Message, Message]:
    """The reply once more, or that the client has it."""
    status, named, body = 200, [*kept.headers], kept.body or b""
    if _has(kept, headers):
        status, body = 304, b""
        named = [header for header in kept.headers if header[0] not in OF_A_BODY]
    return (
        {"type": "http.response.start", "status": status, "headers": named},
        {"type": "http.response.body", "body": body},
    )


def _kept(head: Head | None, start: Message, message: Message, scope: Scope) -> Kept | None:
    """The reply as it is kept; None for what is not whole, or not said to hold for everybody."""
    headers = Headers(raw=start["headers"])
    whole, known = start["status"] == 200, start["status"] == 304
    if head is None or "etag" not in headers or not (whole or known):
        return None
    if whole and headers.get("content-length") != str(len(message["body"])):
        return None
    return Kept(
        head=head,
        until=monotonic() + SECONDS,
        route=scope.get("route"),
        tag=headers["etag"],
        headers=start["headers"],
        body=message["body"] if whole else None,
    )
