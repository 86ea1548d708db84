"""/v1/search over HTTP; what is found is tested beside the search itself."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio


async def fill(writer: httpx2.AsyncClient) -> None:
    for number, (name, licence) in enumerate(
        [("Acqua chiara", "EUPL-1.2"), ("Felanmälan", "MIT"), ("Acqua alta", "MIT")]
    ):
        url = f"https://h.example/{number}"
        text = publiccode_yml(url, name).replace("EUPL-1.2", licence)
        response = await writer.post("/v1/software", json={"url": url, "publiccodeYml": text})
        assert response.status_code == 200


async def test_software_is_found_by_a_word(writer: httpx2.AsyncClient) -> None:
    await fill(writer)

    page = (await writer.get("/v1/search?q=FELANMALAN")).json()

    assert list(page) == ["data", "total", "facets", "links"]
    assert page["total"] == 1
    (found,) = page["data"]
    assert found["name"] == "Felanmälan"
    assert found["valid"] is True
    assert found["language"] == "it"
    assert found["organisation"]["name"] == "Comune di Valchiara"


async def test_a_slip_is_answered_with_what_may_have_been_meant(writer: httpx2.AsyncClient) -> None:
    await fill(writer)

    page = (await writer.get("/v1/search?q=acqau&license=MIT&license=EUPL-1.2&sort=name")).json()

    assert page["didYouMean"]["q"] == "acqua"
    meant = await writer.get(f"/v1/search{page['didYouMean']['search']}")
    assert meant.json()["total"] == page["didYouMean"]["total"] == 3


async def test_a_beginning_is_enough_where_nothing_else_is_found(
    writer: httpx2.AsyncClient,
) -> None:
    await fill(writer)

    page = (await writer.get("/v1/search?q=felanm")).json()

    assert [each["name"] for each in page["data"]] == ["Felanmälan"]
    assert page["searchedFor"] == "felanm*"
    assert "didYouMean" not in page


async def test_facets_count_and_say_what_is_selected(writer: httpx2.AsyncClient) -> None:
    await fill(writer)

    page = (await writer.get("/v1/search?license=MIT&license=EUPL-1.2&q=acqua")).json()

    assert page["total"] >= 2
    values = {each["value"]: each for each in page["facets"]["license"]}
    assert set(values) == {"MIT", "EUPL-1.2"}
    assert all(each["selected"] for each in values.values())
    assert set(values["MIT"]) == {"value", "label", "count", "selected"}


async def test_the_next_page_keeps_all_filters(writer: httpx2.AsyncClient) -> None:
    await fill(writer)
    seen, query = [], "?license=MIT&license=EUPL-1.2&page[size]=1"

    while query:
        page = (await writer.get(f"/v1/search{query}")).json()
        seen += [each["id"] for each in page["data"]]
        assert page["total"] == 3
        query = page["links"]["next"]

    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=blue", "colour"),
        ("page[size]=x", "page[size]"),
        ("page[size]=0", "page[size]"),
        ("q=" + "x" * 2000, "q"),
    ],
)
async def test_a_bad_parameter_is_named(client: httpx2.AsyncClient, query: str, field: str) -> None:
    response = await client.get(f"/v1/search?{query}")

    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/docs/problems/invalid-parameters"
    assert problem["validationErrors"][0]["field"] == field


@pytest.mark.parametrize("cursor", ["x", "W10=", "%00", "bnVsbA=="])
async def test_a_bad_cursor_is_refused(client: httpx2.AsyncClient, cursor: str) -> None:
    response = await client.get(f"/v1/search?page[after]={cursor}")

    assert response.status_code == 422
    assert response.json()["type"] == "/docs/problems/invalid-cursor"


@pytest.mark.parametrize(
    "query", ["q=%00", "license=%00", "q=%22%27*()AND OR NOT", "category=\ud83d\ude00", "q=%ff"]
)
async def test_odd_words_find_nothing(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(
        f"/v1/search?{query.encode('utf-16', 'surrogatepass').decode('utf-16')}"
    )

    assert response.status_code == 200
    assert response.json()["data"] == []
