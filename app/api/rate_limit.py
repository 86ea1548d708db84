"""How often one client may ask: counted in this process, by address and minute."""

from math import ceil
from time import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problems
from app.api.refusals import TooManyRequests

UNCOUNTED = frozenset({"/livez", "/readyz"})
"""Orchestrators ask these, and must get an answer."""


class RateLimit:
    """Refuses what is over `most` requests per minute; 0 means no limit.

    Behind a proxy, the server must be told to take the client's address from it.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.allowance = RateLimitItemPerMinute(most) if most else None
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in UNCOUNTED and self.allowance:
            client = (scope.get("client") or ("",))[0]
            if not self.limiter.hit(self.allowance, client):
                reset = self.limiter.get_window_stats(self.allowance, client).reset_time
                refusal = TooManyRequests(max(1, ceil(reset - time())))
                await problems.response(Request(scope), refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)
