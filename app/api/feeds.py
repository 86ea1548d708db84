"""News for feed readers: what a search finds, and all that changes, as Atom and as JSON Feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import examples
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, IndexDep, MirrorDep, Now, PublicUrl, ReadSession
from app.api.feed_formats import FORMATS, Format, address, reply
from app.api.links import AFTER, BEFORE
from app.api.negotiation import negotiate
from app.api.problems import documented
from app.api.refusals import BrokenRule, ParametersInvalid
from app.api.search import UNKNOWN_PARAMETER
from app.catalogue import catalogs, changes, software
from app.catalogue.entry import LastChange
from app.catalogue.errors import CatalogNotFound
from app.database import Session
from app.federation.feeds import TITLE, Entry, Feed, Gone, entry, entry_id
from app.head import Head
from app.pagination import CursorInvalid
from app.publiccode.translations import languages
from app.search.newest import newest
from app.search.query import SearchQuery
from app.search.saved import PRESENTATION
from app.search.summaries import Summary, summaries

router = APIRouter(tags=["feeds"])

SEARCH, CHANGES = "/v1/search", "/v1/changes"
LARGEST_LIMIT = 100
PLACES = frozenset({AFTER, BEFORE})
NOT_A_NUMBER = BrokenRule(
    "before",
    "int_parsing",
    "before: Input should be a valid integer, unable to parse string as an integer",
    value="yesterday",
)

ReadersLanguages = Annotated[
    str | None, Header(alias="accept-language", description="The languages to show software in.")
]


class NewsQuery(BaseModel):
    """Which part of the news."""

    model_config = ConfigDict(extra="forbid")

    before: int | None = Field(
        None, ge=0, description="What changed before this number of the log. Taken from the links."
    )
    limit: int = Field(25, ge=1, le=LARGEST_LIMIT, description="Software per page.")
    lang: str | None = Field(
        None,
        max_length=100,
        description="The languages to show software in, as in `Accept-Language`, which it replaces.",
        examples=["sv"],
    )


class ChangedQuery(NewsQuery):
    """Of everything, or of one catalogue."""

    catalog: str | None = Field(
        None,
        description="Only what this catalogue has: its id or alternativeId, `∅` for the root.",
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Whose news: those at this path; of this catalogue, by the name that the reader gave it."""

    path: str
    catalog_id: str | None = None
    name: str = ""
    query: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, by which session, and what addresses and languages are good for them."""

    request: Request
    session: Session
    public_url: str
    languages: str | None


async def _reader(
    request: Request,
    session: ReadSession,
    public_url: PublicUrl,
    accept_language: ReadersLanguages = None,
) -> Reader:
    return Reader(request, session, public_url, accept_language)


ReaderDep = Annotated[Reader, Depends(_reader)]


def _feed_of_search(format: Format) -> None:
    @router.get(
        "/search" + format.suffix,
        name=f"search_as{format.suffix}",
        summary=f"Follow a search as {format.name}",
        response_class=Response,
        responses=format.described()
        | documented(
            "GET",
            SEARCH + format.suffix,
            ParametersInvalid([UNKNOWN_PARAMETER]),
            CursorInvalid(),
        ),
    )
    async def found(
        request: Request,
        query: Annotated[SearchQuery, Query()],
        _head: CurrentHead,
        session: ReadSession,
        mirror: MirrorDep,
        index: IndexDep,
        public_url: PublicUrl,
        now: Now,
        accept_language: ReadersLanguages = None,
    ) -> Response:
        """What a search finds, the last change first: a saved search that tells by itself.

        It takes the parameters of `/v1/search`; `sort`, `fields` and `explain` are passed over.
        An entry keeps its id when the software changes: `published` says when it came here,
        `updated` when it changed. Pages follow each other as in RFC 5005.
        """
        readers = query.lang or accept_language
        news = await newest(
            session, mirror, query, index=index, choose=partial(negotiate, readers), now=now
        )
        asked = request.query_params.multi_items()
        kept = [(name, value) for name, value in asked if name not in PLACES]
        about = sorted((name, value) for name, value in kept if name not in PRESENTATION and value)
        here = public_url + SEARCH + format.suffix
        feed = Feed(
            id=address(f"{public_url}{SEARCH}.atom", about),
            title=_title(about),
            address=address(here, asked),
            source=address(public_url + SEARCH, kept),
            items=[entry(each, public_url, negotiate(readers, languages())) for each in news.items],
            previous=address(here, [*kept, (BEFORE, news.previous)]) if news.previous else None,
            next=address(here, [*kept, (AFTER, news.next)]) if news.next else None,
        )
        return reply(request, format, feed)


def _feed_of_changes(format: Format) -> None:
    @router.get(
        "/changes" + format.suffix,
        name=f"changes_as{format.suffix}",
        summary=f"Follow all changes as {format.name}",
        response_class=Response,
        responses=format.described()
        | documented(
            "GET",
            CHANGES + format.suffix,
            ParametersInvalid([NOT_A_NUMBER]),
            CatalogNotFound(examples.ID),
        ),
    )
    async def changed(
        reader: ReaderDep,
        query: Annotated[ChangedQuery, Query()],
        head: CurrentHead,
    ) -> Response:
        """All software, each at its last change, the newest first.

        In Atom, what was deleted or is inactive is an `at:deleted-entry` (RFC 6721); JSON Feed has
        no words for it. Other catalogues follow `/v1/changes`, which misses nothing.
        """
        if query.catalog is None:
            return await _changes(reader, format, query, head, Part(CHANGES))
        id = await catalogs.resolve(reader.session, query.catalog)
        part = Part(CHANGES, id, query.catalog, [("catalog", query.catalog)])
        return await _changes(reader, format, query, head, part)

    @router.get(
        "/catalogs/{id}/changes" + format.suffix,
        name=f"changes_of_catalog_as{format.suffix}",
        summary=f"Follow a catalogue as {format.name}",
        response_class=Response,
        responses=format.described()
        | documented(
            "GET",
            f"/v1/catalogs/{examples.ID}/changes{format.suffix}",
            ParametersInvalid([NOT_A_NUMBER]),
            CatalogNotFound(examples.ID),
        ),
    )
    async def changed_there(
        reader: ReaderDep,
        catalog_id: CatalogId,
        query: Annotated[NewsQuery, Query()],
        head: CurrentHead,
    ) -> Response:
        """As `/v1/changes`, of what one catalogue has. What leaves it is a deleted entry here."""
        name = reader.request.path_params["id"]
        path = f"/v1/catalogs/{quote(name, safe='')}/changes"
        return await _changes(reader, format, query, head, Part(path, catalog_id, name))


async def _changes(
    reader: Reader, format: Format, query: NewsQuery, head: Head, part: Part
) -> Response:
    readers = query.lang or reader.languages
    before = head.sequence + 1 if query.before is None else min(query.before, head.sequence + 1)
    last = await changes.latest(
        reader.session, query.limit + 1, before=before, catalog_id=part.catalog_id
    )
    shown = last[: query.limit]
    ids = [each.software_id for each in shown]
    ids = await software.published(reader.session, ids, part.catalog_id)
    present = await summaries(reader.session, ids, partial(negotiate, readers))
    language = negotiate(readers, languages())
    asked = reader.request.query_params.multi_items()
    kept = [(name, value) for name, value in asked if name != "before"]
    here = reader.public_url + part.path + format.suffix
    following = [*kept, ("before", str(shown[-1].sequence))] if last[query.limit :] else []
    feed = Feed(
        id=address(f"{reader.public_url}{part.path}.atom", part.query),
        title=f"{TITLE}: {part.name}" if part.name else TITLE,
        address=address(here, asked),
        source=address(reader.public_url + part.path, part.query),
        items=[
            _told(each, present.get(each.software_id), reader.public_url, language)
            for each in shown
        ],
        next=address(here, following) if following else None,
    )
    return reply(reader.request, format, feed)


def _told(
    change: LastChange, summary: Summary | None, public_url: str, language: str
) -> Entry | Gone:
    if summary is None or not summary.active:
        return Gone(entry_id(change.software_id), change.at)
    return entry(summary, public_url, language)


def _title(about: list[tuple[str, str]]) -> str:
    """As in: Samkod: felanmälan, category=crm."""
    parts = (value if name == "q" else f"{name}={value}" for name, value in about)
    return f"{TITLE}: {', '.join(parts)}" if about else TITLE


for _format in FORMATS:
    _feed_of_search(_format)
    _feed_of_changes(_format)
