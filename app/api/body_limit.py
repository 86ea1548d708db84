"""How much of a body is read: the limit holds while it arrives, whatever its headers promise."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.refusals import BodyTooLarge


class BodyLimit:
    """Refuses bodies over `limit` bytes; `limits` holds those of single paths.

    None is that of a stream, of which only a part is held at a time. `streams` holds paths, and the
    media type of the bodies that are streams there.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        limits: Mapping[str, int | None],
        streams: Mapping[str, str],
    ) -> None:
        self.app = app
        self.limit = limit
        self.limits = limits
        self.streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_stream(scope):
            await self.app(scope, receive, send)
            return

        limit = self.limits.get(scope["path"], self.limit)
        if limit is None:
            await self.app(scope, receive, send)
            return
        if _promised(scope) > limit:
            refused = problems.response(Request(scope), BodyTooLarge(limit))
            await refused(scope, receive, send)
            return

        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLarge(limit)
            return message

        await self.app(scope, receive_within_limit, send)

    def _is_stream(self, scope: Scope) -> bool:
        streamed = self.streams.get(scope["path"])
        return streamed is not None and media_type_of(scope) == streamed


def media_type_of(scope: Scope) -> str:
    """What the body is said to be, without parameters; empty if nothing is said."""
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()


def _promised(scope: Scope) -> int:
    """Content-Length, or 0 where there is none that can be believed."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
