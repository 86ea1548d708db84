"""/v1/search as its readers see it: languages, labels, marks, members, explanations, hostile queries."""

import httpx2
import pytest

from tests.builders import a_file, texts
from tests.search.hostile import FIELDS, HOSTILE, PARAMETERS

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/storabro/felanmalan"


@pytest.fixture
async def filled(writer: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A catalogue of one, in Swedish and English; the client that filled it."""
    data = a_file(
        URL,
        categories=["crm", "e-signature"],
        usedBy=["Granmora kommun"],
        description={
            "sv": texts(
                shortDescription="Anmäl <b>trasiga</b> gatlyktor & skräp",
                longDescription="Ångmaskiner och annat. " * 20 + "Här står sopkärl. " * 9,
                features=["Karta", "Gatlyktor på karta"],
            ),
            "en": texts(localisedName="Street Reports", shortDescription="Report broken lights"),
        },
    )
    body = {"url": URL, "publiccodeYml": data.decode(), "vitality": "90,85"}
    assert (await writer.post("/v1/software", json=body)).status_code == 200
    return writer


@pytest.mark.parametrize(
    ("query", "header", "language", "name"),
    [
        ("", "en-GB, sv;q=0.5", "en", "Street Reports"),
        ("", "sv-FI", "sv", "Felanmälan"),
        ("", "it", "sv", "Felanmälan"),
        ("?lang=sv", "en", "sv", "Felanmälan"),
    ],
)
async def test_results_are_in_the_readers_language_as_far_as_there_is_one(
    filled: httpx2.AsyncClient, query: str, header: str, language: str, name: str
) -> None:
    response = await filled.get(f"/v1/search{query}", headers={"Accept-Language": header})

    [found] = response.json()["data"]
    assert (found["language"], found["name"]) == (language, name)
    assert "Accept-Language" in response.headers["Vary"]


async def test_labels_are_in_the_readers_language(filled: httpx2.AsyncClient) -> None:
    facets = (await filled.get("/v1/search?lang=sv")).json()["facets"]

    assert [each["label"] for each in facets["developmentStatus"]] == ["Stabil"]
    assert [each["label"] for each in facets["softwareType"]] == ["Webbapplikation"]
    assert {each["label"] for each in facets["category"]} == {
        "Kundrelationer (CRM)",
        "E-underskrift",
    }


async def test_what_was_found_is_marked_and_all_else_escaped(filled: httpx2.AsyncClient) -> None:
    [found] = (await filled.get("/v1/search?q=gatlykta skrap&lang=sv")).json()["data"]

    assert found["highlightsLanguage"] == "sv"
    assert found["highlights"] == {
        "shortDescription": "Anmäl &lt;b&gt;trasiga&lt;/b&gt; "
        "<mark>gatlyktor</mark> &amp; <mark>skräp</mark>",
        "features": "<mark>Gatlyktor</mark> på karta",
    }


async def test_long_text_is_shown_around_what_was_found(filled: httpx2.AsyncClient) -> None:
    [found] = (await filled.get("/v1/search?q=sopkärl&lang=en")).json()["data"]

    assert found["highlightsLanguage"] == "sv"
    [(field, text)] = found["highlights"].items()
    assert field == "longDescription"
    assert text.startswith("…")
    assert "Här står <mark>sopkärl</mark>." in text
    assert len(text) < 400


async def test_only_the_members_asked_for_are_sent(filled: httpx2.AsyncClient) -> None:
    [found] = (await filled.get("/v1/search?fields=name,url")).json()["data"]

    assert found == {"url": URL, "name": "Felanmälan"}


async def test_score_is_the_sum_of_its_parts(filled: httpx2.AsyncClient) -> None:
    [found] = (await filled.get("/v1/search?q=felanmälan&explain=true")).json()["data"]

    parts = found["explanation"]
    assert {"inName", "wholeName", "valid", "stable", "users"} <= set(parts)
    assert found["score"] == pytest.approx(sum(parts.values()))


@pytest.mark.parametrize("query", ["q=gatlykta", "sort=name", "lang=sv"])
async def test_known_page_is_not_sent_again(filled: httpx2.AsyncClient, query: str) -> None:
    first = await filled.get(f"/v1/search?{query}")
    again = await filled.get(
        f"/v1/search?{query}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_page_in_another_language_is_another_one(filled: httpx2.AsyncClient) -> None:
    first = await filled.get("/v1/search", headers={"Accept-Language": "sv"})
    other = await filled.get(
        "/v1/search",
        headers={"Accept-Language": "en", "If-None-Match": first.headers["ETag"]},
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "sort=best",
        "fields=name,colour",
        "hasReleaseSince=soon",
        "updatedFrom=yesterday",
        "updatedFrom=0001-01-01T00:00:00%2B14:00",
        "valid=perhaps",
        "explain=perhaps",
        "category=" + "x" * 501,
        "licence=MIT",
    ],
)
async def test_a_bad_value_is_refused(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(f"/v1/search?{query}")

    assert response.status_code == 422
    [error] = response.json()["validationErrors"]
    assert error["field"] == query.partition("=")[0]


async def test_empty_values_of_a_form_are_no_filters(filled: httpx2.AsyncClient) -> None:
    found = await filled.get("/v1/search?q=&category=&license=&fields=&page[after]=")

    assert found.json()["total"] == 1


SECONDS_BEFORE_GIVING_UP = 60


async def test_hostile_queries_are_answered_or_refused(filled: httpx2.AsyncClient) -> None:
    asked = [*PARAMETERS.values()]
    asked += [{field: text} for field in FIELDS for text in HOSTILE.values()]
    for parameters in asked:
        response = await filled.get("/v1/search", params=parameters)

        assert response.status_code in (200, 422), parameters
        assert response.elapsed.total_seconds() < SECONDS_BEFORE_GIVING_UP, parameters
