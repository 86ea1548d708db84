"""The standard's closed lists as SKOS: what `/vocab/…` answers, and what descriptions refer to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from app.federation.rdf import DCAT, DCT, SKOS, Triples, literal, typed
from app.federation.uris import Uris
from app.publiccode import vocabulary
from app.publiccode.translations import languages
from app.search.labels import label

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One list; `labels` is what its names are kept under."""

    name: str
    title: str
    labels: str
    values: Sequence[str]
    roles: bool = False


CATEGORY = Scheme(
    "category", "Categories of publiccode.yml", "category", sorted(vocabulary.categories())
)
SCOPE = Scheme("scope", "Fields that software is made for", "scope", sorted(vocabulary.scopes()))
SOFTWARE_TYPE = Scheme(
    "software-type", "Types of software", "softwareType", vocabulary.SOFTWARE_TYPES
)
ROLE = Scheme(
    "role", "What bodies have to do with software", "role", ("maintainer", "user"), roles=True
)
SCHEMES = {each.name: each for each in (CATEGORY, SCOPE, SOFTWARE_TYPE, ROLE)}


def refer(uris: Uris, scheme: Scheme, value: str) -> tuple[NamedNode, Triples]:
    """The concept for a value of the list, and what is said of it wherever it is referred to."""
    node = NamedNode(uris.concept(scheme.name, value))
    return node, _described(uris, scheme, value, ())


def concept(uris: Uris, scheme: Scheme, value: str) -> Triples:
    """A concept by itself, in all our languages."""
    return _described(uris, scheme, value, languages())


def listed(uris: Uris, scheme: Scheme) -> Iterator[Triple]:
    """A whole list."""
    node = NamedNode(uris.scheme(scheme.name))
    yield from titled(uris, scheme)
    for value in scheme.values:
        yield Triple(node, SKOS["hasTopConcept"], NamedNode(uris.concept(scheme.name, value)))
    for value in scheme.values:
        yield from concept(uris, scheme, value)


def titled(uris: Uris, scheme: Scheme) -> Triples:
    """What a list is called."""
    node = NamedNode(uris.scheme(scheme.name))
    return [
        *typed(node, SKOS["ConceptScheme"]),
        Triple(node, DCT["title"], literal(scheme.title, ENGLISH)),
    ]


def _described(
    uris: Uris, scheme: Scheme, value: str, in_languages: Sequence[str]
) -> Iterator[Triple]:
    """In English, and in those of the languages that have a name of their own for it."""
    node = NamedNode(uris.concept(scheme.name, value))
    english = label(scheme.labels, value, ENGLISH)
    yield from typed(node, SKOS["Concept"], *([DCAT["Role"]] if scheme.roles else []))
    yield Triple(node, SKOS["prefLabel"], literal(english, ENGLISH))
    for language in in_languages:
        name = label(scheme.labels, value, language)
        if name != english:
            yield Triple(node, SKOS["prefLabel"], literal(name, language))
    yield Triple(node, SKOS["notation"], literal(value))
    yield Triple(node, SKOS["inScheme"], NamedNode(uris.scheme(scheme.name)))
