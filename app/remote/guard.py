"""Which machines may be asked: those on the public internet, at the very address that was checked.

Looking at a URL is not enough, since a name may lead anywhere, and to somewhere else the next
moment. So a name is resolved once per connection, all its addresses are checked, and the
connection goes to one of them.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import httpcore2
import httpx2

from app.remote.errors import AddressRefused, UnknownHost, Unreachable, UrlRefused

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[Address]]]

WEB_PORTS = frozenset({80, 443})
ADDRESSES_TRIED = 4

# Spelled out, since what `ipaddress` calls global differs between releases of Python.
# https://www.iana.org/assignments/iana-ipv4-special-registry
SPECIAL_IPV4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by customers of one provider (CGNAT)
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # link-local; cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
# Whatever lies outside is loopback, local, multicast, or an IPv4 address in disguise
# (::ffff:0:0/96, 64:ff9b::/96).
# https://www.iana.org/assignments/ipv6-address-space
GLOBAL_UNICAST = ip_network("2000::/3")
# https://www.iana.org/assignments/iana-ipv6-special-registry
SPECIAL_IPV6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # protocol assignments; Teredo, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether anybody could reach `address`, so that nobody gains from our reaching it."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in SPECIAL_IPV4)
    return address in GLOBAL_UNICAST and not any(address in block for block in SPECIAL_IPV6)


async def resolve(host: str) -> list[Address]:
    """The addresses of a name or literal, best first; `0x7f.1` is 127.0.0.1 here as elsewhere."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True)
class Guard:
    """Public hosts on `ports` may be asked, and hosts the operator names: `host` or `host:port`."""

    allow_private_hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = WEB_PORTS
    resolve: Resolve = resolve

    def check(self, url: httpx2.URL) -> None:
        """Raises UrlRefused for what can be told without asking the network."""
        # Not `host`, which fails to spell out what is no proper IDNA, such as `a_b.xn--p1ai`.
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise UrlRefused(str(url), "is not an http or https address")
        if url.userinfo:
            raise UrlRefused(str(url.copy_with(userinfo=b"")), "was given with credentials in it")
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in self.ports and not self._is_allowed(host, port):
            raise UrlRefused(str(url), f"uses port {port}, which is not one of the web")

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """At least one address of `host`; all are public, unless the operator named the host.

        Raises AddressRefused, UnknownHost, or Unreachable when the name server fails.
        """
        try:
            found = await self.resolve(host)
        except (OSError, UnicodeError) as error:
            raise _unresolved(host, error) from error
        if not found:
            raise UnknownHost(host, "has no address")
        if self._is_allowed(host, port) or all(map(is_public, found)):
            return found
        # Which address it is would tell strangers about the network behind us.
        raise AddressRefused(host, "is not, or not only, on the public internet")

    def _is_allowed(self, host: str, port: int) -> bool:
        literal = f"[{host}]" if ":" in host else host
        return not self.allow_private_hosts.isdisjoint({host, f"{literal}:{port}"})


def _unresolved(host: str, error: OSError | UnicodeError) -> Unreachable:
    """Only what surely does not exist is unknown; a failing name server says nothing of it."""
    if isinstance(error, UnicodeError) or error.errno == socket.EAI_NONAME:
        return UnknownHost(host, "is not a known host")
    return Unreachable(host, f"could not be looked up: {error.strerror}")


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections for the pool above, which keeps the name for TLS and the `Host` header."""

    def __init__(self, guard: Guard, network: httpcore2.AsyncNetworkBackend) -> None:
        self._guard = guard
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Tries the checked addresses in turn; `timeout` covers the look-up and all of them."""
        failures: list[Exception] = []
        try:
            async with asyncio.timeout(timeout):
                addresses = (await self._guard.addresses(host, port))[:ADDRESSES_TRIED]
                share = timeout / len(addresses) if timeout else None
                for address in addresses:
                    try:
                        return await self._network.connect_tcp(
                            str(address), port, share, local_address, socket_options
                        )
                    except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                        failures.append(error)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        raise failures[-1]
