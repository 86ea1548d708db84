"""Feeds over HTTP, as a feed reader follows them."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser
import httpx2
import pytest
from lxml import etree

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

FEEDS = [f"/v1/{of}.{format}" for of in ("search", "changes") for format in ("atom", "jsonfeed")]


async def create(writer: httpx2.AsyncClient, number: int, name: str = "Felanmälan") -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url, f"{name} {number}")}
    id: str = (await writer.post("/v1/software", json=body)).json()["id"]
    return id


async def read(client: httpx2.AsyncClient, address: str) -> Any:
    reply = await client.get(address)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/atom+xml"
    parsed = feedparser.parse(BytesIO(reply.content))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def links(feed: Any) -> dict[str, str]:
    return {link.rel: link.href for link in feed.feed.links}


def alternates(text: str) -> dict[str, str]:
    """`{media type: address}` of a Link header's alternates."""
    found = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', text)
    return {media_type: address for address, media_type in found}


async def all_entries(client: httpx2.AsyncClient, address: str) -> list[str]:
    """The ids of the entries on all pages, in their order."""
    ids: list[str] = []
    following: str | None = address
    while following:
        feed = await read(client, following)
        ids += [entry.id for entry in feed.entries]
        following = links(feed).get("next")
    return ids


async def test_a_search_is_followed_by_its_changes(writer: httpx2.AsyncClient) -> None:
    ids = [await create(writer, number) for number in range(5)]
    await create(writer, 9, "Acqua")
    await writer.patch(f"/v1/software/{ids[1]}", json={"vitality": "80"})
    in_order = [f"urn:uuid:{ids[number]}" for number in (1, 4, 3, 2, 0)]

    assert await all_entries(writer, "/v1/search.atom?q=felanmalan") == in_order
    assert await all_entries(writer, "/v1/search.atom?q=felanmalan&page[size]=2") == in_order
    newest, *_ = (await read(writer, "/v1/search.atom?q=felanmalan")).entries
    assert newest.published < newest.updated
    assert (await writer.get(newest.link)).json()["id"] == ids[1]


async def test_a_feed_names_its_own_addresses(writer: httpx2.AsyncClient) -> None:
    for number in range(3):
        await create(writer, number)
    address = "/v1/search.atom?q=felanmalan&license=EUPL-1.2&license=MIT&page[size]=2&lang=sv"

    feed = await read(writer, address)

    found = links(feed)
    assert found["self"].startswith("http://samkod.test/v1/search.atom?q=felanmalan")
    assert (await writer.get(found["alternate"])).json()["total"] == 3
    assert parse_qs(urlsplit(found["next"]).query)["license"] == ["EUPL-1.2", "MIT"]
    back = links(await read(writer, found["next"]))["previous"]
    assert [entry.id for entry in (await read(writer, back)).entries] == [
        entry.id for entry in feed.entries
    ]
    assert feed.feed.title == "Samkod: license=EUPL-1.2, license=MIT, felanmalan"
    first, second = feed.feed.id, (await read(writer, found["next"])).feed.id
    assert first == second, "the pages are one feed"


async def test_a_search_names_its_feeds(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    await create(writer, 2)

    page = await writer.get("/v1/search?q=felanm%C3%A4lan&page[size]=1&license=EUPL-1.2")

    named = alternates(page.headers["Link"])
    feed = await read(writer, named["application/atom+xml"])
    assert links(feed)["alternate"].endswith(
        "/v1/search?q=felanm%C3%A4lan&page%5Bsize%5D=1&license=EUPL-1.2"
    )
    assert (await writer.get(named["application/feed+json"])).json()["items"]


async def test_json_feed_says_the_same(writer: httpx2.AsyncClient) -> None:
    id = await create(writer, 1)
    await create(writer, 2)

    reply = await writer.get("/v1/search.jsonfeed?q=felanmalan&page[size]=1&page[after]=")

    assert reply.headers["Content-Type"] == "application/feed+json"
    following = (await writer.get(reply.json()["next_url"])).json()
    assert [item["id"] for item in following["items"]] == [f"urn:uuid:{id}"]
    assert "next_url" not in following


async def test_texts_are_in_the_readers_language(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)

    feed = await read(writer, "/v1/search.atom?lang=sv, it;q=0.5")

    assert feed.entries[0].summary_detail.language == "it"


async def test_all_changes_are_followed_each_software_once(writer: httpx2.AsyncClient) -> None:
    ids = [await create(writer, number) for number in range(6)]
    await writer.patch(f"/v1/software/{ids[0]}", json={"vitality": "80"})
    await writer.patch(f"/v1/software/{ids[2]}", json={"active": False})
    await writer.delete(f"/v1/software/{ids[3]}")

    shown = [f"urn:uuid:{ids[number]}" for number in (0, 5, 4, 1)]
    assert await all_entries(writer, "/v1/changes.atom") == shown
    assert await all_entries(writer, "/v1/changes.atom?limit=1") == shown
    document = (await writer.get("/v1/changes.atom")).content
    gone = etree.fromstring(document).iter("{*}deleted-entry")
    assert [each.get("ref") for each in gone] == [f"urn:uuid:{ids[3]}", f"urn:uuid:{ids[2]}"]
    await writer.patch(f"/v1/software/{ids[2]}", json={"active": True})
    assert (await all_entries(writer, "/v1/changes.atom"))[0] == f"urn:uuid:{ids[2]}"


async def test_what_has_not_changed_is_not_sent_again(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    replies = [await writer.get(path) for path in FEEDS]
    known = [{"If-None-Match": reply.headers["ETag"]} for reply in replies]

    assert all(reply.headers["Last-Modified"].endswith(" GMT") for reply in replies)
    for path, headers in zip(FEEDS, known, strict=True):
        again = await writer.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    await create(writer, 2)
    for path, headers in zip(FEEDS, known, strict=True):
        assert (await writer.get(path, headers=headers)).status_code == 200


async def test_a_change_elsewhere_leaves_a_feed_as_it_was(writer: httpx2.AsyncClient) -> None:
    await create(writer, 1)
    known = {"If-None-Match": (await writer.get("/v1/search.atom?q=felanmalan")).headers["ETag"]}
    await create(writer, 2, "Acqua")

    assert (await writer.get("/v1/search.atom?q=felanmalan", headers=known)).status_code == 304


async def test_an_empty_catalogue_has_feeds(client: httpx2.AsyncClient) -> None:
    for path in FEEDS:
        assert (await client.get(path)).status_code == 200
        assert (await client.head(path)).content == b""


async def test_a_bad_parameter_is_refused(client: httpx2.AsyncClient) -> None:
    for path, query in (
        ("/v1/search.atom", "colour=blue"),
        ("/v1/search.atom", "page[size]=0"),
        ("/v1/search.jsonfeed", "page[after]=x"),
        ("/v1/changes.atom", "before=x"),
        ("/v1/changes.atom", "before=-1"),
        ("/v1/changes.jsonfeed", "limit=0"),
        ("/v1/changes.jsonfeed", "colour=blue"),
    ):
        reply = await client.get(f"{path}?{query}")
        assert (reply.status_code, reply.json()["instance"]) == (422, path)


async def test_odd_parameters_find_nothing(client: httpx2.AsyncClient) -> None:
    for query in ("changes.atom?before=0", f"changes.atom?before={10**40}"):
        assert (await read(client, f"/v1/{query}")).entries == []
    assert (await read(client, "/v1/search.atom?q=%00%08%ff<")).entries == []
