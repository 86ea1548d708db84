"""Many files in one request, a line for each."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx2
import pytest

from app.api.conversation import lines
from tests.api.files import publiccode_yml
from tests.services import Service

pytestmark = pytest.mark.anyio

VALID = publiccode_yml("https://git.example.org/valchiara/acqua-chiara")
NDJSON = {"Content-Type": "application/x-ndjson; charset=utf-8"}
SECONDS_BEFORE_GIVING_UP = 60


async def converse(client: httpx2.AsyncClient, *said: bytes, **more: Any) -> list[dict[str, Any]]:
    response = await client.post(
        "/v1/validate", content=b"\n".join(said), headers=NDJSON | more.pop("headers", {}), **more
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.content.splitlines()]


def line(**members: object) -> bytes:
    return json.dumps(members).encode()


async def test_every_line_is_answered_by_a_line(client: httpx2.AsyncClient) -> None:
    first, second, third = await converse(
        client,
        line(id="a", publiccodeYml=VALID),
        json.dumps(VALID).encode(),
        line(id=7, publiccodeYml="name: Acqua chiara"),
    )

    assert (first["line"], first["id"], first["valid"]) == (1, "a", True)
    assert "Acqua chiara" in first["normalized"]
    assert (second["line"], second["valid"], "id" in second) == (2, True, False)
    assert (third["line"], third["id"], third["valid"]) == (3, 7, False)
    assert third["results"][0]["code"] == "version-missing"
    alone = (await client.post("/v1/validate", content="name: Acqua chiara")).json()
    assert {name: third[name] for name in alone} == alone


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{", "not JSON"),
        (b'"\\ud800"', "not JSON"),
        (b'"\xff"', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "must be a text"),
        (b"null", "must be a text"),
        (b"{}", "must be a text"),
        (line(id=4, publiccodeYml=5), "must be a text"),
        (line(id={}, publiccodeYml=VALID), "id must be"),
    ],
    ids=repr,
)
async def test_a_bad_line_does_not_spoil_the_rest(
    client: httpx2.AsyncClient, bad: bytes, why: str
) -> None:
    good = line(publiccodeYml=VALID)

    before, refused, after = await converse(client, good, bad, good)

    assert why in refused["error"]
    assert (refused["line"], refused["valid"], refused["results"]) == (2, False, [])
    assert before["valid"]
    assert after["valid"]


async def test_the_id_of_a_refused_file_comes_back(client: httpx2.AsyncClient) -> None:
    (refused,) = await converse(client, line(id="x"))

    assert refused["id"] == "x"


async def test_blank_lines_are_counted_and_not_answered(client: httpx2.AsyncClient) -> None:
    (answer,) = await converse(client, b"", b" \r", line(publiccodeYml=VALID) + b"\r", b"")

    assert (answer["line"], answer["valid"]) == (3, True)


async def test_a_line_may_be_as_long_as_a_body_and_a_file_as_long_as_a_file(
    client: httpx2.AsyncClient,
) -> None:
    long_file = line(id=1, publiccodeYml="#" * (1024 * 1024 + 1))
    long_line = line(id=2, publiccodeYml="#" * (4 * 1024 * 1024))

    file, refused, fine = await converse(client, long_file, long_line, line(publiccodeYml=VALID))

    assert "file is longer than 1048576 bytes" in file["error"]
    assert file["id"] == 1
    assert "line is longer than 4194304 bytes" in refused["error"]
    assert fine["valid"]


async def test_all_lines_together_may_be_longer_than_a_body(client: httpx2.AsyncClient) -> None:
    file = line(publiccodeYml=VALID + "#" * 200_000)

    answers = await converse(client, *[file] * 30)

    assert [answer["valid"] for answer in answers] == [True] * 30


async def test_lines_are_answered_in_the_language_of_the_reader(
    client: httpx2.AsyncClient,
) -> None:
    text = VALID.replace("EUPL-1.2", "EUPL-99")

    (answer,) = await converse(client, line(publiccodeYml=text), headers={"Accept-Language": "sv"})

    assert "SPDX-uttryck" in answer["results"][0]["description"]


@pytest.mark.parametrize("query", ["format=sarif", "external-checks=true"])
async def test_what_is_only_there_for_single_files_is_refused(
    client: httpx2.AsyncClient, query: str
) -> None:
    response = await client.post(f"/v1/validate?{query}", content=b'""', headers=NDJSON)

    assert response.status_code == 422
    assert response.json()["validationErrors"][0]["field"] == query.partition("=")[0]


async def test_a_line_is_answered_before_the_next_is_sent(served: Service) -> None:
    host, _, port = served.address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"QUERY /v1/validate HTTP/1.1\r\nHost: samkod.test\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: application/x-ndjson\r\n\r\n"
    )
    async with asyncio.timeout(SECONDS_BEFORE_GIVING_UP):
        for number in (1, 2, 3):
            said = line(id=number, publiccodeYml=VALID) + b"\n"
            writer.write(b"%x\r\n%b\r\n" % (len(said), said))
            answer = await reader.readuntil(b"}\n")
            assert b'"id":%d' % number in answer
        writer.write(b"0\r\n\r\n")
        await reader.readuntil(b"0\r\n\r\n")
    writer.close()
    await writer.wait_closed()


async def test_who_sends_all_before_reading_is_answered_as_well(served: Service) -> None:
    """Neither buffers of sockets nor memory hold so much: it waits on disk."""
    files = 3_000
    said = (line(publiccodeYml=VALID + "#" * 8_000) + b"\n") * files
    before = served.memory()

    async with httpx2.AsyncClient(timeout=SECONDS_BEFORE_GIVING_UP) as client:
        response = await client.post(f"{served.address}/v1/validate", content=said, headers=NDJSON)

    assert response.content.count(b'"valid":true') == files
    assert served.memory() - before < 100 * 1024 * 1024


async def test_who_goes_away_is_forgotten(served: Service) -> None:
    said = (line(publiccodeYml=VALID) + b"\n") * 20_000
    host, _, port = served.address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /v1/validate HTTP/1.1\r\nHost: samkod.test\r\nContent-Length: %d\r\n"
        b"Content-Type: application/x-ndjson\r\n\r\n" % len(said)
    )
    writer.write(said[: len(said) // 2])
    await reader.readuntil(b"}\n")
    writer.transport.abort()
    async with httpx2.AsyncClient(timeout=SECONDS_BEFORE_GIVING_UP) as client:
        response = await client.post(f"{served.address}/v1/validate", content=VALID)

    assert response.json()["valid"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_lines_do_not_depend_on_pieces(size: int) -> None:
    text = b"ab\n\nabcd\nabcdefgh\nx\n" + b"y" * 50 + b"\nend"

    found = [each async for each in lines(cut(text, size), limit=8)]

    assert found == [b"ab", b"", b"abcd", b"abcdefgh", b"x", None, b"end"]


async def test_a_long_line_at_the_end_is_a_line() -> None:
    assert [each async for each in lines(cut(b"a\n" + b"b" * 9, 4), limit=8)] == [b"a", None]
    assert [each async for each in lines(cut(b"", 1), limit=8)] == []


async def cut(text: bytes, size: int) -> AsyncIterator[bytes]:
    for piece in pieces(text, size):
        yield piece


def pieces(text: bytes, size: int) -> Iterable[bytes]:
    return (text[at : at + size] for at in range(0, len(text), size))
