"""One line in the log per request, under an id which the client gets as well.

Neither bodies nor headers nor query strings are logged: they may hold tokens or personal data.
"""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.methods import METHODS
from app.api.refusals import Unexpected
from app.telemetry import Metrics

REQUEST_ID_HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger("samkod.request")


class Tracing:
    """Logs and counts each request, and answers with a problem where nobody else caught the error."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started, status = perf_counter(), 0
        request_id, method = _request_id(scope), scope["method"]
        structlog.contextvars.bind_contextvars(
            request_id=request_id, method=method, path=scope["path"]
        )

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_traced)
        except Exception:
            log.exception("failed")
            if status:
                raise
            await problems.response(Request(scope), Unexpected())(scope, receive, send_traced)
        finally:
            seconds = perf_counter() - started
            self.metrics.answered(_counted(method), _route(scope), status, seconds)
            log.info("answered", status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.clear_contextvars()


def _counted(method: str) -> str:
    """The method, or `other`: clients may invent as many as they like."""
    return method if method in METHODS else "other"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "")


def _request_id(scope: Scope) -> str:
    """The client's own id where it is harmless, so that its log and ours can be joined."""
    given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
