"""Replies that depend on nothing but the catalogue's head: an ETag, and 304 where it is known.

The head also travels as `Samkod-Sequence`: a client that sends its last one back is never shown
an older catalogue.
"""

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.head import Head

SEQUENCE_HEADER = "Samkod-Sequence"
_REVALIDATE = "no-cache"


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
    tag = f'"{head.epoch}-{head.sequence}"'
    headers = {"ETag": tag, "Cache-Control": _REVALIDATE}
    if is_known(tag, request):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def is_known(tag: str, request: Request) -> bool:
    """Is it in If-None-Match? Weak tags match as well, since a proxy may have weakened them."""
    sent = request.headers.get("if-none-match", "").split(",")
    return tag in {each.strip().removeprefix("W/") for each in sent}
