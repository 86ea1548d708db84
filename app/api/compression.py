"""Replies made smaller for those who can read them so, by `Accept-Encoding`: zstd, or else gzip.

Only replies that are there as a whole: what is written bit by bit, such as a stream of events, must
not wait until there is enough to compress. An ETag names the encoding as well, since equal ones
promise the same bytes (RFC 9110, 8.8.1); routes do not see that part of it.
"""

import gzip
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.negotiation import preferred_encoding
from app.zstd import ZstdCompressor

ZSTD_LEVEL = 3
GZIP_LEVEL = 5
SMALLEST = 1024
"""Bytes; what is shorter fits into one packet anyway."""

LARGEST_AT_ONCE = 64 * 1024
"""Bytes; what is longer is compressed in a thread, so that others are answered meanwhile."""

QUOTE = '"'
"""By which an ETag ends."""

_TEXT = re.compile(
    r"text/(?!event-stream).+"
    r"|application/(.+\+)?(javascript|json|n-quads|n-triples|trig|x-ndjson|xml|yaml)"
)
_MARK = re.compile(rb'-(?:zstd|gzip)"')


def _zstd(body: bytes) -> bytes:
    return ZstdCompressor(ZSTD_LEVEL).compress(body, ZstdCompressor.FLUSH_FRAME)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {"zstd": _zstd, "gzip": _gzip}
"""By preference. The same bytes always become the same."""


class Compression:
    """Compresses whole texts that are long enough, and marks their ETags."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        encoding = preferred_encoding(asked.get("accept-encoding"), tuple(ENCODINGS))
        known = asked.get("if-none-match", "")
        waiting: Message | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal waiting
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == HTTPStatus.NOT_MODIFIED and "etag" in headers:
                    _name_what_is_known(headers, known)
                elif _is_compressible(headers):
                    headers.add_vary_header("Accept-Encoding")
                    if encoding and int(headers["content-length"]) >= SMALLEST:
                        waiting = message
                        return
            elif waiting and encoding:
                start, waiting = waiting, None
                if not message.get("more_body", False):
                    message = await _compressed(start, message, encoding)
                await send(start)
            await send(message)

        scope["headers"] = [*map(_unmarked, scope["headers"])]
        await self.app(scope, receive, send_smaller)


def _is_compressible(headers: Headers) -> bool:
    """A text whose length is known, which nobody may ask for parts of, and that may be changed."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return (
        _TEXT.fullmatch(media_type) is not None
        and "content-length" in headers
        and not {"accept-ranges", "content-encoding", "content-range"} & set(headers.keys())
        and "no-transform" not in headers.get("cache-control", "")
    )


async def _compressed(start: Message, message: Message, encoding: str) -> Message:
    """The same body in fewer bytes; the headers in `start` say so."""
    body, compress = message["body"], ENCODINGS[encoding]
    if len(body) > LARGEST_AT_ONCE:
        smaller = await to_thread.run_sync(compress, body)
    else:
        smaller = compress(body)
    headers = MutableHeaders(scope=start)
    headers["Content-Encoding"] = encoding
    headers["Content-Length"] = str(len(smaller))
    if "etag" in headers:
        headers["ETag"] = _marked(headers["etag"], encoding)
    return {**message, "body": smaller}


def _marked(tag: str, encoding: str) -> str:
    return f"{tag.removesuffix(QUOTE)}-{encoding}{QUOTE}"


def _unmarked(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """With ETags as routes gave them, before they were marked."""
    name, value = header
    return (name, _MARK.sub(b'"', value)) if name == b"if-none-match" else header


def _name_what_is_known(headers: MutableHeaders, known: str) -> None:
    """The ETag of a 304 is the one that the client sent: what it has is still right."""
    headers.add_vary_header("Accept-Encoding")
    plain = headers["etag"]
    marked = (_marked(plain, encoding) for encoding in ENCODINGS)
    headers["ETag"] = next((each for each in marked if each in known), plain)
