"""A small reader of event streams, by https://treecg.github.io/specification/ and nothing of ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

AS = "https://www.w3.org/ns/activitystreams#"
TREE = "https://w3id.org/tree#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Activity:
    """A member; `said` is what its graph holds."""

    name: str
    deed: str
    entity: str
    published: datetime
    said: frozenset[Quad]


@dataclass(frozen=True)
class Node:
    """A page: where it was found in the end, its members in order, and where its relations lead."""

    response: httpx2.Response
    members: tuple[Activity, ...]
    following: dict[str, datetime]


async def walk(client: httpx2.AsyncClient, address: str) -> AsyncIterator[Node]:
    """All pages that can be reached from a stream. What is later than a relation says is an error."""
    stream = Store()
    stream.extend(await _quads(client, address))
    [view] = stream.quads_for_pattern(None, NamedNode(f"{TREE}view"), None)
    assert isinstance(view.object, NamedNode)
    due = {view.object.value: datetime.min.replace(tzinfo=UTC)}
    visited: set[str] = set()
    while due:
        at, since = due.popitem()
        node = await read(client, at)
        assert str(node.response.url) not in visited
        visited.add(str(node.response.url))
        assert all(member.published >= since for member in node.members)
        due |= node.following
        yield node


async def read(client: httpx2.AsyncClient, address: str) -> Node:
    """One page, wherever it is now."""
    response = (await client.get(address, follow_redirects=True)).raise_for_status()
    store = Store()
    quads = list(parse(response.content, format=_format(response)))
    store.extend(quads)

    def value(subject: NamedNode, name: str) -> str:
        [quad] = store.quads_for_pattern(subject, NamedNode(name), None)
        return str(getattr(quad.object, "value", ""))

    def activity(name: NamedNode) -> Activity:
        return Activity(
            name=name.value,
            deed=value(name, RDF_TYPE.value).removeprefix(AS),
            entity=value(name, f"{AS}object"),
            published=datetime.fromisoformat(value(name, f"{AS}published")),
            said=frozenset(store.quads_for_pattern(None, None, None, name)),
        )

    here = NamedNode(str(response.url))
    relations = [
        quad.object
        for quad in store.quads_for_pattern(here, NamedNode(f"{TREE}relation"), None)
        if isinstance(quad.object, NamedNode)
    ]
    return Node(
        response,
        tuple(
            activity(quad.object)
            for quad in quads
            if quad.predicate.value == f"{TREE}member" and isinstance(quad.object, NamedNode)
        ),
        {
            value(each, f"{TREE}node"): datetime.fromisoformat(value(each, f"{TREE}value"))
            for each in relations
        },
    )


async def _quads(client: httpx2.AsyncClient, address: str) -> list[Quad]:
    response = (await client.get(address)).raise_for_status()
    return list(parse(response.content, format=_format(response)))


def _format(response: httpx2.Response) -> RdfFormat:
    found = RdfFormat.from_media_type(response.headers["content-type"])
    assert found is not None
    return found
