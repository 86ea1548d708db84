"""RDF of others, read without following any of it elsewhere: contexts, entities, imports."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeAlias
from urllib.parse import urlsplit

from anyio import to_thread
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from app.federation.driver import MAX_PAGE_BYTES, Unreadable
from app.federation.rdf import DATASET_SYNTAXES, SYNTAXES, A
from app.federation.rdf_guard import checked
from app.federation.replies import address
from app.remote.client import Fetched

MAX_TRIPLES = 500_000
"""Of a page."""
MAX_CHARACTERS = 4 * MAX_PAGE_BYTES
"""Of all that a page says, written out: a long prefix may be used very often."""

ACCEPT = {
    "Accept": ", ".join(dict.fromkeys(each.media_type for each in (*SYNTAXES, *DATASET_SYNTAXES)))
}
FORMATS = tuple(each.format for each in (*SYNTAXES, *DATASET_SYNTAXES))
OPAQUE = frozenset({"", "text/plain", "application/octet-stream"})
"""What files are served as whose type the server does not know: their names tell more."""

Node: TypeAlias = NamedNode | BlankNode
Term: TypeAlias = NamedNode | BlankNode | Literal


class Graph:
    """What is said, by subject and predicate, in the order of the document."""

    def __init__(self, said: Iterable[Quad] = ()) -> None:
        self._said: dict[Node, dict[NamedNode, dict[Term, None]]] = {}
        for each in said:
            self.add(each)

    @property
    def is_empty(self) -> bool:
        return not self._said

    def add(self, said: Quad) -> None:
        """Statements about statements are passed over."""
        if isinstance(said.subject, Node) and isinstance(said.object, Term):
            about = self._said.setdefault(said.subject, {})
            about.setdefault(said.predicate, {})[said.object] = None

    def subjects(self, *classes: NamedNode) -> Iterator[Node]:
        """Whatever is of any of these classes."""
        for subject, said in self._said.items():
            if any(each in said.get(A, ()) for each in classes):
                yield subject

    def with_any(self, *predicates: NamedNode) -> Iterator[Node]:
        """Whatever has any of these properties."""
        for subject, said in self._said.items():
            if any(each in said for each in predicates):
                yield subject

    def values(self, subject: Node, *predicates: NamedNode) -> list[Term]:
        """All values of these properties, the first properties first."""
        said = self._said.get(subject, {})
        return [value for each in predicates for value in said.get(each, ())]

    def nodes(self, subject: Node, *predicates: NamedNode) -> list[Node]:
        """Those of the values that more can be said of."""
        return [value for value in self.values(subject, *predicates) if isinstance(value, Node)]

    def addresses(self, subject: Node, *predicates: NamedNode) -> list[str]:
        """Addresses on the web among the values, be they IRIs or texts."""
        found = (address(value.value) for value in self.values(subject, *predicates))
        return [each for each in found if each]

    def text(self, subject: Node, *predicates: NamedNode) -> str | None:
        """The first text that is not blank."""
        texts = self.literals(subject, *predicates)
        return texts[0].value.strip() if texts else None

    def literals(self, subject: Node, *predicates: NamedNode) -> list[Literal]:
        """Those of the values that are texts, and not blank."""
        found = self.values(subject, *predicates)
        return [each for each in found if isinstance(each, Literal) and each.value.strip()]


async def read(reply: Fetched) -> Graph:
    """A reply that is RDF in any syntax, whatever graph things are said in. Raises Unreadable."""
    return await to_thread.run_sync(lambda: Graph(_quads(reply)))


async def read_by_name(reply: Fetched) -> tuple[Graph, Mapping[NamedNode, Graph]]:
    """What a reply says by itself, and in each graph that has a name. Raises Unreadable."""
    return await to_thread.run_sync(_sorted, reply)


def _sorted(reply: Fetched) -> tuple[Graph, Mapping[NamedNode, Graph]]:
    default, named = Graph(), dict[NamedNode, Graph]()
    for quad in _quads(reply):
        match quad.graph_name:
            case DefaultGraph():
                default.add(quad)
            case NamedNode() as name:
                named.setdefault(name, Graph()).add(quad)
    return default, named


def _quads(reply: Fetched) -> Iterator[Quad]:
    syntax = _syntax(reply)
    characters = 0
    try:
        parsed = parse(checked(reply, syntax), format=syntax, base_iri=reply.url)
        for number, quad in enumerate(parsed):
            characters += len(str(quad))
            if number == MAX_TRIPLES or characters > MAX_CHARACTERS:
                raise Unreadable(
                    reply.url, f"says more than {MAX_TRIPLES} things, or too long ones"
                )
            yield quad
    except (SyntaxError, ValueError, OSError, MemoryError) as error:
        raise Unreadable(reply.url, f"is no {syntax.name}: {error}") from error


def _syntax(reply: Fetched) -> RdfFormat:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in OPAQUE:
        name = urlsplit(reply.url).path
        found = RdfFormat.from_extension(PurePosixPath(name).suffix.removeprefix("."))
    else:
        found = RdfFormat.from_media_type(kind)
    if found not in FORMATS:
        raise Unreadable(reply.url, f"is {kind or 'of no type'}, which is no RDF")
    return found
