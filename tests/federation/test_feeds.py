"""What feed readers get, read by others' code."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import orjson
from lxml import etree

from app.federation.feeds import NEVER, Author, Category, Entry, Feed, Gone, entry_id
from app.federation.formats import atom, json_feed

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = "5e1ab0c2-7b31-4f0e-9f6a-3d1f0a4b8c55"
ODD = "<b>\0\x0b& \U0001f600 ﷐\ufffe]]>"


def an_entry(**changes: Any) -> Entry:
    members: dict[str, Any] = {
        "id": entry_id(ID),
        "title": "Acqua chiara",
        "summary": "La qualità dell'acqua",
        "language": "it",
        "page": f"https://samkod.example.org/id/software/{ID}",
        "code": "https://git.example.org/valchiara/acqua-chiara",
        "author": Author("Comune di Valchiara", "https://valchiara.example.org/"),
        "categories": [Category("data-visualization", "Data visualization")],
        "published": NOON - timedelta(days=3),
        "updated": NOON,
        **changes,
    }
    return Entry(**members)


def a_feed(*items: Entry | Gone, **changes: Any) -> Feed:
    members: dict[str, Any] = {
        "id": "https://samkod.example.org/v1/search.atom?q=acqua",
        "title": "Samkod: acqua",
        "address": "https://samkod.example.org/v1/search.atom?q=acqua&lang=it",
        "source": "https://samkod.example.org/v1/search?q=acqua&lang=it",
        "items": items,
        **changes,
    }
    return Feed(**members)


def read(document: bytes) -> Any:
    parsed = feedparser.parse(BytesIO(document))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def test_a_feed_reader_reads_all_that_there_is() -> None:
    parsed = read(atom.write(a_feed(an_entry(), next="https://samkod.example.org/?x=1&y=2")))

    assert parsed.version == "atom10"
    assert (parsed.feed.id, parsed.feed.title, parsed.feed.updated) == (
        "https://samkod.example.org/v1/search.atom?q=acqua",
        "Samkod: acqua",
        "2026-11-23T12:00:00Z",
    )
    assert {link.rel: link.href for link in parsed.feed.links} == {
        "self": "https://samkod.example.org/v1/search.atom?q=acqua&lang=it",
        "alternate": "https://samkod.example.org/v1/search?q=acqua&lang=it",
        "next": "https://samkod.example.org/?x=1&y=2",
    }
    (entry,) = parsed.entries
    assert (entry.id, entry.title, entry.summary) == (
        f"urn:uuid:{ID}",
        "Acqua chiara",
        "La qualità dell'acqua",
    )
    assert (entry.published, entry.updated) == ("2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z")
    assert entry.title_detail.language == "it"
    assert entry.link == f"https://samkod.example.org/id/software/{ID}"
    assert (entry.author_detail.name, entry.author_detail.href) == (
        "Comune di Valchiara",
        "https://valchiara.example.org/",
    )
    assert [(tag.term, tag.label) for tag in entry.tags] == [
        ("data-visualization", "Data visualization")
    ]


def test_what_is_gone_is_said_by_the_id_of_its_entry() -> None:
    gone = Gone(entry_id(ID), NOON)
    document = atom.write(a_feed(gone))

    (deleted,) = etree.fromstring(document).iter(
        "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
    )
    assert (deleted.get("ref"), deleted.get("when")) == (f"urn:uuid:{ID}", "2026-11-23T12:00:00Z")
    assert read(document).entries == []
    assert orjson.loads(json_feed.write(a_feed(gone)))["items"] == []


def test_a_feed_without_anything_is_a_feed() -> None:
    assert read(atom.write(a_feed())).feed.updated == "1970-01-01T00:00:00Z"
    assert a_feed().updated == NEVER
    assert orjson.loads(json_feed.write(a_feed()))["items"] == []


def test_whatever_a_file_holds_the_feed_is_well_formed() -> None:
    odd = an_entry(
        title=ODD,
        summary=ODD,
        language='not a "language"',
        author=Author(ODD, None),
        categories=[Category(ODD, ODD)],
        code=f"https://x.example/{ODD}",
    )

    (entry,) = read(atom.write(a_feed(odd, title=ODD))).entries
    assert "😀" in entry.title
    assert orjson.loads(json_feed.write(a_feed(odd)))["items"][0]["title"] == ODD


def test_what_is_not_known_is_left_out() -> None:
    bare = an_entry(summary=None, language=None, author=None, categories=[])

    (entry,) = read(atom.write(a_feed(bare))).entries
    assert {"summary", "author", "tags"}.isdisjoint(entry)
    assert orjson.loads(json_feed.write(a_feed(bare)))["items"] == [
        {
            "id": f"urn:uuid:{ID}",
            "url": f"https://samkod.example.org/id/software/{ID}",
            "external_url": "https://git.example.org/valchiara/acqua-chiara",
            "title": "Acqua chiara",
            "content_text": "Acqua chiara",
            "date_published": "2026-11-20T12:00:00Z",
            "date_modified": "2026-11-23T12:00:00Z",
        }
    ]


def test_json_feed_has_the_members_of_its_standard() -> None:
    feed = orjson.loads(json_feed.write(a_feed(an_entry(), next="https://samkod.example.org/?2")))

    assert {name: value for name, value in feed.items() if name != "items"} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Samkod: acqua",
        "home_page_url": "https://samkod.example.org/v1/search?q=acqua&lang=it",
        "feed_url": "https://samkod.example.org/v1/search.atom?q=acqua&lang=it",
        "next_url": "https://samkod.example.org/?2",
    }
    (item,) = feed["items"]
    assert item["authors"] == [
        {"name": "Comune di Valchiara", "url": "https://valchiara.example.org/"}
    ]
    assert (item["tags"], item["language"]) == (["Data visualization"], "it")


def test_ids_stay_and_differ() -> None:
    assert entry_id("not a uuid") == entry_id("not a uuid") != entry_id("another")
    assert entry_id("not a uuid").startswith("urn:uuid:")
