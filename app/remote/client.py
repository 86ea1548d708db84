"""Asks other machines, and takes no more from them than `Limits` allow.

Nothing is kept between requests but open connections: no cookies and no credentials. Proxies of
the environment are not used, since the guard would see nothing but their address.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

import httpcore2
import httpx2

from app.remote.body import ACCEPT_ENCODING, read_body
from app.remote.errors import (
    BadReply,
    Refused,
    TimedOut,
    TooManyRedirects,
    Unreachable,
    UrlRefused,
)
from app.remote.guard import WEB_PORTS, Guard, GuardedNetwork, Resolve, resolve

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Any other may say who asks (Authorization, PRIVATE-TOKEN, …) and is for the first origin only.
FOR_ANY_ORIGIN = frozenset(
    {"accept", "accept-language", "if-modified-since", "if-none-match", "user-agent"}
)
MAX_CONNECTIONS = 50
IDLE_SECONDS = 15.0


@dataclass(frozen=True)
class Limits:
    """What one request may cost: bytes of the unpacked body, seconds, redirects.

    `total` covers everything, from the first look-up to the last byte.
    """

    max_bytes: int = 1024 * 1024
    connect: float = 10
    read: float = 30
    total: float = 60
    redirects: int = 3


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Fetched:
    """A reply of any status, from `url`, to which `redirects`, the addresses asked before, led."""

    url: str
    status: int
    headers: httpx2.Headers
    body: bytes
    redirects: tuple[str, ...] = ()

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@asynccontextmanager
async def open_client(
    *,
    allow_private_hosts: frozenset[str] = frozenset(),
    ports: frozenset[int] = WEB_PORTS,
    limits: Limits = DEFAULT_LIMITS,
    user_agent: str = "Samkod",
    resolve: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator["Client"]:
    """A client whose requests share connections, until the block ends.

    `allow_private_hosts` holds `host` or `host:port`, see Guard; `tls` says whom to trust, the
    system's choice unless given.
    """
    guard = Guard(allow_private_hosts, ports, resolve)
    async with httpcore2.AsyncConnectionPool(
        ssl_context=tls,
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=IDLE_SECONDS,
        network_backend=GuardedNetwork(guard, httpcore2.AnyIOBackend()),
    ) as pool:
        yield Client(pool, guard, limits, user_agent)


class Client:
    """Made by `open_client`."""

    def __init__(
        self, pool: httpcore2.AsyncConnectionPool, guard: Guard, limits: Limits, user_agent: str
    ) -> None:
        self._pool = pool
        self._guard = guard
        self._limits = limits
        self._user_agent = user_agent

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        first: int | None = None,
        limits: Limits | None = None,
    ) -> Fetched:
        """The reply to one request, whatever its status. Raises RemoteError.

        `first` asks for no more than the first bytes of the body, where the beginning will do; with
        0 it is not even unpacked. Only GET and HEAD follow redirects; for other methods the redirect is the reply,
        without its body.
        """
        limits = limits or self._limits
        sent = {"User-Agent": self._user_agent} | dict(headers or {})
        request = _Request(method, _parsed(url), _sendable(sent, url), content)
        redirects: list[str] = []
        with _told_as_remote_errors(url):
            async with asyncio.timeout(limits.total):
                while True:
                    reply = await self._ask(request, first, limits)
                    following = request.redirected_by(reply)
                    if following is None:
                        return replace(reply, redirects=tuple(redirects))
                    if len(redirects) == limits.redirects:
                        raise TooManyRedirects(url, f"redirects more than {limits.redirects} times")
                    redirects.append(reply.url)
                    request = following

    async def _ask(self, request: "_Request", first: int | None, limits: Limits) -> Fetched:
        self._guard.check(request.url)
        url = str(request.url)
        async with self._pool.stream(
            request.method,
            request.target,
            headers=request.wire_headers,
            content=request.content,
            extensions={"timeout": _timeouts(limits)},
        ) as reply:
            headers = httpx2.Headers(reply.headers)
            if request.method == "HEAD" or reply.status in REDIRECTS or first == 0:
                return Fetched(url, reply.status, headers, b"")
            body = await read_body(reply, headers, url=url, limit=limits.max_bytes, first=first)
            return Fetched(url, reply.status, headers, body)


@dataclass(frozen=True)
class _Request:
    method: str
    url: httpx2.URL
    headers: httpx2.Headers
    content: bytes | None

    @property
    def target(self) -> httpcore2.URL:
        return httpcore2.URL(
            scheme=self.url.raw_scheme,
            host=self.url.raw_host,
            port=self.url.port,
            target=self.url.raw_path,
        )

    @property
    def wire_headers(self) -> list[tuple[bytes, bytes]]:
        ours = {"Host": self.url.netloc.decode("ascii"), "Accept-Encoding": ACCEPT_ENCODING}
        return httpx2.Headers({**self.headers, **ours}).raw

    def redirected_by(self, reply: Fetched) -> "_Request | None":
        """What to ask next, if `reply` is a redirect. Raises UrlRefused."""
        location = reply.headers.get("location")
        if reply.status not in REDIRECTS or location is None or self.method not in ("GET", "HEAD"):
            return None
        url = _parsed(location, relative_to=self.url)
        if _origin(url) == _origin(self.url):
            return replace(self, url=url)
        kept = {name: value for name, value in self.headers.items() if name in FOR_ANY_ORIGIN}
        return replace(self, url=url, headers=httpx2.Headers(kept))


def _parsed(url: str, *, relative_to: httpx2.URL | None = None) -> httpx2.URL:
    try:
        return relative_to.join(url) if relative_to else httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise UrlRefused(url, f"is not an address: {error}") from error


def _sendable(headers: Mapping[str, str], url: str) -> httpx2.Headers:
    """Raises Refused without saying for which header: it may hold a secret, as may a library's words."""
    for value in headers.values():
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            raise Refused(url, "cannot be asked with a header that HTTP does not allow")
    return httpx2.Headers(headers)


def _origin(url: httpx2.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _timeouts(limits: Limits) -> dict[str, float]:
    return {
        "connect": limits.connect,
        "read": limits.read,
        "write": limits.read,
        "pool": limits.total,
    }


@contextmanager
def _told_as_remote_errors(url: str) -> Iterator[None]:
    try:
        yield
    except (httpcore2.TimeoutException, TimeoutError) as error:
        raise TimedOut(url, "did not answer in time") from error
    except (httpcore2.NetworkError, OSError) as error:
        raise Unreachable(url, f"cannot be reached: {error}") from error
    except httpcore2.RemoteProtocolError as error:
        raise BadReply(url, f"does not answer in proper HTTP: {error}") from error
    except zlib.error as error:
        raise BadReply(url, "is not packed as it says") from error
