"""The list of blocked addresses, for those who look after the catalogue."""

import httpx2
import pytest

pytestmark = pytest.mark.anyio

OWNER = {"url": "https://git.example.org/somebody", "reason": "Copies with advertisements."}


async def test_block_is_listed_changed_and_lifted(writer: httpx2.AsyncClient) -> None:
    assert (await writer.get("/v1/blocks")).json() == {"data": []}

    put = await writer.put("/v1/blocks", json=OWNER)
    assert put.status_code == 200
    assert put.json() == put.json() | OWNER
    again = {"url": "https://git.example.org/somebody/", "reason": "Still."}
    await writer.put("/v1/blocks", json=again)

    [block] = (await writer.get("/v1/blocks")).json()["data"]
    assert block == block | again

    lifted = await writer.delete("/v1/blocks", params={"url": OWNER["url"]})
    assert lifted.status_code == 204
    assert (await writer.get("/v1/blocks")).json() == {"data": []}
    gone = await writer.delete("/v1/blocks", params={"url": OWNER["url"]})
    assert (gone.status_code, gone.json()["title"]) == (404, "Block not found")


async def test_block_needs_an_address_and_a_reason(writer: httpx2.AsyncClient) -> None:
    for body in ({}, OWNER | {"url": "nowhere"}, OWNER | {"reason": ""}, OWNER | {"more": 1}):
        assert (await writer.put("/v1/blocks", json=body)).status_code == 422, body
    assert (await writer.delete("/v1/blocks")).status_code == 422
    for odd in ("\0", "https://h.example/\0", "x" * 501, "", "https://[", "https://h.example/%00"):
        reply = await writer.delete("/v1/blocks", params={"url": odd})
        assert reply.status_code in (404, 422), odd
        reply = await writer.put("/v1/blocks", json=OWNER | {"url": odd})
        assert reply.status_code in (200, 422), odd
    reply = await writer.put("/v1/blocks", json=OWNER | {"reason": "\0"})
    assert reply.status_code in (200, 422)


async def test_nobody_else_sees_it(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/v1/blocks")).status_code == 401
    assert (await client.put("/v1/blocks", json=OWNER)).status_code == 401
