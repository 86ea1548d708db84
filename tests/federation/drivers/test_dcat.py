"""Catalogues in DCAT, as rdflib writes them and as they come broken."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, SKOS, XSD

from app.federation.driver import (
    Known,
    Origin,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.dcat import DRIVER
from app.remote.errors import BadReply
from tests.federation.drivers.runs import FORGE, asking, cut_short, records, run
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings(
        # What rdflib says to itself.
        r"ignore:(ConjunctiveGraph|Dataset\.\w+) is deprecated:DeprecationWarning"
    ),
]

HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
SYNTAXES = {
    "turtle": "text/turtle; charset=utf-8",
    "xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "nt": "application/n-triples",
}
FILE = b"publiccodeYmlVersion: '0'\nname: Felanmalan\n"


def page(server: Server, number: int, last: int, syntax: str = "turtle") -> bytes:
    """A page of a portal, with two datasets."""
    graph = rdflib.Graph()
    view = rdflib.URIRef(server.url(f"/catalog?page={number}"))
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, HYDRA.first, rdflib.URIRef(server.url("/catalog?page=1"))))
    if number < last:
        graph.add((view, HYDRA.next, rdflib.Literal(server.url(f"/catalog?page={number + 1}"))))
    for half in ("a", "b"):
        _describe(graph, rdflib.URIRef(f"https://portal.example/dataset/{number}{half}"))
    return written(graph, syntax)


def written(graph: rdflib.Graph, syntax: str = "turtle") -> bytes:
    body = graph.serialize(format=syntax).encode()
    return reply(body=body, content_type=SYNTAXES[syntax])


def _describe(graph: rdflib.Graph, node: rdflib.URIRef) -> None:
    publisher, licence = rdflib.BNode(), rdflib.BNode()
    source, entry = rdflib.BNode(), rdflib.BNode()
    for subject, predicate, value in (
        (node, RDF.type, DCAT.Dataset),
        (node, DCTERMS.title, rdflib.Literal("Felanmälan", lang="sv")),
        (node, DCTERMS.title, rdflib.Literal("Fault report", lang="en")),
        (node, DCTERMS.description, rdflib.Literal("Says what is broken.", lang="en")),
        (node, DCAT.keyword, rdflib.Literal("street", lang="en")),
        (node, DCAT.landingPage, rdflib.URIRef("https://fel.example")),
        (node, DCTERMS.publisher, publisher),
        (publisher, FOAF.name, rdflib.Literal("Storabro kommun")),
        (node, OWL.sameAs, rdflib.URIRef("http://www.wikidata.org/entity/Q42")),
        (node, DCAT.distribution, source),
        (source, RDF.type, DCAT.Distribution),
        (source, DCAT.accessURL, rdflib.URIRef(f"https://{FORGE}/storabro/{node[-2:]}")),
        (source, DCTERMS.license, licence),
        (licence, SKOS.exactMatch, rdflib.URIRef("https://spdx.org/licenses/EUPL-1.2")),
        (entry, RDF.type, DCAT.CatalogRecord),
        (entry, FOAF.primaryTopic, node),
        (entry, DCTERMS.modified, rdflib.Literal("2026-11-20T10:00:00Z", datatype=XSD.dateTime)),
    ):
        graph.add((subject, predicate, value))


@pytest.mark.parametrize("syntax", SYNTAXES)
async def test_pages_are_followed_in_every_syntax(syntax: str) -> None:
    async with serving({}) as server, asking(server) as client:
        server.answers |= {
            f"/catalog?page={number}": page(server, number, 3, syntax) for number in (1, 2, 3)
        }
        source = Source(url=server.url("/catalog?page=1"))
        pages = await run(DRIVER, source, client)
        rest = await run(DRIVER, source, client, Task(cursor=pages[0].cursor))

    found = records(pages)
    name = "https://portal.example/dataset/"
    assert set(found) == {f"{name}{number}{half}" for number in (1, 2, 3) for half in "ab"}
    assert set(records(rest)) == set(found) - {f"{name}1a", f"{name}1b"}
    first = found[f"{name}1a"]
    assert first.known == Known(
        name="Fault report",
        description="Says what is broken.",
        language="en",
        license="EUPL-1.2",
        topics=("street",),
        homepage="https://fel.example",
        organisation="Storabro kommun",
    )
    assert first.url == f"https://{FORGE}/storabro/1a"
    assert first.identifiers == (("wikidata", "Q42"),)
    assert first.modified == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (first.text, first.origin, first.active) == (None, None, True)


PREFIXES = """\
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <http://schema.org/> .
"""


def turtle(text: str) -> bytes:
    return reply(body=(PREFIXES + text).encode(), content_type="text/turtle")


async def test_the_file_that_a_dataset_points_to_is_read() -> None:
    text = """\
    <#fel> a dcat:Dataset ; dct:title "Fel" ; dcat:distribution [
        dcat:accessURL <https://git.example/fel> ;
        dct:license <http://publications.europa.eu/resource/authority/licence/EUPL_1_2>
    ] , [
        dct:conformsTo <https://yml.publiccode.tools/> ;
        dcat:accessURL </about> ; dcat:downloadURL </fel.yml>
    ] .
    <#by-name> a dcat:Dataset ; dcat:distribution [ dcat:downloadURL </a/publiccode.yml> ] .
    <#gone> a dcat:Dataset ; adms:status <http://purl.org/adms/status/Withdrawn> .
    [] a dcat:Dataset ; dct:identifier "by-identifier" ; dct:title "Blank" .
    [] a dcat:Dataset ; dct:title "Without a name" .
    <#odd> a dcat:Dataset ; schema:codeRepository "http://[oops" ; dcat:distribution [
        dcat:accessURL "https://[::/publiccode.yml", "data:,", "git@git.example:a" ] .
    """
    files = {"/fel.yml": reply(body=FILE), "/a/publiccode.yml": reply(503)}
    async with serving({"/all.ttl": turtle(text)} | files) as server, asking(server) as client:
        address = server.url("/all.ttl")
        found = records(await run(DRIVER, Source(url=address), client))

    assert set(found) == {f"{address}#{each}" for each in ("fel", "by-name", "gone", "odd")} | {
        "by-identifier"
    }
    fel = found[f"{address}#fel"]
    assert (fel.text, fel.url, fel.is_first_hand) == (FILE, "https://git.example/fel", False)
    assert fel.known == Known(name="Fel", license="EUPL-1.2")
    assert found[f"{address}#by-name"].text is None
    assert found[f"{address}#by-name"].known is None
    assert not found[f"{address}#gone"].active


@pytest.mark.parametrize(
    ("node", "entry", "origin"),
    [
        (
            "<https://a.example/id/software/1%202>",
            "prov:wasDerivedFrom <https://a.example/id/software/1%202>",
            Origin(catalog="https://a.example", record_id="1 2"),
        ),
        (
            "<https://a.example/id/software/1>",
            "",
            Origin(catalog="https://a.example", record_id="1"),
        ),
        (
            "<https://data.example/x>",
            "dct:source <https://b.example/dataset/7>",
            Origin(catalog="https://b.example", record_id="https://b.example/dataset/7"),
        ),
        ("<https://data.example/x>", "dct:source </about>", None),
        (
            "</id/software/1>",
            "prov:wasDerivedFrom <https://a.example/x>, <https://b.example/y>",
            None,
        ),
        ("<https://data.example/x>", "dct:source 'our register'", None),
        ("<urn:uuid:6c7c5d4a-0000-4000-8000-000000000000>", "", None),
    ],
)
async def test_who_told_first_is_said_by_the_record(
    node: str, entry: str, origin: Origin | None
) -> None:
    text = f"{node} a dcat:Dataset . [] a dcat:CatalogRecord ; foaf:primaryTopic {node} ; {entry} ."
    async with serving({"/": turtle(text)}) as server, asking(server) as client:
        [record] = records(await run(DRIVER, Source(url=server.url()), client)).values()
    assert record.origin == origin


async def test_every_page_being_the_first_is_no_end() -> None:
    def pages() -> Iterator[tuple[str, bytes]]:
        for number in range(5):
            yield (
                f"/?page={number}",
                turtle(f"""\
                <https://a.example/1> a dcat:Dataset .
                <> a hydra:PagedCollection ; hydra:nextPage </?page={number + 1}> .
            """),
            )

    async with serving(dict(pages())) as server, asking(server) as client:
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/?page=0")), client)


ENTITIES = b"""\
<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://d/">
<rdf:Description rdf:about="http://a/"><d:b>&b;</d:b></rdf:Description></rdf:RDF>"""
REMOTE = b'{"@context": "https://schema.org/", "@id": "https://a.example/1", "name": "A"}'


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (turtle("<a> a dcat:Dataset"), Unreadable),
        (turtle("<a> a dcat:Dataset ; dct:title 'half a t"), Unreadable),
        (reply(body=b"", content_type="text/turtle"), Unreadable),
        (reply(body=b"<html></html>", content_type="text/html"), Unreadable),
        (reply(body=b"<a> <b> <c> ."), Unreadable),
        (reply(body=ENTITIES, content_type="application/rdf+xml"), Unreadable),
        (reply(body=REMOTE, content_type="application/ld+json"), Unreadable),
        (reply(body=b'{"a":' * 70_000, content_type="application/ld+json"), Unreadable),
        (reply(500), Unavailable),
        (reply(429, retry_after="5"), Unavailable),
        (reply(404), Unavailable),
        (cut_short(turtle("<a> a dcat:Dataset .")), BadReply),
    ],
)
async def test_trouble_on_the_way_is_a_fault_behind_what_was_read(
    answer: Answer, fault: type[Exception]
) -> None:
    first = turtle("""\
        <https://a.example/1> a dcat:Dataset .
        <> a hydra:PartialCollectionView ; hydra:next </more> .
    """)
    async with serving({"/": first, "/more": answer}) as server, asking(server) as client:
        harvest = DRIVER.harvest(Source(url=server.url()), client, Task())
        page = await anext(harvest)
        with pytest.raises(fault):
            await anext(harvest)

    assert [record.source_id for record in page.records] == ["https://a.example/1"]


async def test_a_page_may_not_say_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.graphs.MAX_TRIPLES", 3)
    async with serving({}) as server, asking(server) as client:
        server.answers["/"] = turtle("<a> <b> 1, 2, 3 .")
        assert await run(DRIVER, Source(url=server.url()), client)
        server.answers["/"] = turtle("<a> <b> 1, 2, 3, 4 .")
        with pytest.raises(Unreadable):
            await run(DRIVER, Source(url=server.url()), client)
