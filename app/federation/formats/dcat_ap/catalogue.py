"""Many pieces of software: a dcat:Catalog, read page by page as Hydra has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from app.catalogue.profiles import Profile
from app.federation import authorities
from app.federation.concepts import SCHEMES, titled
from app.federation.formats.dcat_ap.software import record_of, software
from app.federation.rdf import DCAT, DCT, FOAF, HYDRA, SKOS, A, iri, literal, typed
from app.federation.uris import Uris

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Named:
    """A catalogue and what it is called."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPage:
    """A part of a catalogue. Addresses are absolute; the last page has none that follows.

    `publisher` is who answers for the whole: what it is called. `parts` are the catalogues that this
    one is made of; they are named on the first page.
    """

    catalog: Named
    publisher: str
    profiles: Sequence[Profile]
    parts: Sequence[Named] = ()
    address: str | None = None
    first: str | None = None
    following: str | None = None


def catalogue(page: CatalogPage, uris: Uris) -> Iterator[Triple]:
    """The catalogue itself, where to go on, and all that is said of the software on the page."""
    yield from introduction(page.catalog, page.publisher, page.parts, uris)
    yield from _view(page)
    for profile in page.profiles:
        yield from entry(page.catalog, profile, uris)


def introduction(
    catalog: Named, publisher: str, parts: Sequence[Named], uris: Uris
) -> Iterator[Triple]:
    """What is to be said of the catalogue before its software."""
    node = NamedNode(catalog.uri)
    yield from _about(catalog, publisher, uris)
    for scheme in SCHEMES.values():
        yield Triple(node, DCAT["themeTaxonomy"], NamedNode(uris.scheme(scheme.name)))
        yield from titled(uris, scheme)
    themes = NamedNode(authorities.DATA_THEMES)
    yield Triple(node, DCAT["themeTaxonomy"], themes)
    yield from typed(themes, SKOS["ConceptScheme"])
    yield Triple(themes, DCT["title"], literal("Data theme", ENGLISH))
    for part in parts:
        for predicate in (DCAT["catalog"], DCT["hasPart"]):
            yield Triple(node, predicate, NamedNode(part.uri))
        yield from _about(part, publisher, uris)


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
    if page.address is None:
        return
    view, catalog = NamedNode(page.address), NamedNode(page.catalog.uri)
    yield Triple(catalog, A, HYDRA["Collection"])
    yield Triple(catalog, HYDRA["view"], view)
    yield from typed(view, HYDRA["PartialCollectionView"])
    for predicate, address in (
        (HYDRA["first"], page.first),
        (HYDRA["next"], page.following),
    ):
        if address:
            yield Triple(view, predicate, NamedNode(address))
