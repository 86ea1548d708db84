"""/v1/software/{id}/similar over HTTP; what is alike is tested beside the search."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio


async def create(writer: httpx2.AsyncClient, number: int, name: str) -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url, name)}
    id: str = (await writer.post("/v1/software", json=body)).json()["id"]
    return id


async def test_similar_software_comes_with_reasons_in_the_readers_language(
    writer: httpx2.AsyncClient,
) -> None:
    id, other = await create(writer, 1, "Acqua chiara"), await create(writer, 2, "Acqua alta")

    reply = await writer.get(f"/v1/software/{id}/similar", headers={"Accept-Language": "sv"})

    assert reply.headers["Content-Language"] == "sv"
    named = await writer.get(
        f"/v1/software/{id}/similar?lang=sv", headers={"Accept-Language": "it"}
    )
    assert (named.headers["Content-Language"], named.json()) == ("sv", reply.json())
    (found,) = reply.json()["data"]
    assert (found["id"], found["name"]) == (other, "Acqua alta")
    assert 0 < found["score"] <= 1
    reasons = {reason["code"]: reason for reason in found["reasons"]}
    assert reasons["softwareType"]["text"] == "Samma slags programvara: Webbapplikation."
    assert {"value": "Acqua", "label": "Acqua"} in reasons["words"]["values"]


async def test_what_is_not_there_is_like_nothing(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/v1/software/11111111-1111-4111-8111-111111111111/similar")

    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["type"] == "/docs/problems/software-not-found"


async def test_a_bad_parameter_is_refused(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1, "Acqua chiara")

    for query in ("limit=0", "limit=51", "limit=x", "colour=blue", "limit="):
        assert (await writer.get(f"/v1/software/{id}/similar?{query}")).status_code == 422


async def test_what_is_known_is_not_sent_again(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1, "Acqua chiara")
    path = f"/v1/software/{id}/similar"
    swedish = {"Accept-Language": "sv"}
    tag = (await writer.get(path, headers=swedish)).headers["ETag"]

    known = await writer.get(path, headers={**swedish, "If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    assert (await writer.get(path, headers={"If-None-Match": tag})).status_code == 200
    await create(writer, 2, "Acqua alta")
    assert (await writer.get(path, headers={**swedish, "If-None-Match": tag})).status_code == 200
