"""Bodies made to hurt, sent to `/v1/validate` over a real socket while others are served."""

import asyncio
import random
from collections.abc import Callable
from time import monotonic

import httpx2
import pytest

from tests.api.files import publiccode_yml
from tests.services import Service

pytestmark = pytest.mark.anyio

REQUESTS = 200
AT_ONCE = 4
MEBIBYTE = 1024 * 1024
MEMORY_GROWTH = 200 * MEBIBYTE
HANG = 10.0
"""Seconds; ten times what a hostile request, or one beside it, is meant to take at most."""

VALID = publiccode_yml("https://git.example.org/valchiara/acqua-chiara").encode()

HOSTILE: dict[str, Callable[[], bytes]] = {
    "flow sequences": lambda: b"[" * 100_000,
    "closed flow sequences": lambda: b"[" * 100_000 + b"]" * 100_000,
    "flow mappings": lambda: b"{a: " * 100_000,
    "block sequences": lambda: b"- " * 100_000,
    "block mappings": lambda: b"".join(b" " * depth + b"a:\n" for depth in range(1400)),
    "complex keys": lambda: b"? " * 100_000,
    "alias bomb": lambda: (
        b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n".encode() for n in range(1, 30)
        )
    ),
    "merge bomb": lambda: (
        b"a0: &a0 {k: v}\n"
        + b"".join(
            f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n".encode()
            for n in range(1, 30)
        )
    ),
    "alias of itself": lambda: b"a: &a [*a]\n",
    "anchors": lambda: b"".join(f"- &a{n} x\n".encode() for n in range(60_000)),
    "long list": lambda: b"features: [" + b"a," * 500_000 + b"]",
    "long scalar": lambda: b"name: " + b"a" * (MEBIBYTE - 100),
    "long key": lambda: b"a" * (MEBIBYTE - 100) + b": b",
    "many keys": lambda: b"".join(f"k{n}: v\n".encode() for n in range(90_000)),
    "equal keys": lambda: b"name: a\n" * 100_000,
    "many documents": lambda: b"--- a\n" * 150_000,
    "long licence": lambda: VALID.replace(b"EUPL-1.2", b"(" * 50_000 + b"MIT" + b")" * 50_000),
    "many licences": lambda: VALID.replace(b"EUPL-1.2", b"MIT AND " * 50_000 + b"MIT"),
    "long e-mail": lambda: VALID.replace(b"Ufficio acque", b"a\n      email: " + b"a@" * 200_000),
    "long address": lambda: VALID.replace(b"valchiara/acqua", b"%" * 500_000),
    "dot segments": lambda: VALID.replace(b"valchiara/acqua", b"../" * 200_000),
    "combining marks": lambda: VALID.replace(b"Acqua chiara", "e\u0301".encode() * 200_000),
    "ten mebibytes": lambda: b"a: b\n" * (2 * MEBIBYTE),
    "NUL": lambda: b"name: a\0b\n",
    "escaped NUL": lambda: b'name: "a\\0b"\n',
    "only NUL": lambda: b"\0" * 500_000,
    "invalid UTF-8": lambda: b"name: \xff\xfe\xc0\x80\xed\xa0\x80\n",
    "UTF-16": lambda: "name: Acqua chiara\n".encode("utf-16"),
    "UTF-32": lambda: "name: Acqua chiara\n".encode("utf-32"),
    "byte order marks": lambda: "\ufeff".encode() * 100_000,
    "empty": lambda: b"",
    "blanks": lambda: b" " * 500_000,
    "tabs": lambda: b"\t" * 500_000,
    "line breaks": lambda: b"\n" * 500_000,
    "carriage returns": lambda: b"\r" * 500_000,
    "next lines": lambda: "\x85\u2028\u2029".encode() * 100_000,
    "binary": lambda: random.Random(7).randbytes(500_000),
    "tags": lambda: b"!!python/object/apply:os.system ['id']\n",
    "directives": lambda: b"%TAG ! tag:example.org,2000:\n" * 20_000,
    "quotes": lambda: b"'" * 500_000,
    "escapes": lambda: b'"' + b"\\u0041" * 150_000 + b'"',
}


def is_answered_well(response: httpx2.Response) -> bool:
    """Either a report, or a problem that blames the sender."""
    if response.status_code == httpx2.codes.OK:
        return set(response.json()) == {"valid", "results", "normalized"}
    blamed = httpx2.codes.is_client_error(response.status_code)
    return blamed and response.headers["content-type"] == "application/problem+json"


async def test_hostile_files_hurt_nobody(served: Service) -> None:
    bodies = [(name, make()) for name, make in HOSTILE.items()]
    sent = [bodies[n % len(bodies)] for n in range(REQUESTS)]
    random.Random(11).shuffle(sent)
    slots = asyncio.Semaphore(AT_ONCE)

    async with httpx2.AsyncClient(base_url=served.address, timeout=HANG) as client:

        async def attack(name: str, body: bytes) -> None:
            async with slots:
                response = await client.post("/v1/validate", content=body)
            assert is_answered_well(response), (name, response.status_code, response.text[:300])

        async def be_served_meanwhile() -> None:
            while True:
                response = await client.get("/v1/software")
                assert response.is_success
                await asyncio.sleep(0.02)

        await attack("warm-up", VALID)
        before = served.memory()
        others = asyncio.create_task(be_served_meanwhile())
        try:
            await asyncio.gather(*(attack(name, body) for name, body in sent))
        finally:
            others.cancel()
        (ended,) = await asyncio.gather(others, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), ended
        after = served.memory()
        valid = await client.request("QUERY", "/v1/validate", content=VALID)

    assert valid.json()["valid"] is True
    assert after - before < MEMORY_GROWTH


async def test_an_endless_name_of_a_host_is_looked_up_at_once(served: Service) -> None:
    letters = "".join(chr(0x4E00 + number) for number in range(6_000))
    async with httpx2.AsyncClient(base_url=served.address, timeout=HANG) as client:
        asked = f"/v1/software?url=https://{letters}.example/a"
        replies = await asyncio.gather(*(client.get(asked) for _ in range(20)))

    assert {reply.status_code for reply in replies} == {200}


async def test_a_client_that_leaves_is_not_waited_for(served: Service) -> None:
    host, port = served.address.removeprefix("http://").split(":")
    head = "POST /v1/validate HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(20):
        _, writing = await asyncio.open_connection(host, int(port))
        writing.write(head.encode() + b"name: half a file")
        await writing.drain()
        writing.transport.abort()

    started = monotonic()
    async with httpx2.AsyncClient(base_url=served.address, timeout=HANG) as client:
        assert (await client.get("/v1/status")).is_success
    assert monotonic() - started < HANG


async def test_a_body_over_the_limit_is_refused_before_it_has_come(served: Service) -> None:
    host, port = served.address.removeprefix("http://").split(":")
    head = "POST /v1/validate HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
    reading, writing = await asyncio.open_connection(host, int(port))
    writing.write(head.encode())

    status = await asyncio.wait_for(reading.readline(), HANG)

    writing.transport.abort()
    assert status.startswith(b"HTTP/1.1 413 ")
