"""The forms of a validation over HTTP; what stands in them is tested beside the renderers."""

import json
from xml.etree.ElementTree import fromstring

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

INVALID = publiccode_yml("https://git.example.org/valchiara/acqua-chiara").replace(
    "EUPL-1.2", "EUPL-99"
)


async def ask(client: httpx2.AsyncClient, format: str) -> httpx2.Response:
    return await client.post("/v1/validate", params={"format": format}, content=INVALID)


async def test_json_is_what_is_sent_unless_something_else_is_asked_for(
    client: httpx2.AsyncClient,
) -> None:
    assert (await ask(client, "json")).json() == (
        await client.post("/v1/validate", content=INVALID)
    ).json()


async def test_sarif(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "sarif")

    assert response.headers["content-type"] == "application/sarif+json"
    (run,) = response.json()["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["licence-unknown"]


async def test_junit(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "junit")

    assert response.headers["content-type"] == "application/xml"
    (suite,) = fromstring(response.content)  # noqa: S314 - our own reply
    assert (suite.get("name"), suite.get("failures")) == ("publiccode.yml", "1")


async def test_github(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "github")

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    (line,) = response.text.splitlines()
    assert line.startswith("::error file=publiccode.yml,line=")


async def test_other_forms_are_refused(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "papyrus")

    assert response.status_code == 422
    assert response.json()["validationErrors"] == [
        {"field": "format", "rule": "enum", "value": "papyrus"}
    ]


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github"])
async def test_texts_are_in_the_language_of_the_reader(
    client: httpx2.AsyncClient, format: str
) -> None:
    response = await client.post(
        "/v1/validate",
        params={"format": format},
        content=INVALID,
        headers={"Accept-Language": "sv-FI, sv;q=0.9"},
    )

    assert response.headers["content-language"] == "sv"
    assert "SPDX-uttryck" in response.text


async def test_results_carry_simple_fixes(client: httpx2.AsyncClient) -> None:
    text = publiccode_yml("https://h.example/x", **{"platforms:": "platform:"})

    results = (await client.post("/v1/validate", content=text)).json()["results"]

    (unknown,) = [result for result in results if result["code"] == "key-unknown"]
    assert unknown["fix"]["replacement"] == "platforms"
    assert unknown["fix"]["line"] == unknown["line"]


async def test_query_is_as_good_as_post(client: httpx2.AsyncClient) -> None:
    """A safe request with a body, which may be repeated and stored. RFC 10008."""
    posted = await client.post("/v1/validate", content=INVALID)
    queried = await client.request("QUERY", "/v1/validate", content=INVALID)

    assert (queried.status_code, json.loads(queried.content)) == (200, posted.json())


async def test_any_page_may_query(client: httpx2.AsyncClient) -> None:
    allowed = await client.options(
        "/v1/validate",
        headers={"Origin": "https://editor.example", "Access-Control-Request-Method": "QUERY"},
    )

    assert allowed.status_code == 200
    assert "QUERY" in allowed.headers["access-control-allow-methods"]
