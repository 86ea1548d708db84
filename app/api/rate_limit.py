"""How often one client may ask: counted in this process, by address and minute."""

from math import ceil
from time import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.refusals import TooManyRequests

UNCOUNTED = frozenset({"/livez", "/metrics", "/readyz"})
"""Orchestrators ask these, and must get an answer."""


class RateLimit:
    """Refuses what is over `most` requests per minute, and says of all others how many are left.

    Behind a proxy, the server must be told to take the client's address from it.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        """With `most` 0 there is no limit."""
        self.app = app
        self.allowance = RateLimitItemPerMinute(most) if most else None
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED or self.allowance is None:
            await self.app(scope, receive, send)
            return

        client = (scope.get("client") or ("",))[0]
        is_within = self.limiter.hit(self.allowance, client)
        stats = self.limiter.get_window_stats(self.allowance, client)
        seconds = max(1, ceil(stats.reset_time - time()))
        counts = {
            "X-RateLimit-Limit": str(self.allowance.amount),
            "X-RateLimit-Remaining": str(stats.remaining),
            "X-RateLimit-Reset": str(seconds),
        }

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(counts)
            await send(message)

        if is_within:
            await self.app(scope, receive, send_counted)
        else:
            refused = problems.response(Request(scope), TooManyRequests(seconds))
            await refused(scope, receive, send)
