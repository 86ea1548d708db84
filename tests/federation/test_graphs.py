"""RDF that was written to harm its reader is refused, and all other is read."""

from collections.abc import Callable

import httpx2
import orjson
import pytest
from pyoxigraph import NamedNode

from app.federation import graphs
from app.federation.driver import Unreadable
from app.remote.client import Fetched

pytestmark = pytest.mark.anyio

A, B = NamedNode("http://a/"), NamedNode("http://b/")
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/" {0}>'
    "{1}</rdf:RDF>"
)


def page(kind: str, body: str | bytes) -> Fetched:
    sent = body.encode() if isinstance(body, str) else body
    return Fetched("http://a/", 200, httpx2.Headers({"content-type": kind}), sent)


def nested(before: str, within: str, after: str, depth: int) -> str:
    return before * depth + within + after * depth


def chained(length: int) -> str:
    terms = {f"a{number}": f"a{number + 1}:x" for number in range(length)}
    return orjson.dumps({"@context": terms | {f"a{length}": "http://a/"}, "a0": 1}).decode()


HARM: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "deep JSON": ("application/ld+json", lambda: nested('{"http://b/":', "1", "}", 10_000)),
    "a chain of terms": ("application/ld+json", lambda: chained(20_000)),
    "very many contexts": ("application/ld+json", lambda: orjson.dumps([{"@context": {}}] * 2000)),
    "a long text": ("application/ld+json", lambda: orjson.dumps({"http://b/": "x" * 17_000_000})),
    "a remote context": ("application/ld+json", lambda: '{"@context": "http://b/", "@id": "x"}'),
    "deep XML": (
        "application/rdf+xml",
        lambda: RDF_XML.format("", nested("<rdf:Description><x:a>", "", "", 20_000)),
    ),
    "very many namespaces": (
        "text/xml",
        lambda: RDF_XML.format(" ".join(f'xmlns:a{n}="http://a/"' for n in range(2000)), ""),
    ),
    "entities": (
        "application/rdf+xml",
        lambda: '<!DOCTYPE a [<!ENTITY b "c">]>' + RDF_XML.format("", ""),
    ),
    "statements in statements": (
        "application/n-triples",
        lambda: (
            "<http://a> <http://b> "
            + nested("<<( <http://c> <http://d> ", "<http://e>", " )>>", 60_000)
            + " ."
        ),
    ),
    "a long prefix": (
        "text/turtle",
        lambda: f"@prefix a: <http://{'x' * 100_000}/> . " + "a:a a:b a:c, a:d . " * 2000,
    ),
    "formulas": ("text/n3", lambda: "{} <http://b/> {} ."),
    "another encoding": ("application/rdf+xml", lambda: RDF_XML.format("", "").encode("utf-16")),
}


@pytest.mark.parametrize("harm", HARM)
async def test_harm_is_refused(harm: str) -> None:
    kind, body = HARM[harm]
    with pytest.raises(Unreadable):
        await graphs.read(page(kind, body()))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/turtle", '<> <http://b/> "<<( <<( <<(" .'),
        (
            "application/ld+json",
            '{"http://b/": '
            + nested('{"http://c/":', "1", "}", 900)
            + ', "@id": "", "http://b/": "<<( <<( <<("}',
        ),
        ("application/json", '{"@id": "", "http://b/": "<<( <<( <<("}'),
        ("application/ld+json", '{"@context": {"b": "http://b/"}, "@id": "", "b": "<<( <<( <<("}'),
        (
            "application/xml",
            RDF_XML.format(
                'xmlns:y="http://b"',
                '<rdf:Description rdf:about=""><y:_>&lt;&lt;( &lt;&lt;( &lt;&lt;(</y:_>'
                "</rdf:Description>",
            ),
        ),
    ],
)
async def test_what_only_looks_like_it_is_read(kind: str, body: str) -> None:
    graph = await graphs.read(page(kind, body))
    assert graph.text(A, B) or graph.text(A, NamedNode("http://b_")) == "<<( <<( <<("


@pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "rdf", "trig", "nq"])
async def test_files_are_known_by_their_names(suffix: str) -> None:
    body = {"jsonld": "[]", "rdf": RDF_XML.format("", "")}.get(suffix, "")
    reply = Fetched(f"http://a/all.{suffix}?x", 200, httpx2.Headers(), body.encode())
    assert (await graphs.read(reply)).is_empty
