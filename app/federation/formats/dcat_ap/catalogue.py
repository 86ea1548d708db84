"""Many pieces of software: a dcat:Catalog, read page by page as Hydra has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from app.catalogue.profiles import Profile
from app.federation import authorities
from app.federation.concepts import SCHEMES, titled
from app.federation.formats.dcat_ap.software import record_of, software
from app.federation.rdf import DCAT, DCT, FOAF, HYDRA, SKOS, iri, literal, typed
from app.federation.uris import Uris

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Named:
    """A catalogue and what it is called."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """A catalogue, what whoever answers for it is called, and the catalogues it is made of."""

    catalog: Named
    publisher: str
    parts: Sequence[Named] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPage:
    """A part of a catalogue. Addresses are absolute; the last page has none that follows."""

    introduction: Introduction
    profiles: Sequence[Profile]
    address: str
    first: str
    following: str | None = None


def catalogue(page: CatalogPage, uris: Uris) -> Iterator[Triple]:
    """The catalogue itself, where to go on, and all that is said of the software on the page."""
    yield from introduction(page.introduction, uris)
    yield from _view(page)
    for profile in page.profiles:
        yield from entry(page.introduction.catalog, profile, uris)


def introduction(about: Introduction, uris: Uris) -> Iterator[Triple]:
    """What is to be said of a catalogue before its software."""
    node = NamedNode(about.catalog.uri)
    yield from _about(about.catalog, about.publisher, uris)
    for scheme in SCHEMES.values():
        yield Triple(node, DCAT["themeTaxonomy"], NamedNode(uris.scheme(scheme.name)))
        yield from titled(uris, scheme)
    themes = NamedNode(authorities.DATA_THEMES)
    yield Triple(node, DCAT["themeTaxonomy"], themes)
    yield from typed(themes, SKOS["ConceptScheme"])
    yield Triple(themes, DCT["title"], literal("Data theme", ENGLISH))
    for part in about.parts:
        for predicate in (DCAT["catalog"], DCT["hasPart"]):
            yield Triple(node, predicate, NamedNode(part.uri))
        yield from _about(part, about.publisher, uris)


def entry(catalog: Named, profile: Profile, uris: Uris) -> Iterator[Triple]:
    """One software of the catalogue."""
    node, own = NamedNode(catalog.uri), uris.software(profile.id)
    yield Triple(node, DCAT["dataset"], NamedNode(uris.subject(profile)))
    yield Triple(node, DCAT["record"], record_of(own))
    yield from software(profile, uris)


def _about(catalog: Named, publisher: str, uris: Uris) -> Iterator[Triple]:
    node, agent, home = NamedNode(catalog.uri), NamedNode(f"{uris.base}/#publisher"), iri(uris.base)
    yield from typed(node, DCAT["Catalog"])
    yield Triple(node, DCT["title"], literal(catalog.title))
    description = f"{catalog.title}: public-sector software, described by publiccode.yml."
    yield Triple(node, DCT["description"], literal(description, ENGLISH))
    yield Triple(node, DCT["publisher"], agent)
    yield from typed(agent, FOAF["Agent"])
    yield Triple(agent, FOAF["name"], literal(publisher))
    if home:
        yield Triple(node, FOAF["homepage"], home)
        yield from typed(home, FOAF["Document"])


def _view(page: CatalogPage) -> Iterator[Triple]:
    """https://www.hydra-cg.com/spec/latest/core/#hydra:PartialCollectionView"""
    view, catalog = NamedNode(page.address), NamedNode(page.introduction.catalog.uri)
    yield from typed(catalog, HYDRA["Collection"])
    yield Triple(catalog, HYDRA["view"], view)
    yield from typed(view, HYDRA["PartialCollectionView"])
    yield Triple(view, HYDRA["first"], NamedNode(page.first))
    if page.following:
        yield Triple(view, HYDRA["next"], NamedNode(page.following))
