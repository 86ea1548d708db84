"""Paths and queries as routes understand them: without trailing slashes, and without NUL."""

import re
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ESCAPED_REPLACEMENT = b"%EF%BF%BD"

_ESCAPED_SLASH = re.compile("%2f", re.IGNORECASE)


class Paths:
    """Ignores trailing slashes, as the Open Catalog API does.

    An escaped slash stays as it is, since it separates nothing: the alternativeId `a/b` is one
    part of a path. NUL, which PostgreSQL can neither store nor look for, becomes a character that nothing is
    called by: whoever asks for it finds nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = _decoded(scope).rstrip("/").replace("\0", REPLACEMENT) or "/"
            scope["query_string"] = scope["query_string"].replace(b"%00", ESCAPED_REPLACEMENT)
        await self.app(scope, receive, send)


def with_slashes(part: str) -> str:
    """A part of a path, its slashes unescaped."""
    return _ESCAPED_SLASH.sub("/", part)


def _decoded(scope: Scope) -> str:
    path: str = scope["path"]
    raw = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
    return unquote(_ESCAPED_SLASH.sub("%252F", raw)) if _ESCAPED_SLASH.search(raw) else path
