"""/v1/validate, as people and editors use it."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/valchiara/acqua-chiara"


async def test_a_valid_file_is_valid(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/validate", content=publiccode_yml(URL).encode())

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert list(body) == ["valid", "results", "normalized"]
    assert body["valid"] is True
    assert "Acqua chiara" in body["normalized"]


async def test_the_normalised_text_is_valid_and_stays_as_it_is(client: httpx2.AsyncClient) -> None:
    first = (await client.post("/v1/validate", content=publiccode_yml(URL))).json()
    again = (await client.post("/v1/validate", content=first["normalized"])).json()

    assert again["valid"] is True
    assert again["normalized"] == first["normalized"]


async def test_every_fault_is_named_with_its_place(client: httpx2.AsyncClient) -> None:
    text = publiccode_yml(URL).replace("stable", "unstable").replace("EUPL-1.2", "EUPL-99")

    body = (await client.post("/v1/validate", content=text)).json()

    assert body["valid"] is False
    assert body["normalized"] is None
    places = {each["key"]: each["line"] for each in body["results"] if each["type"] == "error"}
    lines = text.splitlines()
    assert "unstable" in lines[places["developmentStatus"] - 1]
    assert "EUPL-99" in lines[places["legal.license"] - 1]
    assert all(each["description"] for each in body["results"])


async def test_findings_have_the_edit_that_repairs_them(client: httpx2.AsyncClient) -> None:
    text = publiccode_yml(URL).replace('"0"', '"0.2"')

    (finding,) = (await client.post("/v1/validate", content=text)).json()["results"]

    line, column = finding["line"], finding["column"] + len("publiccodeYmlVersion: ")
    assert finding["fix"] == {
        "replacement": '"0"',
        "line": line,
        "column": column,
        "endLine": line,
        "endColumn": column + len('"0.2"'),
    }


@pytest.mark.parametrize("media_type", [None, "application/json", "text/html", "application/yaml"])
async def test_the_media_type_does_not_matter(
    client: httpx2.AsyncClient, media_type: str | None
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}

    response = await client.post("/v1/validate", content=publiccode_yml(URL), headers=headers)

    assert response.json()["valid"] is True


async def test_an_empty_body_is_refused(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/validate")

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/docs/problems/empty-body",
        "title": "empty body",
        "detail": "Send the text of a publiccode.yml as the body of the request.",
        "status": 400,
        "instance": "/v1/validate",
    }


async def test_a_long_file_is_validated_beside_other_requests(client: httpx2.AsyncClient) -> None:
    text = publiccode_yml(URL).replace("[Analisi per indirizzo]", f"[{'Analisi, ' * 20_000}]")

    response = await client.post("/v1/validate", content=text)

    assert response.status_code == 200
    assert "valid" in response.json()


async def test_validating_stores_nothing(client: httpx2.AsyncClient) -> None:
    await client.post("/v1/validate", content=publiccode_yml(URL))

    assert (await client.get("/v1/software?all=true")).json()["data"] == []
