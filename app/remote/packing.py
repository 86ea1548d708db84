"""Replies as bytes, for those who keep them."""

import httpx2
import orjson

from app.remote.client import Fetched
from app.zstd import ZstdCompressor, ZstdDecompressor

UNKEPT = frozenset({"set-cookie"})
"""Headers that may hold a secret, and that nobody reads."""


def packed(reply: Fetched) -> bytes:
    """The reply with its headers, small."""
    headers = [each for each in reply.headers.multi_items() if each[0].lower() not in UNKEPT]
    about = orjson.dumps([reply.url, reply.status, reply.redirects, headers])
    return ZstdCompressor().compress(about + b"\n" + reply.body, mode=ZstdCompressor.FLUSH_FRAME)


def unpacked(content: bytes) -> Fetched:
    """What `packed` made these bytes of."""
    about, _, body = ZstdDecompressor().decompress(content).partition(b"\n")
    url, status, redirects, headers = orjson.loads(about)
    given = httpx2.Headers([(name, value) for name, value in headers])
    return Fetched(url, status, given, body, tuple(redirects))
