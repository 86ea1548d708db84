"""Replies that depend on nothing but the catalogue's head: an ETag, and 304 where it is known.

The head also travels as `Samkod-Sequence`: a client that sends its last one back is never shown
an older catalogue.
"""

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.head import Head

SEQUENCE_HEADER = "Samkod-Sequence"
JSON = "application/json"
NOTHING: Mapping[str, str] = MappingProxyType({})
_REVALIDATE = "public, no-cache"


class Freshness:
    """Adds `Samkod-Sequence` to replies whose route has read or moved the head."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_numbered(message: Message) -> None:
            sequence = scope.get("state", {}).get("sequence")
            if message["type"] == "http.response.start" and sequence is not None:
                MutableHeaders(scope=message)[SEQUENCE_HEADER] = str(sequence)
            await send(message)

        await self.app(scope, receive, send_numbered)


def reply(request: Request, head: Head, body: bytes) -> Response:
    """`body` with the head as its ETag, or 304 where the client has it already."""
    named = tag(head)
    return unchanged(named) if is_known(named, request) else tagged(named, body)


def tag(head: Head, *asked: str) -> str:
    """The ETag of what depends on the head and on what was `asked` for, such as languages."""
    digest = sha256("\n".join(asked).encode()).hexdigest()[:16] if asked else ""
    return f'"{"-".join(filter(None, (head.epoch, str(head.sequence), digest)))}"'


def tagged(
    tag: str, body: bytes, headers: Mapping[str, str] = NOTHING, *, media_type: str = JSON
) -> Response:
    """A reply that the client may keep, but asks for again before it uses it."""
    return Response(body, headers=_kept(tag, headers), media_type=media_type)


def unchanged(tag: str, headers: Mapping[str, str] = NOTHING) -> Response:
    """What the client has is still what it would get."""
    return Response(status_code=304, headers=_kept(tag, headers))


def _kept(tag: str, headers: Mapping[str, str]) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": _REVALIDATE, **headers}


def is_known(tag: str, request: Request) -> bool:
    """Is it in If-None-Match?"""
    return tag in known_tags(request.headers)


def known_tags(headers: Headers) -> set[str]:
    """What is in If-None-Match. Weak tags match as well, since a proxy may have weakened them."""
    sent = headers.get("if-none-match", "").split(",")
    return {each.strip().removeprefix("W/") for each in sent}
