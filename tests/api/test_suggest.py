"""/v1/suggest over HTTP; what is suggested is tested beside the search itself."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.builders import a_file
from tests.search.hostile import HOSTILE

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/storabro/felanmalan"
STORABRO = {"name": "Felande kommun", "uri": "https://felande.example.org/?a=1&b"}


@pytest.fixture
async def filled(writer: httpx2.AsyncClient) -> httpx2.AsyncClient:
    data = a_file(URL, categories=["fleet-management", "crm"], organisation=STORABRO)
    body = {"url": URL, "publiccodeYml": data.decode()}
    assert (await writer.post("/v1/software", json=body)).status_code == 200
    return writer


async def test_each_suggestion_leads_to_a_search_that_finds_it(filled: httpx2.AsyncClient) -> None:
    for typed, kinds in {"fel": ["software", "organisation"], "cr": ["category"]}.items():
        page = (await filled.get("/v1/suggest", params={"q": typed})).json()

        assert [each["type"] for each in page["data"]] == kinds
        for each in page["data"]:
            named = await filled.get("/v1/search", params={each["parameter"]: each["value"]})
            assert named.json()["total"] == 1
            assert (await filled.get(each["search"])).json()["total"] == 1


async def test_suggestions_lead_below_the_path_that_a_proxy_adds(
    app: FastAPI, filled: httpx2.AsyncClient
) -> None:
    transport = httpx2.ASGITransport(app, root_path="/oss")
    async with httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client:
        for each in (await client.get("/oss/v1/suggest?q=fel")).json()["data"]:
            assert each["search"].startswith("/oss/v1/search?")
            assert (await client.get(each["search"])).json()["total"] == 1


async def test_known_suggestions_are_not_sent_again(filled: httpx2.AsyncClient) -> None:
    first = await filled.get("/v1/suggest?q=fel")
    again = await filled.get("/v1/suggest?q=fel", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert first.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("?q=a&colour=blue", "colour"),
        ("?q=a&limit=0", "limit"),
        ("?q=a&limit=21", "limit"),
        ("?q=a&limit=many", "limit"),
        ("?q=" + "x" * 201, "q"),
        ("?q=a&lang=" + "x" * 101, "lang"),
    ],
)
async def test_a_bad_parameter_is_named(client: httpx2.AsyncClient, query: str, field: str) -> None:
    response = await client.get(f"/v1/suggest{query}")

    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/docs/problems/invalid-parameters"
    assert problem["validationErrors"][0]["field"] == field


async def test_hostile_beginnings_are_answered(filled: httpx2.AsyncClient) -> None:
    for name, typed in HOSTILE.items():
        response = await filled.get("/v1/suggest", params={"q": typed[:200], "limit": 20})

        assert response.status_code == 200, name
        assert isinstance(response.json()["data"], list), name


async def test_half_a_surrogate_pair_is_answered(filled: httpx2.AsyncClient) -> None:
    assert (await filled.get("/v1/suggest?q=%ed%a0%80fel")).status_code in (200, 422)
