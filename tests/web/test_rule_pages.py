"""/docs/rules, as people and programs read it."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from app.main import create_app
from app.publiccode.codes import CODES
from app.settings import Settings

pytestmark = pytest.mark.anyio

VOID = {"meta", "link", "br", "img"}
FOREIGN = ("src=", "@import", "url(", "<script", "<link")


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who asks for pages; no database is opened for them."""
    url = f"sqlite:///{tmp_path / 'never-opened.db'}"
    app = create_app(Settings(database_url=url, worker=False))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://samkod.test"
        ) as client,
    ):
        yield client


class Page(HTMLParser):
    """Notes what a page consists of, and fails where elements are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.languages: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.languages += [value or "" for name, value in attrs if name == "lang"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("code", CODES)
async def test_every_code_has_a_page(reader: httpx2.AsyncClient, code: str) -> None:
    response = await reader.get(f"/docs/rules/{code}")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(response.text)
    assert page.headings[0] == "h1"
    assert page.headings.count("h1") == 1
    assert CODES[code].explanation.replace("`", "") in page.text
    assert CODES[code].source in page.links
    assert [each for each in FOREIGN if each in response.text] == []


async def test_messages_are_in_the_language_of_the_reader(reader: httpx2.AsyncClient) -> None:
    response = await reader.get(
        "/docs/rules/licence-unknown", headers={"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.8"}
    )

    page = Page(response.text)
    assert page.languages == ["en", "sv", "sv"]
    assert "är inget SPDX-uttryck: ”…”; menade du ”…”?" in page.text
    assert response.headers["content-language"] == "en, sv"
    assert {"Accept", "Accept-Language"} <= set(response.headers["vary"].split(", "))


async def test_programs_get_json(reader: httpx2.AsyncClient) -> None:
    response = await reader.get(
        "/docs/rules/country-lowercase",
        headers={"Accept": "application/json", "Accept-Language": "de"},
    )

    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "code": "country-lowercase",
        "severity": "warning",
        "beyondReference": False,
        "messages": ["ist kleingeschrieben, was veraltet ist; „…“ schreiben"],
        "language": "de",
        "explanation": "The country code is in lower case, which is deprecated.",
        "remedy": "Write it in capitals.",
        "source": "https://yml.publiccode.tools/schema.core.html",
        "example": {
            "bad": "intendedAudience:\n  countries: [se]\n",
            "good": "intendedAudience:\n  countries: [SE]\n",
        },
    }


async def test_the_index_leads_to_every_page(reader: httpx2.AsyncClient) -> None:
    page = Page((await reader.get("/docs/rules")).text)
    listed = (await reader.get("/docs/rules", headers={"Accept": "application/json"})).json()

    assert page.links == [f"/docs/rules/{code}" for code in CODES]
    assert [each["code"] for each in listed["data"]] == list(CODES)


async def test_an_unknown_code_is_a_problem(reader: httpx2.AsyncClient) -> None:
    response = await reader.get("/docs/rules/license-unknown")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/docs/problems/rule-not-found",
        "title": "Rule not found",
        "detail": "There is no rule with the code license-unknown. Did you mean licence-unknown?",
        "status": 404,
        "instance": "/docs/rules/license-unknown",
    }


async def test_what_a_finding_is_called_leads_to_its_page(reader: httpx2.AsyncClient) -> None:
    report = (await reader.post("/v1/validate", content=b'publiccodeYmlVersion: "0"')).json()

    for finding in report["results"]:
        page = await reader.get(f"/docs/rules/{finding['code']}")
        assert page.status_code == 200
