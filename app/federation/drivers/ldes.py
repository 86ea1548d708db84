"""Linked Data Event Streams in the form of DCAT-AP Feeds: activities, and what each was about.

A stream tells of an entity as often as it changes; what was published last counts.

https://semiceu.github.io/LDES-DCAT-AP-feeds/, https://treecg.github.io/specification/
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urldefrag

from pyoxigraph import NamedNode

from app.federation import datasets, files, graphs
from app.federation.driver import (
    MAX_PAGES,
    Capabilities,
    CursorLost,
    Driver,
    HarvestedRecord,
    Page,
    Source,
    Task,
    Unavailable,
    Unreadable,
    Web,
    ask,
)
from app.federation.files import Pointed
from app.federation.formats.ldes import AS, LDES, TREE, Deed
from app.federation.graphs import ACCEPT, Graph
from app.federation.paging import Pages
from app.federation.rdf import A
from app.federation.replies import moment
from app.federation.walk import LONG_AGO, Due, Walk
from app.remote.client import Fetched

GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
DEEDS = {AS[deed]: deed for deed in Deed}
AT_LEAST = (TREE["GreaterThanRelation"], TREE["GreaterThanOrEqualToRelation"])
"""Relations that say from when on what they lead to was published."""


@dataclass(frozen=True, slots=True)
class Activity:
    """A member: what became of an `entity`, and what the stream says of that since then."""

    name: str
    deed: Deed
    entity: str
    published: datetime
    said: Graph


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The cursor says which pages are still to be read, and which need not be read again."""
    pages, walk = Pages(), Walk(source.url, task.cursor)
    latest: dict[str, datetime] = {}
    while address := walk.turn():
        reply = await _page(source, web, task, address)
        default, named = await graphs.read_by_name(reply)
        members = {each.name: each for each in _members(default, named)}
        pages.turn(address, members)
        fresh = walk.passed(
            address, members, _following(default, reply.url), changes=_changes(default, reply)
        )
        if walk.left > MAX_PAGES:
            raise Unreadable(address, f"leads to more than {MAX_PAGES} pages")
        news = _news([each for each in members.values() if each.name in fresh], latest)
        latest |= {each.entity: each.published for each in news}
        pointed = [found for each in news if (found := _pointed(each, source.url)) is not None]
        yield Page(records=await files.read(web, pointed), cursor=walk.cursor())


async def _page(source: Source, web: Web, task: Task, address: str) -> Fetched:
    """Raises CursorLost where there no longer is what we were told to go on with."""
    try:
        return await ask(web, address, headers=ACCEPT)
    except Unavailable as fault:
        if task.cursor and address != source.url and fault.status in GONE:
            raise CursorLost(address, "is gone: the stream was begun anew") from fault
        raise


def _members(default: Graph, named: Mapping[NamedNode, Graph]) -> Iterator[Activity]:
    """In the order of the document."""
    for node in default.subjects(*DEEDS):
        deeds = {deed for kind, deed in DEEDS.items() if kind in default.nodes(node, A)}
        for entity in default.nodes(node, AS["object"])[:1]:
            if isinstance(node, NamedNode):
                yield Activity(
                    name=node.value,
                    deed=Deed.DELETE if Deed.DELETE in deeds else deeds.pop(),
                    entity=entity.value,
                    published=moment(default.text(node, AS["published"])) or LONG_AGO,
                    said=named.get(node, default),
                )


def _following(default: Graph, here: str) -> Iterator[Due]:
    """What the views and relations of a page lead to, without the page itself."""
    for node in default.with_any(TREE["view"]):
        for address in default.addresses(node, TREE["view"]):
            yield from _due(address, LONG_AGO, here)
    for node in default.with_any(TREE["relation"]):
        for relation in default.nodes(node, TREE["relation"]):
            since = LONG_AGO
            if any(each in AT_LEAST for each in default.nodes(relation, A)):
                since = moment(default.text(relation, TREE["value"])) or LONG_AGO
            for address in default.addresses(relation, TREE["node"]):
                yield from _due(address, since, here)


def _due(address: str, since: datetime, here: str) -> Iterator[Due]:
    page = urldefrag(address).url
    if page != urldefrag(here).url:
        yield Due(since, page)


def _changes(default: Graph, reply: Fetched) -> bool:
    """Whether the page may yet: it does unless it says otherwise."""
    said = default.text(NamedNode(reply.url), LDES["immutable"])
    return said != "true" and "immutable" not in reply.headers.get("cache-control", "")


def _news(fresh: list[Activity], latest: Mapping[str, datetime]) -> list[Activity]:
    """The last activity for each entity, unless a later one was told of already."""
    last = {each.entity: each for each in sorted(fresh, key=lambda each: each.published)}
    return [each for each in last.values() if each.published >= latest.get(each.entity, LONG_AGO)]


def _pointed(activity: Activity, home: str) -> Pointed | None:
    """None for an entity of another kind: a catalogue, an organisation."""
    if activity.deed is Deed.DELETE:
        record = HarvestedRecord(source_id=activity.entity, deleted=True)
        return Pointed(replace(record, modified=_at(activity)))
    for each in datasets.software(activity.said, home, renames=True):
        if each.record.source_id == activity.entity:
            return replace(each, record=replace(each.record, modified=_at(activity)))
    return None


def _at(activity: Activity) -> datetime | None:
    return None if activity.published == LONG_AGO else activity.published


DRIVER = Driver("ldes", Capabilities(incremental=True, deletes=True, relays=True), harvest)
