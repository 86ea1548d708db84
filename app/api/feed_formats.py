"""The formats that feeds are sent in, and how: with the addresses of their pages, and an ETag."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.api import caching
from app.federation.feeds import Feed
from app.federation.formats import atom, json_feed


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write feeds, and the end of the addresses of those written so."""

    name: str
    suffix: str
    media_type: str
    write: Callable[[Feed], bytes]
    schema: dict[str, str]

    def described(self) -> dict[int | str, dict[str, Any]]:
        """The reply, for the documentation."""
        return {200: {"content": {self.media_type: {"schema": self.schema}}}}


FORMATS = (
    Format("Atom", ".atom", atom.MEDIA_TYPE, atom.write, {"type": "string"}),
    Format("JSON Feed", ".jsonfeed", json_feed.MEDIA_TYPE, json_feed.write, {"type": "object"}),
)


def reply(request: Request, format: Format, feed: Feed) -> Response:
    """The feed, unless the client has it: its ETag stays while it does, whatever else changes."""
    body = format.write(feed)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {
        "Last-Modified": format_datetime(feed.updated, usegmt=True),
        "Vary": "Accept-Language",
    }
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    return caching.tagged(tag, body, headers, media_type=format.media_type)


def address(of: str, parameters: Iterable[tuple[str, str]]) -> str:
    """An absolute address with its query."""
    query = urlencode(list(parameters))
    return f"{of}?{query}" if query else of
