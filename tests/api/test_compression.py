"""Smaller replies for those who can read them, with ETags of their own."""

import gzip

import httpx2
import pytest

from app.zstd import ZstdDecompressor
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

PATH = "/v1/software"


@pytest.fixture(autouse=True)
async def catalogue(writer: httpx2.AsyncClient) -> None:
    for number in range(3):
        url = f"https://h.example/{number}"
        await writer.post(PATH, json={"url": url, "publiccodeYml": publiccode_yml(url)})


async def get(client: httpx2.AsyncClient, accepted: str, **headers: str) -> httpx2.Response:
    return await client.get(PATH, headers={"Accept-Encoding": accepted, **headers})


async def raw(client: httpx2.AsyncClient, accepted: str) -> bytes:
    """The body as it was sent."""
    async with client.stream("GET", PATH, headers={"Accept-Encoding": accepted}) as response:
        return b"".join([piece async for piece in response.aiter_raw()])


async def test_each_encoding_is_the_same_text(client: httpx2.AsyncClient) -> None:
    plain = await raw(client, "identity")

    assert gzip.decompress(await raw(client, "gzip")) == plain
    assert ZstdDecompressor().decompress(await raw(client, "zstd")) == plain
    assert len(await raw(client, "zstd")) < len(plain) / 2


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "gzip"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("zstd;q=0, *;q=0.1", "gzip"),
        ("*", "zstd"),
        ("GZIP", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.1, identity;q=0.5", None),
        ("br", None),
        ("", None),
        (",;q=1, gzip;q=, \u00e9", None),
    ],
)
async def test_the_reader_chooses(
    client: httpx2.AsyncClient, accepted: str, encoding: str | None
) -> None:
    async with client.stream(
        "GET", PATH, headers=[(b"Accept-Encoding", accepted.encode("latin-1"))]
    ) as response:
        assert response.headers.get("content-encoding") == encoding
        assert "accept-encoding" in response.headers["vary"].lower()


async def test_etags_differ_and_each_is_recognised(client: httpx2.AsyncClient) -> None:
    tags = {
        accepted: (await get(client, accepted)).headers["etag"]
        for accepted in ("identity", "gzip", "zstd")
    }
    assert len(set(tags.values())) == 3

    for accepted, tag in tags.items():
        for known in (tag, f"W/{tag}", f'"x", {tag}'):
            response = await get(client, accepted, **{"If-None-Match": known})
            assert (response.status_code, response.headers["etag"]) == (304, tag)
            assert "accept-encoding" in response.headers["vary"].lower()
    assert (await get(client, "zstd", **{"If-None-Match": '"x-zstd"'})).status_code == 200


async def test_head_says_what_get_would(client: httpx2.AsyncClient) -> None:
    head = await client.head(PATH, headers={"Accept-Encoding": "gzip"})

    assert head.headers["content-encoding"] == "gzip"
    assert int(head.headers["content-length"]) == len(await raw(client, "gzip"))


async def test_what_is_short_is_left_as_it_is(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/changes?include=none&limit=1")

    assert "content-encoding" not in response.headers
