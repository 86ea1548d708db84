"""The body of a reply: unpacked, whole, and never longer than allowed."""

import zlib

import httpcore2
import httpx2

from app.remote.errors import BadReply, TooLarge

ACCEPT_ENCODING = "gzip"
GZIP = 16 + zlib.MAX_WBITS  # with the header and check sum of gzip, and no other wrapping


async def read_body(
    reply: httpcore2.Response, headers: httpx2.Headers, *, url: str, limit: int, first: int | None
) -> bytes:
    """All of the body, or its `first` bytes if that is given (1 or more) and there are so many.

    Raises TooLarge as soon as more than `limit` bytes are declared, have arrived or have been
    unpacked: a bomb grows by one byte too many. Raises BadReply and zlib.error for what cannot be
    unpacked.
    """
    if first is None and int(headers.get("content-length", 0)) > limit:
        raise TooLarge(url, f"announces more than {limit} bytes")
    unpacker = _unpacker(headers, url)
    wanted = limit + 1 if first is None else first
    body, received = bytearray(), 0
    async for sent in reply.aiter_stream():
        received += len(sent)
        body += unpacker.unpack(sent, wanted - len(body))
        if len(body) == first:
            return bytes(body)
        if max(received, len(body)) > limit:
            raise TooLarge(url, f"is longer than {limit} bytes")
    if received and not unpacker.is_complete:
        raise BadReply(url, "is cut short")
    return bytes(body)


class Plain:
    is_complete = True  # the connection itself knows whether all has arrived

    def unpack(self, sent: bytes, room: int) -> bytes:
        return sent[:room]


class Gzip:
    """What follows the end of the packed text is ignored, as browsers do."""

    def __init__(self) -> None:
        self._text = zlib.decompressobj(GZIP)

    @property
    def is_complete(self) -> bool:
        return self._text.eof

    def unpack(self, sent: bytes, room: int) -> bytes:
        """The next bytes, at most `room` (1 or more: zlib takes 0 for no limit)."""
        return b"" if self.is_complete else self._text.decompress(sent, room)


def _unpacker(headers: httpx2.Headers, url: str) -> Plain | Gzip:
    match headers.get("content-encoding", "").strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip":
            return Gzip()
        case other:
            raise BadReply(url, f"is packed as {other}, which was not asked for")
