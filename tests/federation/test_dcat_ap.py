"""Software as DCAT-AP: by the shapes of its authors, and whatever a file holds."""

from collections import Counter
from pathlib import Path

import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SKOS

from app.catalogue.profiles import Profile, Source
from app.federation.formats.dcat_ap import CatalogPage, Introduction, Named, catalogue, software
from app.federation.rdf import JSON_LD, N_TRIPLES, RDF_XML, SYNTAXES, TURTLE, Syntax, write
from app.publiccode import Description
from app.publiccode.model import (
    Contact,
    Contractor,
    IntendedAudience,
    Legal,
    Localisation,
    Maintenance,
    Organisation,
    Support,
    Texts,
)
from tests.builders import a_file
from tests.federation.profiles import (
    FULL,
    NOW,
    SHARED,
    URIS,
    a_profile,
    corpus,
    described,
    needs_shared,
)

pytestmark = pytest.mark.filterwarnings(
    # What rdflib says to itself, and to pyshacl.
    r"ignore:(ConjunctiveGraph|Dataset\.\w+) is deprecated:DeprecationWarning"
)

SHAPES = SHARED / "interop" / "dcat-ap-3.0.1"
NAMES = {TURTLE: "turtle", JSON_LD: "json-ld", RDF_XML: "xml", N_TRIPLES: "nt"}
OWN = rdflib.URIRef(URIS.software(a_profile().id))
EUA = "http://publications.europa.eu/resource/authority"
SH = rdflib.SH


def read(profile: Profile, syntax: Syntax = TURTLE) -> rdflib.Graph:
    """What somebody else reads who asks for one software."""
    document = write(software(profile, URIS), syntax)
    return rdflib.Graph().parse(data=document, format=NAMES[syntax])


def of_all(profiles: list[Profile]) -> rdflib.Graph:
    page = CatalogPage(
        introduction=Introduction(Named(URIS.catalog(), "Samkod"), "samkod.test"),
        profiles=profiles,
        address=f"{URIS.base}/catalog.ttl",
        first=f"{URIS.base}/catalog.ttl",
    )
    return rdflib.Graph().parse(data=write(catalogue(page, URIS), TURTLE), format="turtle")


def results(graph: rdflib.Graph, shapes: Path) -> Counter[tuple[str, str]]:
    """`{(severity, path): how often}` of what the shapes find."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=str(shapes))
    assert isinstance(report, rdflib.Graph)
    return Counter(
        (
            str(report.value(result, SH.resultSeverity)).rpartition("#")[2],
            str(report.value(result, SH.resultPath)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


@needs_shared
@pytest.mark.parametrize("shapes", ["shapes", "range", "dcat-ap-SHACL"])
def test_every_valid_file_of_the_corpus_conforms(shapes: str) -> None:
    profiles = corpus()

    assert len(profiles) > 50
    assert not results(of_all(profiles), SHAPES / f"{shapes}.ttl")


@needs_shared
def test_the_shapes_see_what_is_missing() -> None:
    graph = of_all([a_profile()])
    graph.remove((None, DCTERMS.description, None))

    assert results(graph, SHAPES / "shapes.ttl")


@needs_shared
def test_what_is_recommended_is_there_as_far_as_it_is_known() -> None:
    found = results(
        of_all([a_profile(described(FULL.read_bytes()))]), SHAPES / "shapes_recommended.ttl"
    )

    assert {severity for severity, _ in found} == {"Warning"}
    assert not {str(each) for each in (DCAT.theme, DCAT.keyword, DCTERMS.publisher)} & {
        path for _, path in found
    }


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.suffix)
def test_all_syntaxes_say_the_same(syntax: Syntax) -> None:
    profile = a_profile(described(FULL.read_bytes()))

    assert isomorphic(read(profile, syntax), read(profile, N_TRIPLES))
    assert write(software(profile, URIS), syntax) == write(software(profile, URIS), syntax)


def test_a_whole_file_becomes_a_dataset() -> None:
    graph = read(a_profile(described(FULL.read_bytes())))

    def values(predicate: rdflib.URIRef, of: rdflib.term.Node = OWN) -> set[str]:
        return {str(each) for each in graph.objects(of, predicate)}

    assert {str(DCAT.Dataset), "http://schema.org/SoftwareSourceCode"} < values(RDF.type)
    assert values(DCTERMS.title) == {"Almanacco", "Almanac"}
    assert values(OWL.versionInfo) == {"1.10"}
    assert values(DCTERMS.publisher) == {"https://valchiara.example.org/"}
    assert values(DCTERMS.language) == {f"{EUA}/language/ITA", f"{EUA}/language/ENG"}
    assert values(DCTERMS.spatial) == {f"{EUA}/country/ITA"}
    assert values(DCAT.theme) >= {
        f"{EUA}/data-theme/GOVE",
        f"{URIS.base}/vocab/category/appointment-scheduling",
    }
    assert values(DCTERMS.type) == {f"{URIS.base}/vocab/software-type/standalone/web"}
    assert values(PROV.wasDerivedFrom) == {"https://git.example.org/altrove/calendario"}
    repository = rdflib.URIRef(f"{OWN}#repository")
    assert values(DCTERMS.license, repository) == {f"{EUA}/licence/EUPL_1_2"}
    assert values(DCAT.accessURL, repository) == {"https://git.example.org/valchiara/almanacco"}
    assert values(FOAF.primaryTopic, rdflib.URIRef(f"{OWN}#record")) == {str(OWN)}
    abstract = graph.value(OWN, DCTERMS.abstract)
    assert isinstance(abstract, rdflib.Literal)
    assert abstract.language == "en"


def test_licences_that_are_no_single_one_keep_their_expression() -> None:
    expression = "MIT OR (Apache-2.0 AND LicenseRef-Our-Own)"
    graph = read(a_profile(described(a_file(legal={"license": expression}))))

    licence = graph.value(rdflib.URIRef(f"{OWN}#repository"), DCTERMS.license)
    assert licence == rdflib.URIRef(f"{OWN}#licence")
    assert graph.value(licence, RDFS.label) == rdflib.Literal(expression)


def test_what_came_from_elsewhere_keeps_its_name() -> None:
    theirs = "https://catalogo.example.it/id/software/7"
    source = Source("c", "https://catalogo.example.it", theirs, NOW, NOW)
    graph = read(a_profile(sources=(source,)))

    subject = rdflib.URIRef(theirs)
    assert (subject, RDF.type, DCAT.Dataset) in graph
    assert (subject, OWL.sameAs, OWN) in graph
    assert (rdflib.URIRef(f"{OWN}#record"), PROV.wasDerivedFrom, subject) in graph


def test_what_we_were_told_as_well_is_ours() -> None:
    elsewhere = Source("c", "https://catalogo.example.it", "7", NOW, NOW)
    profile = a_profile()
    graph = read(a_profile(sources=(elsewhere, *profile.sources)))

    assert (OWN, OWL.sameAs, rdflib.URIRef("https://catalogo.example.it/id/software/7")) in graph


texts = st.text(max_size=12) | st.sampled_from(
    ["a b", 'say "x"', "<b>", "\0\r\n", "javascript:alert(1)", "http://", "https://h.example/å b?q=%zz",
     "http://[::1", "urn:", "en_GB", "x" * 40, "\ufffe"]
)  # fmt: skip
maybe = st.none() | texts
several = st.lists(texts, max_size=3).map(tuple)
organisations = st.builds(Organisation, name=maybe, uri=maybe)
hostile = st.builds(
    Description,
    **dict.fromkeys(
        ("version", "name", "application_suite", "landing_url", "software_version", "release_date",
         "logo", "roadmap", "development_status", "software_type"), maybe
    ),
    **dict.fromkeys(("is_based_on", "platforms", "categories", "used_by"), several),
    organisation=st.none() | organisations,
    funded_by=st.lists(organisations, max_size=2).map(tuple),
    supports=st.lists(st.builds(Support, id=maybe), max_size=2).map(tuple),
    intended_audience=st.builds(IntendedAudience, scope=several, countries=several),
    description=st.dictionaries(
        texts,
        st.builds(Texts, localised_name=maybe, short_description=maybe, long_description=maybe,
                  documentation=maybe, features=several, screenshots=several, videos=several),
        max_size=2,
    ),
    legal=st.builds(Legal, license=maybe, main_copyright_owner=maybe, repo_owner=maybe),
    maintenance=st.builds(
        Maintenance,
        contacts=st.lists(st.builds(Contact, name=maybe, email=maybe, phone=maybe), max_size=2).map(tuple),
        contractors=st.lists(
            st.builds(Contractor, name=maybe, email=maybe, website=maybe), max_size=2
        ).map(tuple),
    ),
    localisation=st.builds(Localisation, available_languages=st.none() | several),
)  # fmt: skip


@settings(max_examples=40, derandomize=True, deadline=None)
@given(hostile)
def test_no_value_breaks_a_document(description: Description) -> None:
    profile = a_profile(description)
    plain = read(profile, N_TRIPLES)

    assert (OWN, RDF.type, DCAT.Dataset) in plain
    for syntax in (TURTLE, JSON_LD, RDF_XML):
        assert isomorphic(read(profile, syntax), plain)


def test_concepts_have_names() -> None:
    graph = read(a_profile(described(FULL.read_bytes())))

    for concept in graph.subjects(RDF.type, SKOS.Concept):
        assert graph.value(concept, SKOS.prefLabel)
