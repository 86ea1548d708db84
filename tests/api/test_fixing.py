"""/v1/fix, as people and editors use it."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

FIXED = publiccode_yml("https://git.example.org/valchiara/acqua-chiara")
OUTDATED = FIXED.replace('publiccodeYmlVersion: "0"', 'publiccodeYmlVersion: "0.2"  # old')
DIFFERENCE = '-publiccodeYmlVersion: "0.2"  # old\n+publiccodeYmlVersion: "0"  # old\n'


async def test_a_file_is_fixed_and_what_was_done_is_told(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/fix", content=OUTDATED)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "fixed": OUTDATED.replace("0.2", "0"),
        "changed": True,
        "applied": [
            {
                "code": "version-outdated",
                "path": "publiccodeYmlVersion",
                "description": "is now “0”",
            }
        ],
        "valid": True,
        "results": [],
    }


async def test_what_is_left_is_told_in_the_readers_language(client: httpx2.AsyncClient) -> None:
    text = FIXED.replace("EUPL-1.2", "Libera")

    response = await client.post("/v1/fix", content=text, headers={"Accept-Language": "it"})

    body = response.json()
    assert (body["fixed"], body["changed"], body["applied"]) == (text, False, [])
    assert body["valid"] is False
    assert [finding["code"] for finding in body["results"]] == ["licence-unknown"]
    assert response.headers["content-language"] == "it"


@pytest.mark.parametrize(
    ("query", "accept"), [("?format=diff", "*/*"), ("", "text/x-diff, application/json;q=0.5")]
)
async def test_the_difference_can_be_asked_for(
    client: httpx2.AsyncClient, query: str, accept: str
) -> None:
    response = await client.post(f"/v1/fix{query}", content=OUTDATED, headers={"Accept": accept})

    assert response.headers["content-type"] == "text/x-diff; charset=utf-8"
    assert response.text.startswith("--- a/publiccode.yml\n+++ b/publiccode.yml\n@@ -")
    assert DIFFERENCE in response.text
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(("query", "accept"), [("?format=yaml", "*/*"), ("", "application/yaml")])
async def test_the_bare_file_can_be_asked_for(
    client: httpx2.AsyncClient, query: str, accept: str
) -> None:
    text = OUTDATED.replace("\n", "\r\n")

    response = await client.post(f"/v1/fix{query}", content=text, headers={"Accept": accept})

    assert response.headers["content-type"] == "application/yaml"
    assert response.content == text.replace("0.2", "0").encode()


async def test_what_is_no_text_stays_as_it_is(client: httpx2.AsyncClient) -> None:
    body = (await client.post("/v1/fix", content=b"\xff\xfe")).json()

    assert (body["fixed"], body["changed"], body["valid"]) == (None, False, False)
    assert (await client.post("/v1/fix?format=yaml", content=b"\xff\xfe")).content == b"\xff\xfe"
    assert (await client.post("/v1/fix?format=diff", content=b"\xff\xfe")).content == b""


async def test_nothing_and_other_forms_are_refused(client: httpx2.AsyncClient) -> None:
    empty = await client.post("/v1/fix")
    other = await client.post("/v1/fix?format=pdf", content=OUTDATED)

    assert (empty.status_code, other.status_code) == (400, 422)
    assert empty.json()["type"] == "/docs/problems/empty-body"
    assert other.json()["validationErrors"][0]["field"] == "format"


async def test_long_files_are_refused_like_those_to_validate(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/fix", content=b"#" * (1024 * 1024 + 1))

    assert response.status_code == 413


async def test_fixing_stores_nothing(client: httpx2.AsyncClient) -> None:
    await client.post("/v1/fix", content=OUTDATED)

    assert (await client.get("/v1/software?all=true")).json()["data"] == []
