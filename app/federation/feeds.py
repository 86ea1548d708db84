"""News of software, whatever the format that carries it: feeds, and the entries they are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from app.federation.uris import Uris
from app.publiccode import urls
from app.search.labels import label
from app.search.summaries import Summary

TITLE = "Samkod"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without any entry was changed: a time that stays, so that the feed stays as it is."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whose software it is."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """What it is for: as the standard has it, and in the reader's language."""

    term: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A software that came or changed; `id` stays the same for ever, wherever it is read."""

    id: str
    title: str
    summary: str | None
    language: str | None
    page: str
    code: str
    author: Author | None
    categories: Sequence[Category]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A software that there is no more, by the id of its entry."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A page of news, the newest first; addresses are absolute.

    `address` is that of this page, `id` that of the feed, which its pages share. `source` is where
    the same is found as data.
    """

    id: str
    title: str
    address: str
    source: str
    items: Sequence[Entry | Gone]
    previous: str | None = None
    next: str | None = None

    @property
    def updated(self) -> datetime:
        """The latest time that is named in it."""
        times = (each.at if isinstance(each, Gone) else each.updated for each in self.items)
        return max(times, default=NEVER)

    @property
    def entries(self) -> Iterable[Entry]:
        """What there is."""
        return (each for each in self.items if isinstance(each, Entry))

    @property
    def gone(self) -> Iterable[Gone]:
        """What there was."""
        return (each for each in self.items if isinstance(each, Gone))


def entry(summary: Summary, public_url: str, language: str) -> Entry:
    """The entry of a software, its categories named in this language."""
    shown = summary.shown
    return Entry(
        id=entry_id(summary.id),
        title=shown["name"] or shown["url"],
        summary=shown["shortDescription"],
        language=shown["language"],
        page=Uris(public_url).software(summary.id),
        code=shown["url"],
        author=_author(shown["organisation"]),
        categories=[
            Category(term, label("category", term, language)) for term in shown["categories"]
        ],
        published=summary.created_at,
        updated=summary.updated_at,
    )


def entry_id(software_id: str) -> str:
    """`urn:uuid:…`: the software's own id, or one that is made of it if it is no UUID."""
    try:
        return UUID(software_id).urn
    except ValueError:
        return uuid5(NAMESPACE_URL, f"/id/software/{software_id}").urn


def _author(organisation: Mapping[str, str | None] | None) -> Author | None:
    """Called by its URI where it has no name."""
    name, uri = (organisation or {}).get("name"), (organisation or {}).get("uri")
    called = name or uri
    return Author(called, uri if uri and urls.is_url(uri) else None) if called else None
