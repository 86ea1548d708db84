"""JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/

It has no words for what is gone.
"""

from typing import Any

import orjson

from app.federation.feeds import Entry, Feed
from app.pagination import rfc3339

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed) -> bytes:
    """The feed as a document."""
    members = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.source,
        "feed_url": feed.address,
        "next_url": feed.next,
        "items": [_item(entry) for entry in feed.entries],
    }
    return orjson.dumps(_known(members))


def _item(entry: Entry) -> dict[str, Any]:
    author = entry.author
    return _known(
        {
            "id": entry.id,
            "url": entry.page,
            "external_url": entry.code,
            "title": entry.title,
            "content_text": entry.summary or entry.title,
            "summary": entry.summary,
            "date_published": rfc3339(entry.published),
            "date_modified": rfc3339(entry.updated),
            "authors": [_known({"name": author.name, "url": author.url})] if author else None,
            "tags": [category.label for category in entry.categories] or None,
            "language": entry.language,
        }
    )


def _known(members: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: no member of a JSON Feed may be null."""
    return {name: value for name, value in members.items() if value is not None}
