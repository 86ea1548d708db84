"""HEAD and OPTIONS, for all routes alike; and which methods a path has."""

from anyio import CancelScope
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROUTED = ("DELETE", "GET", "PATCH", "POST", "PUT", "QUERY")
METHODS = ("HEAD", "OPTIONS", *ROUTED)


class Methods:
    """Answers HEAD as GET without its body, and OPTIONS by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope.get("method"):
            case "HEAD":
                # A copy, since the server must go on taking it for HEAD; but tracing wants the route.
                asked = {**scope, "method": "GET"}
                try:
                    with CancelScope() as answering:
                        await self.app(asked, receive, _without_body(send, answering))
                finally:
                    scope["route"] = asked.get("route")
            case "OPTIONS" if methods := allowed(scope):
                response = Response(status_code=204, headers={"Allow": ", ".join(methods)})
                await response(scope, receive, send)
            case _:
                await self.app(scope, receive, send)


def allowed(scope: Scope) -> list[str]:
    """The methods that this path answers, in order; none where there is no such path."""
    asked = {key: scope[key] for key in ("type", "path", "root_path", "headers")}
    routed = [
        method
        for method in ROUTED
        if any(
            route.matches({**asked, "method": method})[0] is Match.FULL
            for route in scope["app"].routes
        )
    ]
    more = ["HEAD"] if "GET" in routed else []
    return sorted(routed + more + ["OPTIONS"]) if routed else []


def _without_body(send: Send, answering: CancelScope) -> Send:
    """Of a stream nothing is needed once it has begun: it may have no end."""

    async def bodiless(message: Message) -> None:
        if answering.cancel_called:
            return
        if message["type"] == "http.response.body":
            if message.get("more_body", False):
                answering.cancel()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return bodiless
