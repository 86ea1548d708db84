"""/v1/schema: the JSON Schema of publiccode.yml, as editors fetch it."""

import httpx2
import pytest
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.anyio

PATH = "/v1/schema/publiccode-0.json"


async def test_editors_get_the_schema(client: httpx2.AsyncClient) -> None:
    response = await client.get(PATH, headers={"Origin": "https://editor.example"})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/schema+json"
    assert response.headers["access-control-allow-origin"] == "*"
    schema = response.json()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "https://samkod.example/schema/publiccode-0.json"


async def test_the_schema_is_sent_once(client: httpx2.AsyncClient) -> None:
    tag = (await client.get(PATH)).headers["etag"]

    again = await client.get(PATH, headers={"If-None-Match": f"W/{tag}"})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


async def test_other_versions_have_no_schema(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/schema/publiccode-7.json")

    assert response.status_code == 404
    assert response.json()["type"] == "/docs/problems/not-found"
