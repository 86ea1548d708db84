"""What those who come by are told: other catalogues, search engines and crawlers."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from lxml import etree

from app.catalogue.entry import ROOT_ID, Identifier, Provenance, Scheme
from app.catalogue.transaction import transaction
from app.ingest.submission import Source, prepare, submit
from tests.api.files import publiccode_yml
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://github.com/valchiara/acqua-chiara"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


async def create(writer: httpx2.AsyncClient, url: str, *aliases: str) -> str:
    body = {"url": url, "aliases": list(aliases), "publiccodeYml": publiccode_yml(url)}
    response = await writer.post("/v1/software", json=body)
    assert response.status_code == 200, response.text
    id: str = response.json()["id"]
    return id


async def put(
    app: FastAPI, url: str, *, now: datetime = NOW, provenance: Provenance | None = None
) -> str:
    data = a_file(url)
    async with transaction(app.state.database) as session:
        source = Source(ROOT_ID, url, provenance=provenance)
        said = await submit(session, source, data, await prepare(data), now=now)
    assert said.software_id
    return said.software_id


async def sitemap(client: httpx2.AsyncClient, address: str, root: str) -> list[tuple[str, str]]:
    """(address, last change) of each entry; by the rules of the schema at sitemaps.org."""
    response = await client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/xml")
    document = etree.fromstring(response.content)
    element = {"urlset": "url", "sitemapindex": "sitemap"}[root]
    assert document.tag == NAMESPACE + root
    assert len(document) <= 50_000
    found = []
    for entry in document:
        assert entry.tag == NAMESPACE + element
        location, changed = entry
        assert (location.tag, changed.tag) == (NAMESPACE + "loc", NAMESPACE + "lastmod")
        assert location.text
        assert changed.text
        assert 12 <= len(location.text) <= 2048
        assert MOMENT.fullmatch(changed.text)
        found.append((location.text, changed.text))
    return found


async def test_a_catalogue_introduces_itself(writer: httpx2.AsyncClient) -> None:
    catalog = {"name": "Regione Nord", "alternativeId": "∅", "scopes": ["iso3166:IT-25", "m49:150"]}
    assert (await writer.post("/v1/catalogs", json=catalog)).status_code == 200
    other = {
        "name": "Syd",
        "scopes": ["iso3166:IT-25", "SE"],
        "sources": [{"driver": "gitea", "url": "https://git.example.org/syd"}],
    }
    assert (await writer.post("/v1/catalogs", json=other)).status_code == 200

    response = await writer.get("/.well-known/oss-catalog")

    told = response.json()
    assert (told["name"], told["scopes"]) == ("Regione Nord", ["SE", "iso3166:IT-25", "m49:150"])
    assert told["uri"] == "http://samkod.test/id/catalog"
    assert (told["operator"], told["sequence"]) == ("samkod.test", 2)
    assert told["epoch"] == (await writer.get("/v1/changes")).json()["epoch"]
    assert 'rel="service-desc"' in response.headers["link"]


async def test_every_way_in_is_there(writer: httpx2.AsyncClient) -> None:
    told = (await writer.get("/.well-known/oss-catalog")).json()

    for api in told["apis"]:
        path = "/software" if api["type"] == "open-catalog-api" else ""
        assert (await writer.get(api["url"] + path)).is_success, api


async def test_without_a_name_it_is_called_after_the_program(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/.well-known/oss-catalog")).json()["name"] == "Samkod"


async def test_search_engines_find_every_page(app: FastAPI, client: httpx2.AsyncClient) -> None:
    for number, month in enumerate([1, 1, 3]):
        now = datetime(2025, month, 31, 23, 59, tzinfo=UTC)
        await put(app, f"https://h.example/{number}", now=now)
    robots = await client.get("/robots.txt")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    (index,) = re.findall("^Sitemap: (.+)$", robots.text, re.MULTILINE)

    shards = await sitemap(client, index, "sitemapindex")

    assert shards == [
        ("http://samkod.test/sitemaps/software-2025-01-1.xml", "2025-01-31T23:59:00Z"),
        ("http://samkod.test/sitemaps/software-2025-03-1.xml", "2025-03-31T23:59:00Z"),
    ]
    pages = [page for shard, _ in shards for page in await sitemap(client, shard, "urlset")]
    listed = (await client.get("/v1/software")).json()["data"]
    assert [page for page, _ in pages] == [
        f"http://samkod.test/software/{each['id']}" for each in listed
    ]
    assert (await client.get(pages[0][0])).headers["content-type"].startswith("text/html")


async def test_a_long_month_has_several_sitemaps(
    app: FastAPI, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.discovery.MOST_ADDRESSES", 2)
    for number in range(5):
        now = datetime(2025, 12, 1, 0, number, tzinfo=UTC)
        await put(app, f"https://h.example/{number}", now=now)

    shards = await sitemap(client, "/sitemap.xml", "sitemapindex")

    parts = [await sitemap(client, shard, "urlset") for shard, _ in shards]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert len({page for part in parts for page, _ in part}) == 5


async def test_inactive_software_is_not_listed(writer: httpx2.AsyncClient) -> None:
    assert await sitemap(writer, "/sitemap.xml", "sitemapindex") == []
    id = await create(writer, URL)
    ((shard, _),) = await sitemap(writer, "/sitemap.xml", "sitemapindex")
    await writer.patch(f"/v1/software/{id}", json={"active": False})

    assert await sitemap(writer, "/sitemap.xml", "sitemapindex") == []
    assert (await writer.get(shard)).status_code == 404


async def test_there_are_no_other_sitemaps(client: httpx2.AsyncClient) -> None:
    for name in ("2025-01-1", "2999-12-1", f"2025-01-{'9' * 30}", "2025-13-1", "0000-01-1", "x-y"):
        response = await client.get(f"/sitemaps/software-{name}.xml")
        assert response.status_code in (404, 422), name


async def test_what_is_known_is_not_sent_again(writer: httpx2.AsyncClient) -> None:
    await create(writer, URL)
    ((shard, _),) = await sitemap(writer, "/sitemap.xml", "sitemapindex")
    for path in ("/.well-known/oss-catalog", "/sitemap.xml", shard, f"/v1/resolve?url={URL}"):
        tag = (await writer.get(path)).headers["etag"]
        known = {"If-None-Match": tag}
        assert (await writer.get(path, headers=known)).status_code == 304
        elsewhere = known | {"Host": "other.example"}
        if "sitemaps" not in path:
            assert (await writer.get(path, headers=elsewhere)).status_code == 200


ORIGIN = f"swh:1:ori:{'b' * 40}"
IDENTIFIERS: list[dict[str, str]] = [
    {"url": URL},
    {"url": "http://www.GitHub.com/Valchiara/acqua-chiara.git"},
    {"url": "git@github.com:valchiara/acqua-chiara.git"},
    {"purl": "pkg:github/valchiara/acqua-chiara@1.0"},
    {"purl": "pkg:generic/acqua?vcs_url=git%2Bhttps://github.com/valchiara/acqua-chiara%40v1"},
    {"swhid": f"swh:1:dir:{'a' * 40};origin={URL};path=/src"},
    {"swhid": ORIGIN},
    {"wikidata": "Q42"},
    {"wikidata": "http://www.wikidata.org/entity/Q42"},
]


async def test_software_is_found_by_what_others_call_it(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    known = (Identifier(Scheme.WIKIDATA, "Q42"), Identifier(Scheme.SWHID, ORIGIN))
    id = await put(app, URL, provenance=Provenance(identifiers=known))
    await put(app, "https://h.example/other")

    for query in IDENTIFIERS:
        response = await client.get("/v1/resolve", params=query)
        assert response.status_code == 200, response.text
        assert response.json() == {
            "id": id,
            "uri": f"http://samkod.test/id/software/{id}",
            "url": URL,
            "aliases": [],
            "active": True,
            "self": f"http://samkod.test/v1/software/{id}",
        }


async def test_nobody_is_found_who_is_not_there(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, URL)
    await writer.delete(f"/v1/software/{id}")

    unknown: list[dict[str, Any]] = [
        {"url": URL},
        {"wikidata": "Q1"},
        {"purl": "pkg:github/%00/%2500"},
        {"url": "\0"},
        {"url": "https://[::1"},
    ]
    for query in unknown:
        response = await writer.get("/v1/resolve", params=query)
        assert response.status_code == 404, query
        assert response.json()["type"] == "/docs/problems/identifier-unknown"


async def test_exactly_one_identifier_is_asked_for(client: httpx2.AsyncClient) -> None:
    for query, field in {
        "": "url",
        "url=": "url",
        f"url={URL}&wikidata=Q1": "url",
        "doi=1": "doi",
        "wikidata=42": "wikidata",
        "wikidata=Q0": "wikidata",
        "swhid=swh:2:dir:1": "swhid",
        "purl=pkg:pypi/x": "purl",
        "purl=x": "purl",
        f"url={'x' * 3000}": "url",
    }.items():
        response = await client.get(f"/v1/resolve?{query}")
        assert response.status_code == 422, query
        assert response.json()["validationErrors"][0]["field"] == field, query


async def test_pages_of_lists_are_linked_in_headers_too(writer: httpx2.AsyncClient) -> None:
    ids = [await create(writer, f"https://h.example/{number}") for number in range(3)]

    address: str | None = "/v1/software?page[size]=1"
    found = []
    while address:
        response = await writer.get(address)
        found += [each["id"] for each in response.json()["data"]]
        following = response.links.get("next")
        address = str(response.url.join(following["url"])) if following else None

    assert found == ids
    assert {"prev", "service-desc", "describedby"} <= set(response.links)
    assert (await writer.get(response.links["service-desc"]["url"])).status_code == 200
    search = await writer.get("/v1/search?page[size]=1")
    second = await writer.get(search.url.join(search.links["next"]["url"]))
    assert second.json()["data"][0]["id"] in ids


async def test_our_own_name_is_known_when_the_software_is_gone(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, URL)
    query = {"url": f"http://samkod.test/id/software/{id}"}
    response = await writer.get("/v1/resolve", params=query)
    assert (response.status_code, response.json()["id"]) == (200, id)

    await writer.delete(f"/v1/software/{id}")

    response = await writer.get("/v1/resolve", params=query)
    assert response.status_code == 410
    assert response.json()["type"] == "/docs/problems/software-gone"
    assert response.json()["tombstone"]["id"] == id
    for never in (
        URL,
        "http://samkod.test/id/software/never",
        "http://samkod.test/id/software/%00",
    ):
        response = await writer.get("/v1/resolve", params={"url": never})
        assert response.status_code == 404, never
