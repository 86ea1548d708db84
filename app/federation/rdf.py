"""RDF that no value can break: terms made of texts from outside, and the syntaxes they are written in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import IO, TypeAlias, TypeVar
from urllib.parse import quote, urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

Triples: TypeAlias = Iterable[Triple]
Said = TypeVar("Said", Triple, Quad)
"""A triple, or one in a graph that has a name."""

_WEB = ("http", "https")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot say, and so no document of ours does."""
_LINE_END = re.compile("\r\n?")
_ALLOWED_IN_IRI = "!#$%&'()*+,-./:;=?@[]_~"
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Namespace:
    """Terms that share a beginning: `DCAT["Dataset"]`."""

    prefix: str
    beginning: str

    def __getitem__(self, name: str) -> NamedNode:
        return _term(self.beginning + name)


@cache
def _term(address: str) -> NamedNode:
    return NamedNode(address)


ADMS = Namespace("adms", "http://www.w3.org/ns/adms#")
DCAT = Namespace("dcat", "http://www.w3.org/ns/dcat#")
DCT = Namespace("dct", "http://purl.org/dc/terms/")
FOAF = Namespace("foaf", "http://xmlns.com/foaf/0.1/")
HYDRA = Namespace("hydra", "http://www.w3.org/ns/hydra/core#")
OWL = Namespace("owl", "http://www.w3.org/2002/07/owl#")
PROV = Namespace("prov", "http://www.w3.org/ns/prov#")
RDF = Namespace("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("rdfs", "http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("schema", "http://schema.org/")
SKOS = Namespace("skos", "http://www.w3.org/2004/02/skos/core#")
VCARD = Namespace("vcard", "http://www.w3.org/2006/vcard/ns#")
XSD = Namespace("xsd", "http://www.w3.org/2001/XMLSchema#")

PREFIXES = {
    each.prefix: each.beginning
    for each in (
        ADMS, DCAT, DCT, FOAF, HYDRA, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, VCARD, XSD,
    )
}  # fmt: skip

A = RDF["type"]


@dataclass(frozen=True, slots=True)
class Syntax:
    """A way to write RDF; `suffix` is how names of its files end, without the dot."""

    suffix: str
    media_type: str
    format: RdfFormat


TURTLE = Syntax("ttl", "text/turtle", RdfFormat.TURTLE)
JSON_LD = Syntax("jsonld", "application/ld+json", RdfFormat.JSON_LD)
RDF_XML = Syntax("rdf", "application/rdf+xml", RdfFormat.RDF_XML)
N_TRIPLES = Syntax("nt", "application/n-triples", RdfFormat.N_TRIPLES)
SYNTAXES = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)

TRIG = Syntax("trig", "application/trig", RdfFormat.TRIG)
N_QUADS = Syntax("nq", "application/n-quads", RdfFormat.N_QUADS)
DATASET_SYNTAXES = (TRIG, JSON_LD, N_QUADS)
"""Those that know more than one graph."""


def write(said: Iterable[Said], syntax: Syntax, prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """A document of these triples, each once, in their order: the same bytes for the same triples."""
    output = BytesIO()
    write_to(output, dict.fromkeys(said), syntax, prefixes)
    return output.getvalue()


def write_to(
    output: IO[bytes],
    said: Iterable[Said],
    syntax: Syntax,
    prefixes: Mapping[str, str] = PREFIXES,
) -> None:
    """One triple after the other, so that there may be any number of them."""
    serialize(said, output, format=syntax.format, prefixes=dict(prefixes))


def iri(text: str | None) -> NamedNode | None:
    """The web address or URN that a text holds, with what an IRI cannot have escaped; else None."""
    if not text:
        return None
    for spelling in (text.strip(), _escaped(text.strip())):
        try:
            node = NamedNode(spelling)
        except ValueError:
            continue
        return node if _leads_somewhere(spelling) else None
    return None


def literal(text: str, language: str | None = None) -> Literal:
    """A text, without a language where the tag is none. What XML cannot write is replaced."""
    clean = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", _LINE_END.sub("\n", text))
    if language:
        try:
            return Literal(clean, language=language)
        except ValueError:
            return Literal(clean)
    return Literal(clean)


def day(text: str | None) -> Literal | None:
    """A date such as `2026-11-23`; None for anything else."""
    try:
        written = date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None
    return Literal(written, datatype=XSD["date"]) if written == text else None


def moment(at: datetime) -> Literal:
    """A point in time, in UTC."""
    return Literal(at.astimezone(UTC).isoformat().replace("+00:00", "Z"), datatype=XSD["dateTime"])


def typed(node: NamedNode | BlankNode, *classes: NamedNode) -> Triples:
    """What the node is."""
    return [Triple(node, A, each) for each in classes]


def _escaped(text: str) -> str:
    return quote(_BROKEN_ESCAPE.sub("%25", text), safe=_ALLOWED_IN_IRI)


def _leads_somewhere(address: str) -> bool:
    """Can it be followed or looked up? `javascript:` and `data:` are nobody's name."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) if parts.scheme in _WEB else parts.scheme == "urn"
    except ValueError:
        return False
