"""DCAT-AP Feeds: a Linked Data Event Stream of activities, the entity of each in a graph of its own.

The graph has the name of the activity. https://semiceu.github.io/LDES-DCAT-AP-feeds/
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pyoxigraph import Literal, NamedNode, Quad, Triple

from app.federation import rdf
from app.federation.rdf import DCT, A, Namespace, Triples, literal, moment, typed

AS = Namespace("as", "https://www.w3.org/ns/activitystreams#")
LDES = Namespace("ldes", "https://w3id.org/ldes#")
TREE = Namespace("tree", "https://w3id.org/tree#")
PREFIXES = rdf.PREFIXES | {each.prefix: each.beginning for each in (AS, LDES, TREE)}

SHAPE = NamedNode("https://semiceu.github.io/LDES-DCAT-AP-feeds/shape.ttl#ActivityShape")
"""Of the members, as the authors of DCAT-AP Feeds have it."""


class Deed(StrEnum):
    """What became of an entity."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Member:
    """An activity: its name, what it did to the `entity`, and what is said of it since then."""

    name: str
    deed: Deed
    entity: str
    published: datetime
    said: Triples = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a stream. `following` leads to all that is later; the last page has none."""

    stream: str
    address: str
    members: Sequence[Member]
    following: str | None = None


def stream(name: str, title: str, view: str) -> Iterator[Triple]:
    """What is to be said of a stream whose first page is `view`.

    Of what it has had, it holds the latest member of each entity, and keeps deletions for ever.
    """
    node, root, policy = NamedNode(name), NamedNode(view), NamedNode(f"{view}#retention")
    yield from typed(node, LDES["EventStream"])
    yield Triple(node, DCT["title"], literal(title))
    yield Triple(node, LDES["timestampPath"], AS["published"])
    yield Triple(node, LDES["versionOfPath"], AS["object"])
    yield Triple(node, LDES["versionCreateObject"], AS[Deed.CREATE])
    yield Triple(node, LDES["versionUpdateObject"], AS[Deed.UPDATE])
    yield Triple(node, LDES["versionDeleteObject"], AS[Deed.DELETE])
    yield Triple(node, TREE["shape"], SHAPE)
    yield Triple(node, TREE["view"], root)
    yield from typed(root, TREE["Node"], LDES["EventSource"])
    yield Triple(root, LDES["retentionPolicy"], policy)
    yield from typed(policy, LDES["RetentionPolicy"], LDES["LatestVersionSubset"])
    for amount in ("amount", "versionAmount"):
        yield Triple(policy, LDES[amount], Literal(1))


def page(part: Page) -> Iterator[Quad]:
    """The members in their order, and where to go on; then what is said of each entity."""
    for triple in _activities(part):
        yield Quad(triple.subject, triple.predicate, triple.object)
    for member in part.members:
        graph = NamedNode(member.name)
        for triple in dict.fromkeys(member.said):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def _activities(part: Page) -> Iterator[Triple]:
    node, collection = NamedNode(part.address), NamedNode(part.stream)
    yield from typed(node, TREE["Node"])
    if part.following:
        yield from _relation(node, part.following, part.members[-1].published)
    for member in part.members:
        activity = NamedNode(member.name)
        yield Triple(collection, TREE["member"], activity)
        yield Triple(activity, A, AS[member.deed])
        yield Triple(activity, AS["object"], NamedNode(member.entity))
        yield Triple(activity, AS["published"], moment(member.published))


def _relation(node: NamedNode, following: str, since: datetime) -> Iterator[Triple]:
    """What follows was published at the same time as the last member here, or later.

    Whoever has something to follow is full, and does not change.
    """
    relation = NamedNode(f"{node.value}#following")
    yield Triple(node, LDES["immutable"], Literal(True))
    yield Triple(node, TREE["relation"], relation)
    yield from typed(relation, TREE["GreaterThanOrEqualToRelation"])
    yield Triple(relation, TREE["path"], AS["published"])
    yield Triple(relation, TREE["value"], moment(since))
    yield Triple(relation, TREE["node"], NamedNode(following))
