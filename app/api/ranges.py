"""A file, or the one part of it that a client still lacks: RFC 9110, sections 13 and 14."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import BinaryIO

from anyio import to_thread
from fastapi import Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.caching import is_known
from app.api.refusals import RangeUnsatisfiable

CHUNK = 256 * 1024

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


def file_reply(
    request: Request,
    file: BinaryIO,
    size: int,
    tag: str,
    *,
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """The file, which is closed when it was sent; or 304 where the client has it already.

    `tag` is its ETag, `size` in bytes. Raises RangeUnsatisfiable.
    """
    headers = {**headers, "ETag": tag, "Accept-Ranges": "bytes"}
    if is_known(tag, request):
        file.close()
        return Response(status_code=304, headers=headers)
    wanted = _wanted(request, tag)
    if wanted is None:
        return _FileReply(file, 0, size, 200, headers, media_type)
    try:
        first, last = _bounds(*wanted, size)
    except RangeUnsatisfiable:
        file.close()
        raise
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _FileReply(file, first, last + 1 - first, 206, headers, media_type)


def _wanted(request: Request, tag: str) -> tuple[str, str] | None:
    """The range, if one is asked for, of this very file. Several are answered with the whole."""
    if request.headers.get("if-range", tag) != tag:
        return None
    one = _ONE_RANGE.fullmatch(request.headers.get("range", ""))
    if one is None or not any(one.groups()):
        return None
    first, last = one.groups()
    return None if first and last and int(last) < int(first) else (first, last)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; without a first one, so many from the end."""
    begin = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if begin >= size:
        raise RangeUnsatisfiable(size)
    return begin, end


class _FileReply(StreamingResponse):
    def __init__(
        self,
        file: BinaryIO,
        first: int,
        length: int,
        status: int,
        headers: Mapping[str, str],
        media_type: str,
    ) -> None:
        sized = {**headers, "Content-Length": str(length)}
        super().__init__(self._chunks(first, length), status, sized, media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)

    async def _chunks(self, first: int, length: int) -> AsyncIterator[bytes]:
        self._file.seek(first)
        while length > 0 and (
            chunk := await to_thread.run_sync(self._file.read, min(length, CHUNK))
        ):
            length -= len(chunk)
            yield chunk
