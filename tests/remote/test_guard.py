"""No name and no spelling of an address leads to a machine which is not on the public internet."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import anyio
import httpcore2
import httpx2
import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from app.remote.errors import AddressRefused, UnknownHost, Unreachable, UrlRefused
from app.remote.guard import Address, Guard, GuardedNetwork, Resolve, is_public, resolve

pytestmark = pytest.mark.anyio

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - refused, not listened on
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2a00:1450::1"]
LOOPBACK_IN_DISGUISE = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "127.0.0.1.",
]


def resolving(*answers: Sequence[str]) -> Resolve:
    """A name server with an answer for each time it is asked, and none after that."""
    left = list(answers)

    async def answer(_host: str) -> list[Address]:
        return [ip_address(text) for text in left.pop(0)]

    return answer


class Dialled(httpcore2.AsyncNetworkBackend):
    """Notes which addresses are connected to; `dead` ones do not answer."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.addresses: list[str] = []

    async def connect_tcp(
        self, host: str, *_port: object, **_options: object
    ) -> httpcore2.AsyncNetworkStream:
        self.addresses.append(host)
        if host in self.dead:
            raise httpcore2.ConnectError("no route")
        return httpcore2.AsyncMockStream([])


@pytest.mark.parametrize("text", NOT_PUBLIC)
async def test_addresses_which_are_not_public_are_refused(text: str) -> None:
    assert not is_public(ip_address(text))
    with pytest.raises(AddressRefused):
        await Guard(resolve=resolving([text])).addresses("harmless.example", 443)


@pytest.mark.parametrize("text", PUBLIC)
async def test_public_addresses_are_not_refused(text: str) -> None:
    guard = Guard(resolve=resolving([text]))
    assert await guard.addresses("catalogue.example", 443) == [ip_address(text)]


@given(ip_addresses())
def test_nothing_is_public_that_python_calls_local(address: IPv4Address | IPv6Address) -> None:
    assert address.is_global or not is_public(address)


@pytest.mark.parametrize("host", LOOPBACK_IN_DISGUISE)
async def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    dialled = Dialled()
    url = httpx2.URL(f"http://{host}/")
    guard = Guard()
    guard.check(url)
    with pytest.raises((AddressRefused, UnknownHost)):
        await GuardedNetwork(guard, dialled).connect_tcp(url.raw_host.decode(), 80)
    assert dialled.addresses == []


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    guard = Guard(resolve=resolving(["93.184.216.34", "10.0.0.1"]))
    with pytest.raises(AddressRefused) as raised:
        await guard.addresses("half.example", 443)
    assert "10.0.0.1" not in str(raised.value)


async def test_the_address_which_was_checked_is_the_one_connected_to() -> None:
    """A name server which changes its answer after the check (DNS rebinding) is not asked again."""
    dialled = Dialled()
    guard = Guard(resolve=resolving(["93.184.216.34"], ["127.0.0.1"]))
    network = GuardedNetwork(guard, dialled)
    await network.connect_tcp("rebinding.example", 80)
    assert dialled.addresses == ["93.184.216.34"]
    with pytest.raises(AddressRefused):
        await network.connect_tcp("rebinding.example", 80)
    assert dialled.addresses == ["93.184.216.34"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    dialled = Dialled("2a00:1450::1")
    guard = Guard(resolve=resolving(["2a00:1450::1", "8.8.8.8"]))
    await GuardedNetwork(guard, dialled).connect_tcp("two.example", 80, timeout=5)
    assert dialled.addresses == ["2a00:1450::1", "8.8.8.8"]


async def test_a_slow_name_server_counts_as_slow_connection() -> None:
    network = GuardedNetwork(Guard(resolve=never), Dialled())
    with pytest.raises(httpcore2.ConnectTimeout):
        await network.connect_tcp("slow.example", 80, timeout=0.01)


async def never(_host: str) -> list[Address]:
    await anyio.sleep_forever()
    raise AssertionError


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), UnknownHost),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), Unreachable),
        (UnicodeError("label too long"), UnknownHost),
    ],
)
async def test_only_a_name_which_does_not_exist_is_unknown(
    failure: Exception, expected: type[Unreachable]
) -> None:
    async def fail(_host: str) -> list[Address]:
        raise failure

    with pytest.raises(Unreachable) as raised:
        await Guard(resolve=fail).addresses("nowhere.example", 443)
    assert type(raised.value) is expected


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "/only/a/path",
        "https://",
        "https://example.org:22/",
        "http://example.org:8080/",
        "https://user:secret@example.org/",
    ],
)
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused) as raised:
        Guard().check(httpx2.URL(url))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://example.org", "https://example.org:443", "http://a.b:443"])
def test_web_addresses_on_web_ports_are_not_refused(url: str) -> None:
    Guard().check(httpx2.URL(url))


@pytest.mark.parametrize("allowed", ["forge.internal", "forge.internal:8443"])
async def test_operators_may_allow_a_host_of_their_own(allowed: str) -> None:
    guard = Guard(frozenset({allowed}), resolve=resolving(["10.0.0.1"], ["10.0.0.1"]))
    guard.check(httpx2.URL("https://forge.internal:8443/"))
    assert await guard.addresses("forge.internal", 8443) == [ip_address("10.0.0.1")]
    with pytest.raises(AddressRefused):
        await guard.addresses("other.internal", 8443)


async def test_a_host_allowed_on_one_port_is_not_allowed_on_others() -> None:
    guard = Guard(frozenset({"[::1]:8443"}), resolve=resolving(["::1"], ["::1"]))
    assert await guard.addresses("::1", 8443)
    with pytest.raises(AddressRefused):
        await guard.addresses("::1", 443)
    with pytest.raises(UrlRefused):
        guard.check(httpx2.URL("https://[::1]:22/"))


async def test_the_system_resolves_literals_and_names() -> None:
    assert await resolve("127.0.0.1") == [ip_address("127.0.0.1")]
    assert ip_address("127.0.0.1") in await resolve("localhost")
