"""Software as catalogues of DCAT describe it: what a dcat:Dataset says, and the file it points to.

https://semiceu.github.io/DCAT-AP/releases/3.0.1/
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pyoxigraph import Literal, NamedNode

from app.federation import wikidata
from app.federation.authorities import spdx
from app.federation.driver import HarvestedRecord, Known, Origin
from app.federation.files import Pointed
from app.federation.graphs import Graph, Node
from app.federation.rdf import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    OWL,
    PROV,
    RDFS,
    SCHEMA,
    SKOS,
    VCARD,
    Namespace,
)
from app.federation.replies import address, moment
from app.remote.forges import raw_file

STANDARD = "yml.publiccode.tools"
FILES = frozenset({"publiccode.yml", "publiccode.yaml"})
WITHDRAWN = NamedNode("http://purl.org/adms/status/Withdrawn")
PREFERRED = "en"
SECURE_SCHEMA = Namespace("schema", "https://schema.org/")
"""The other spelling of schema.org's terms."""
OUR_KIND = "/id/software/"
"""In the names by which catalogues like ours call software."""


def software(graph: Graph, home: str, *, renames: bool = False) -> list[Pointed]:
    """All datasets that have a name, each once.

    `home` is an address of the catalogue, which `renames` what it has from others if all software has
    a name of its own there.
    """
    entries: dict[Node, list[Node]] = {}
    for entry in graph.subjects(DCAT["CatalogRecord"]):
        for topic in graph.nodes(entry, FOAF["primaryTopic"]):
            entries.setdefault(topic, []).append(entry)
    found = (
        _dataset(graph, node, entries.get(node, ()), home, renames)
        for node in graph.subjects(DCAT["Dataset"])
    )
    return list({each.record.source_id: each for each in found if each is not None}.values())


def _dataset(
    graph: Graph, node: Node, entries: Sequence[Node], home: str, renames: bool
) -> Pointed | None:
    """None if it has neither a URI nor an identifier."""
    name = node.value if isinstance(node, NamedNode) else graph.text(node, DCT["identifier"])
    if name is None:
        return None
    distributions = graph.nodes(node, DCAT["distribution"])
    files = [each for each in distributions if _is_publiccode(graph, each)]
    others = [each for each in distributions if each not in files]
    record = HarvestedRecord(
        source_id=name,
        url=_repository(graph, node, others),
        known=_known(graph, node, name, others),
        modified=_modified(graph, node, entries),
        active=WITHDRAWN not in graph.values(node, ADMS["status"]),
        origin=_origin(graph, node, entries, home, renames),
        identifiers=wikidata.identifiers(
            [
                item
                for other in graph.nodes(node, OWL["sameAs"], SCHEMA["sameAs"])
                for item in wikidata.items(other.value)
            ]
        ),
    )
    return Pointed(record, _first(_file_addresses(graph, files)))


def _is_publiccode(graph: Graph, distribution: Node) -> bool:
    """By the standard that it conforms to, or by its name."""
    standards = graph.addresses(distribution, DCT["conformsTo"])
    return any(urlsplit(each).hostname == STANDARD for each in standards) or any(
        PurePosixPath(urlsplit(file).path).name in FILES
        for file in _file_addresses(graph, [distribution])
    )


def _file_addresses(graph: Graph, distributions: Sequence[Node]) -> Iterator[str]:
    for each in distributions:
        yield from graph.addresses(each, DCAT["downloadURL"], DCAT["accessURL"])


def _repository(graph: Graph, node: Node, distributions: Sequence[Node]) -> str | None:
    """What is called so; else a distribution that is on a forge; else the only one there is."""
    if named := graph.addresses(node, SCHEMA["codeRepository"], SECURE_SCHEMA["codeRepository"]):
        return named[0]
    found = [url for each in distributions for url in graph.addresses(each, DCAT["accessURL"])]
    for url in found:
        if url.endswith(".git") or raw_file(url, "publiccode.yml"):
            return url
    return found[0] if len(set(found)) == 1 else None


def _known(graph: Graph, node: Node, name: str, distributions: Sequence[Node]) -> Known:
    description = _spoken(graph, node, DCT["abstract"], DCT["description"])
    title = _spoken(graph, node, DCT["title"])
    keywords = graph.literals(node, DCAT["keyword"])
    return Known(
        name=title.value.strip() if title else name,
        description=description.value.strip() if description else None,
        license=_licence(graph, (node, *distributions)),
        topics=tuple(dict.fromkeys(each.value.strip() for each in keywords)),
        programming_language=graph.text(
            node, SCHEMA["programmingLanguage"], SECURE_SCHEMA["programmingLanguage"]
        ),
        homepage=_first(graph.addresses(node, DCAT["landingPage"], FOAF["homepage"])),
        organisation=_publisher(graph, node),
        language=description.language if description else None,
    )


def _spoken(graph: Graph, node: Node, *predicates: NamedNode) -> Literal | None:
    """Of texts in several languages the one that more people can read; one in none comes first."""
    for predicate in predicates:
        texts = graph.literals(node, predicate)
        for language in (None, PREFERRED):
            for each in texts:
                if each.language == language:
                    return each
        if texts:
            return texts[0]
    return None


def _licence(graph: Graph, nodes: Sequence[Node]) -> str | None:
    """The first that has an SPDX identifier, by its address or by what it is called."""
    for node in nodes:
        for licence in graph.values(node, DCT["license"], SCHEMA["license"]):
            names = [licence.value]
            if not isinstance(licence, Literal):
                said = graph.values(
                    licence, SKOS["exactMatch"], DCT["identifier"], RDFS["label"], DCT["title"]
                )
                names += [each.value for each in said]
            if found := _first(filter(None, map(spdx, names))):
                return found
    return None


def _publisher(graph: Graph, node: Node) -> str | None:
    names = (FOAF["name"], VCARD["fn"], SCHEMA["name"], SECURE_SCHEMA["name"], RDFS["label"])
    for publisher in graph.values(node, DCT["publisher"]):
        if isinstance(publisher, Literal):
            return publisher.value.strip() or None
        if found := graph.text(publisher, *names):
            return found
    return None


def _modified(graph: Graph, node: Node, entries: Sequence[Node]) -> datetime | None:
    for each in (*entries, node):
        if at := moment(graph.text(each, DCT["modified"])):
            return at
    return None


def _origin(
    graph: Graph, node: Node, entries: Sequence[Node], home: str, renames: bool
) -> Origin | None:
    """Who listed the software first, where the catalogue says that it was somebody else.

    Its record names where it is from. A dataset that keeps the name which another catalogue like
    ours gave it is from there, too; one that has the catalogue's own name although it could have
    kept another is the catalogue's own.
    """
    name = node.value if isinstance(node, NamedNode) else ""
    stated = [
        source
        for entry in entries
        for source in graph.addresses(entry, PROV["wasDerivedFrom"], DCT["source"])
    ]
    if name in stated or (OUR_KIND in name and not renames):
        return _elsewhere(name, home)
    return _elsewhere(stated[0], home) if len(set(stated)) == 1 else None


def _elsewhere(name: str, home: str) -> Origin | None:
    """The record with this name, unless it is the catalogue's own."""
    if address(name) is None:
        return None
    parts = urlsplit(name)
    if parts.netloc.lower() == urlsplit(home).netloc.lower():
        return None
    root, ours, id = name.partition(OUR_KIND)
    if ours and id:
        return Origin(catalog=root, record_id=unquote(id))
    return Origin(catalog=f"{parts.scheme}://{parts.netloc}", record_id=name)


def _first(found: Iterable[str]) -> str | None:
    return next(iter(found), None)
