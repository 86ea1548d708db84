"""Refuses documents at which a parser of RDF would crash, or not come to an end.

oxrdfio reads depths of any size by calling itself, in a thread whose stack has an end, and copies a
context for each that is nested in it. No catalogue writes anything like that.
"""

from collections.abc import Iterator

import orjson
from lxml import etree
from pyoxigraph import RdfFormat

from app.federation.driver import Unreadable
from app.federation.replies import json_of
from app.federation.xml import NotXml
from app.remote.client import Fetched

MAX_CONTEXTS = 1_000
"""In a document of JSON-LD."""
MAX_TERMS = 1_000
"""Of a context."""
MAX_TRIPLE_TERMS = 1_000
"""Statements that are part of statements, which may be nested."""


def checked(reply: Fetched, syntax: RdfFormat) -> bytes:
    """What to give to the parser. Raises Unreadable."""
    match syntax:
        case RdfFormat.JSON_LD:
            return _checked_json(reply)
        case RdfFormat.RDF_XML:
            _check_xml(reply)
    if reply.body.count(b"<<(") > MAX_TRIPLE_TERMS:
        raise Unreadable(reply.url, f"has more than {MAX_TRIPLE_TERMS} statements in statements")
    return reply.body


def _checked_json(reply: Fetched) -> bytes:
    """Written anew, since one reader may see what is hidden from another: a key that comes twice."""
    said = json_of(reply)
    for number, context in enumerate(_contexts(said), start=1):
        if number > MAX_CONTEXTS:
            raise Unreadable(reply.url, f"has more than {MAX_CONTEXTS} contexts")
        if isinstance(context, dict | list) and len(context) > MAX_TERMS:
            raise Unreadable(reply.url, f"has a context of more than {MAX_TERMS} terms")
    try:
        return orjson.dumps(said)
    except orjson.JSONEncodeError as error:
        raise Unreadable(reply.url, f"is nested too deeply: {error}") from error


def _contexts(said: object) -> Iterator[object]:
    """All contexts, wherever they are; each part of a list of contexts by itself, too."""
    left = [said]
    while left:
        match left.pop():
            case dict() as found:
                left += found.values()
                if "@context" in found:
                    context = found["@context"]
                    yield context
                    if isinstance(context, list):
                        yield from context
            case list() as found:
                left += found


class _Watch:
    """Hears what is in a document of XML, and keeps nothing of it but how many names are in use."""

    def __init__(self) -> None:
        self._prefixes = 0

    def doctype(self, *_: object) -> None:
        raise NotXml("declares a type of documents, which may expand to any size")

    def start_ns(self, *_: object) -> None:
        self._prefixes += 1
        if self._prefixes > MAX_TERMS:
            raise NotXml(f"uses more than {MAX_TERMS} namespaces at once")

    def end_ns(self, *_: object) -> None:
        self._prefixes -= 1

    def close(self) -> None:
        pass


def _check_xml(reply: Fetched) -> None:
    """libxml2 has bounds of its own, such as for depth."""
    parser = etree.XMLParser(
        target=_Watch(),  # type: ignore[arg-type]  # a target need not hear everything, say lxml's docs
        resolve_entities=False,
        no_network=True,
    )
    try:
        etree.fromstring(reply.body, parser)
    except (NotXml, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(reply.url, f"cannot be read as XML: {error}") from error
