"""Whatever a server does, a request ends soon, stays small, and tells nobody too much."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
import trustme
from hypothesis import given
from hypothesis.strategies import text

from app.remote.client import Client, Limits, open_client
from app.remote.errors import (
    AddressRefused,
    BadReply,
    Refused,
    RemoteError,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    UnknownHost,
    Unreachable,
    UrlRefused,
)
from app.remote.guard import Address
from tests.remote.servers import Answer, reply, serving

pytestmark = pytest.mark.anyio

TEXT = b"publiccodeYmlVersion: 0\n" * 20
SMALL = Limits(max_bytes=1000, connect=5, read=5, total=10)
OURS = frozenset({"127.0.0.1"})


async def this_machine(host: str) -> list[Address]:
    """A name server for which every name is this machine."""
    return [ip_address("127.0.0.1")]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client(allow_private_hosts=OURS, limits=SMALL) as client:
        yield client


async def test_a_page_is_fetched_with_its_status_and_headers(client: Client) -> None:
    async with serving({"/file?x=%20": reply(body=b"name: A", content_type="text/yaml")}) as server:
        fetched = await client.fetch(server.url("/file?x=%20"))
    assert (fetched.status, fetched.body, fetched.redirects) == (200, b"name: A", ())
    assert fetched.headers["Content-Type"] == "text/yaml"
    assert fetched.is_success
    assert server.asked[0].headers["host"] == f"127.0.0.1:{server.port}"
    assert server.asked[0].headers["user-agent"] == "Samkod"


@pytest.mark.parametrize("status", [204, 304, 404, 429, 500])
async def test_a_reply_of_any_status_is_a_reply(client: Client, status: int) -> None:
    async with serving({"/": reply(status)}) as server:
        assert (await client.fetch(server.url())).status == status


async def test_a_request_may_have_content_and_headers(client: Client) -> None:
    async with serving({"/hook": reply(204)}) as server:
        await client.fetch(
            server.url("/hook"), method="POST", content=b"{}", headers={"Webhook-Id": "1"}
        )
    assert (server.asked[0].method, server.asked[0].headers["webhook-id"]) == ("POST", "1")
    assert server.asked[0].headers["content-length"] == "2"


async def test_requests_share_a_connection(client: Client) -> None:
    async with serving({"/": reply(body=gzip.compress(b"x"), content_encoding="gzip")}) as server:
        for _ in range(3):
            await client.fetch(server.url())
    assert server.connections == 1


# What a request does not reach


async def test_this_machine_is_not_reached_unless_allowed() -> None:
    async with serving({"/": reply(body=b"secret")}) as server:
        async with open_client(ports=frozenset({server.port})) as client:
            for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "0"):
                with pytest.raises(AddressRefused):
                    await client.fetch(server.url(host=host))
        assert server.asked == []


async def test_a_redirect_to_a_private_address_is_refused(client: Client) -> None:
    async with serving({"/": reply(302, location="http://169.254.169.254/latest")}) as server:
        with pytest.raises(AddressRefused, match=r"169\.254"):
            await client.fetch(server.url())


async def test_a_redirect_to_another_port_of_this_machine_is_refused() -> None:
    async with serving({"/": reply(body=b"secret")}) as hidden, serving({}) as server:
        server.answers["/"] = reply(302, location=hidden.url(host="localhost"))
        allowed = frozenset({f"127.0.0.1:{server.port}"})
        async with open_client(allow_private_hosts=allowed) as client:
            with pytest.raises(UrlRefused):
                await client.fetch(server.url())
        assert hidden.asked == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[::1", "https://u:p@x.org/"])
async def test_a_redirect_to_what_is_not_a_web_address_is_refused(
    client: Client, location: str
) -> None:
    async with serving({"/": reply(301, location=location)}) as server:
        with pytest.raises(UrlRefused):
            await client.fetch(server.url())


@pytest.mark.parametrize("url", ["", "x", "http://①②⑦.⓪.⓪.①/", "https://\0/"])
async def test_what_is_no_address_is_refused(client: Client, url: str) -> None:
    with pytest.raises(UrlRefused):
        await client.fetch(url)


@pytest.mark.parametrize("url", ["https://a_b.xn--p1ai/", "https://axn--.example/"])
async def test_a_host_that_cannot_be_spelled_out_is_a_host(url: str) -> None:
    async with serving({"/": reply(301, location=url)}) as server:
        allowed = frozenset({f"127.0.0.1:{server.port}"})
        async with open_client(allow_private_hosts=allowed, resolve=this_machine) as client:
            for asked in (url, server.url()):
                with pytest.raises(AddressRefused):
                    await client.fetch(asked)


async def test_a_proxy_from_the_environment_is_not_used(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving({}) as proxy, serving({"/": reply(body=b"direct")}) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        monkeypatch.setenv("ALL_PROXY", proxy.url())
        assert (await client.fetch(server.url())).body == b"direct"
        assert proxy.asked == []


async def test_a_name_which_does_not_exist_is_told_from_a_host_which_does_not_answer(
    client: Client,
) -> None:
    with pytest.raises(UnknownHost):
        await client.fetch(f"http://{'a' * 64}.example/")
    async with serving({}) as gone:
        pass
    with pytest.raises(Unreachable) as raised:
        await client.fetch(gone.url())
    assert type(raised.value) is Unreachable


# Redirects


async def test_redirects_are_followed_and_listed(client: Client) -> None:
    answers = {
        "/a": reply(301, body=b"moved", location="/b"),
        "/b": reply(307, location="c"),
        "/c": reply(body=b"here"),
    }
    async with serving(answers) as server:
        fetched = await client.fetch(server.url("/a"))
        assert (fetched.body, fetched.url) == (b"here", server.url("/c"))
        assert fetched.redirects == (server.url("/a"), server.url("/b"))


async def test_a_redirect_loop_ends(client: Client) -> None:
    async with serving({"/": reply(302, location="/")}) as server:
        with pytest.raises(TooManyRedirects):
            await client.fetch(server.url())
        assert len(server.asked) == 1 + SMALL.redirects


async def test_a_post_is_not_redirected(client: Client) -> None:
    async with serving({"/": reply(307, location="/other")}) as server:
        fetched = await client.fetch(server.url(), method="POST", content=b"secret")
        assert (fetched.status, len(server.asked)) == (307, 1)


@pytest.mark.parametrize("header", ["Authorization", "Cookie", "PRIVATE-TOKEN", "X-Api-Key"])
async def test_credentials_stay_with_their_origin(client: Client, header: str) -> None:
    sent = {header: "secret", "Accept-Language": "sv"}
    async with serving({"/": reply(body=b"page")}) as other, serving({}) as server:
        server.answers["/"] = reply(302, location="/same")
        server.answers["/same"] = reply(302, location=other.url())
        await client.fetch(server.url(), headers=sent)
    assert [asked.headers[header.lower()] for asked in server.asked] == ["secret", "secret"]
    assert "secret" not in other.asked[0].headers.values()
    assert other.asked[0].headers["accept-language"] == "sv"


@pytest.mark.parametrize("secret", ["two\nlines", "end ", "nul\0", "kö", "€"], ids=ascii)
async def test_a_secret_that_no_header_can_hold_is_not_told(client: Client, secret: str) -> None:
    with pytest.raises(Refused) as refused:
        await client.fetch("http://127.0.0.1/", headers={"Authorization": f"Bearer {secret}"})
    assert repr(secret)[1:-1] not in str(refused.value)


async def test_cookies_are_not_kept(client: Client) -> None:
    async with serving({"/": reply(set_cookie="visitor=1; Path=/")}) as server:
        await client.fetch(server.url())
        await client.fetch(server.url())
    assert all("cookie" not in asked.headers for asked in server.asked)


# Sizes


async def test_a_body_of_exactly_the_limit_is_taken(client: Client) -> None:
    async with serving({"/": reply(body=b"x" * 1000)}) as server:
        assert len((await client.fetch(server.url())).body) == 1000


async def test_a_body_declared_too_large_is_not_read(client: Client) -> None:
    async with serving({"/": reply(content_length="1001")}) as server:
        with pytest.raises(TooLarge, match="announces"):
            await client.fetch(server.url())


@pytest.mark.parametrize(
    "head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
)
async def test_an_endless_body_is_not_read_to_its_end(client: Client, head: bytes) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"40\r\n" + b"x" * 64 + b"\r\n")
            await writer.drain()

    async with serving({"/": flood}) as server:
        with pytest.raises(TooLarge, match="longer"):
            await client.fetch(server.url())


async def test_a_packed_body_is_unpacked(client: Client) -> None:
    async with serving(
        {"/": reply(body=gzip.compress(b"x" * 1000), content_encoding="gzip")}
    ) as server:
        assert (await client.fetch(server.url())).body == b"x" * 1000


async def test_a_packed_bomb_is_noticed_before_it_has_grown(client: Client) -> None:
    bomb = gzip.compress(b"\0" * 500_000)
    assert len(bomb) < SMALL.max_bytes
    async with serving({"/": reply(body=bomb, content_encoding="gzip")}) as server:
        with pytest.raises(TooLarge, match="longer"):
            await client.fetch(server.url())


async def test_packed_nothing_without_end_is_not_read_to_its_end(client: Client) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        writer.write(gzip.compress(b"")[:10])
        while True:
            writer.write(b"\0\0\0\xff\xff" * 100)  # blocks with nothing in them
            await writer.drain()

    async with serving({"/": flood}) as server:
        with pytest.raises(TooLarge, match="longer"):
            await client.fetch(server.url())


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "nonsense"])
async def test_a_packing_we_did_not_ask_for_is_refused(client: Client, encoding: str) -> None:
    async with serving({"/": reply(body=b"xx", content_encoding=encoding)}) as server:
        with pytest.raises(BadReply):
            await client.fetch(server.url())


async def test_what_is_not_packed_as_it_says_is_refused(client: Client) -> None:
    async with serving({"/": reply(body=b"plain text", content_encoding="gzip")}) as server:
        with pytest.raises(BadReply):
            await client.fetch(server.url())


async def test_what_follows_packed_text_is_ignored(client: Client) -> None:
    body = gzip.compress(b"text") + b"\0\0"
    async with serving({"/": reply(body=body, content_encoding="gzip")}) as server:
        assert (await client.fetch(server.url())).body == b"text"


@pytest.mark.parametrize("packed", [True, False])
async def test_the_beginning_of_a_large_body_is_enough(client: Client, packed: bool) -> None:
    body = b"<svg" + b" " * 400_000
    answer = (
        reply(body=gzip.compress(body), content_encoding="gzip") if packed else reply(body=body)
    )
    async with serving({"/": answer}) as server:
        assert (await client.fetch(server.url(), first=6)).body == b"<svg  "


async def test_a_body_may_be_shorter_than_the_beginning_asked_for(client: Client) -> None:
    async with serving({"/": reply(body=b"<svg")}) as server:
        assert (await client.fetch(server.url(), first=100)).body == b"<svg"


async def test_head_has_no_body_however_large_it_would_be(client: Client) -> None:
    async with serving({"/": reply(content_length="99999999")}) as server:
        fetched = await client.fetch(server.url(), method="HEAD")
        assert (fetched.status, fetched.body) == (200, b"")


# Broken answers


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoo short",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\ntoo short",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nHuge: " + b"x" * 200_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"",
        reply(body=gzip.compress(TEXT)[:-9], content_encoding="gzip"),
    ],
    ids=["length", "chunk", "word", "digits", "header", "ssh", "nothing", "gzip"],
)
async def test_an_answer_which_is_cut_short_or_not_http_is_refused(
    client: Client, answer: bytes
) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with serving({"/": send}) as server:
        with pytest.raises(BadReply):
            await client.fetch(server.url())


@given(text())
def test_no_url_raises_anything_else(url: str) -> None:
    async def fetch(url: str) -> None:
        async with open_client(resolve=this_machine) as client:
            await client.fetch(url)

    for candidate in (url, f"http://{url}", f"https://example.org/{url}"):
        with pytest.raises(RemoteError):
            asyncio.run(fetch(candidate))


# Time


async def silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def early_hints(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()


async def test_a_server_which_says_nothing_times_out(client: Client) -> None:
    async with serving({"/": silence}) as server:
        with pytest.raises(TimedOut):
            await client.fetch(server.url(), limits=Limits(read=0.1))


@pytest.mark.parametrize("answer", [drip, drip_headers, early_hints])
async def test_a_slow_drip_ends(client: Client, answer: Answer) -> None:
    async with serving({"/": answer}) as server:
        with pytest.raises(TimedOut):
            await client.fetch(server.url(), limits=Limits(total=0.3))


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def client_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_the_name_is_kept_for_tls_and_host_header(authority: trustme.CA) -> None:
    name = "catalogue.example"
    async with (
        serving({"/": reply(body=b"safe")}, tls=server_side(authority, name)) as server,
        open_client(
            allow_private_hosts=frozenset({name}),
            resolve=this_machine,
            tls=client_side(authority),
        ) as client,
    ):
        fetched = await client.fetch(f"https://{name}:{server.port}/")
    assert fetched.body == b"safe"
    assert server.sni == [name]
    assert server.asked[0].headers["host"] == f"{name}:{server.port}"


async def test_the_certificate_of_another_name_is_not_accepted(authority: trustme.CA) -> None:
    async with (
        serving({"/": reply()}, tls=server_side(authority, "other.example")) as server,
        open_client(
            allow_private_hosts=frozenset({"catalogue.example"}),
            resolve=this_machine,
            tls=client_side(authority),
        ) as client,
    ):
        with pytest.raises(Unreachable, match="certificate"):
            await client.fetch(f"https://catalogue.example:{server.port}/")
    assert server.asked == []
