"""Paths and queries as routes understand them: without trailing slashes, and without NUL."""

from starlette.types import ASGIApp, Receive, Scope, Send

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ESCAPED_REPLACEMENT = b"%EF%BF%BD"


class Paths:
    """Ignores trailing slashes, as the Open Catalog API does.

    NUL, which PostgreSQL can neither store nor look for, becomes a character that nothing is
    called by: whoever asks for it finds nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["path"].rstrip("/").replace("\0", REPLACEMENT) or "/"
            scope["query_string"] = scope["query_string"].replace(b"%00", ESCAPED_REPLACEMENT)
        await self.app(scope, receive, send)
