"""The SHACL shapes of DCAT-AP's authors, over all pages of the catalogue."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pyshacl
import rdflib
from rdflib.namespace import DCAT, RDF, SKOS

from tests.federation.profiles import SHARED
from tests.interop.findings import Line

SHAPES = SHARED / "interop" / "dcat-ap-3.0.1"
BINDING = ("shapes", "range", "dcat-ap-SHACL")
ADVISING = ("shapes_recommended", "mdr-vocabularies.shape")
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
AUTHORITY = "http://publications.europa.eu/resource/authority/"
SH = rdflib.SH


def read(address: str) -> Iterator[Line]:
    """Binding shapes must conform; what is only advised is counted."""
    if not SHAPES.is_dir():
        yield Line("shapes: left out, since the shared files of others are not here")
        return
    graph = harvested(f"{address}/catalog.ttl?limit=20")
    datasets = len(set(graph.subjects(RDF.type, DCAT.Dataset)))
    yield Line(f"shapes: {datasets} datasets, {len(graph)} triples")
    for name in (*BINDING, *ADVISING):
        found = results(graph + background(graph), SHAPES / f"{name}.ttl")
        counted = ", ".join(f"{path} {count}" for path, count in found.most_common())
        yield Line(f"  {name}: {counted or 'conforms'}", wrong=bool(found) and name in BINDING)


def harvested(address: str) -> rdflib.Graph:
    """All pages together."""
    graph, following = rdflib.Graph(), address
    while following:
        page = rdflib.Graph().parse(
            data=httpx2.get(following, timeout=60).raise_for_status().content, format="turtle"
        )
        graph += page
        (view,) = page.subjects(RDF.type, HYDRA.PartialCollectionView)
        following = str(page.value(view, HYDRA.next) or "")
    return graph


def background(graph: rdflib.Graph) -> rdflib.Graph:
    """What the EU's authority tables say of their own codes: which table each belongs to."""
    known = rdflib.Graph()
    for node in set(graph.objects()):
        if isinstance(node, rdflib.URIRef) and node.startswith(AUTHORITY):
            known.add((node, SKOS.inScheme, rdflib.URIRef(node.rpartition("/")[0])))
    return known


def results(graph: rdflib.Graph, shapes: Path) -> Counter[str]:
    """`{path: how often}` of all that the shapes find."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=str(shapes))
    assert isinstance(report, rdflib.Graph)
    return Counter(
        str(report.value(result, SH.resultPath)).replace("#", "/").rpartition("/")[2]
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )
