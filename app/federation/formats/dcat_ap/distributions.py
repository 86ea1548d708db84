"""Where a piece of software can be had: its repository, and the publiccode.yml that describes it."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from app.catalogue.profiles import Profile
from app.federation import authorities
from app.federation.rdf import (
    DCAT,
    DCT,
    RDFS,
    SCHEMA,
    iri,
    literal,
    typed,
)

STANDARD = "https://yml.publiccode.tools/"
YAML = "https://www.iana.org/assignments/media-types/application/yaml"
ENGLISH = "en"


def distributions(subject: NamedNode, own: str, profile: Profile) -> Iterator[Triple]:
    """One for the repository, with the licence, and one for the file as we serve it."""
    yield from _repository(subject, own, profile)
    yield from _file(subject, own, profile)


def _repository(subject: NamedNode, own: str, profile: Profile) -> Iterator[Triple]:
    url = iri(profile.urls[0])
    if url is None:
        return
    node = NamedNode(f"{own}#repository")
    yield Triple(subject, SCHEMA["codeRepository"], url)
    yield Triple(subject, DCAT["distribution"], node)
    yield from typed(node, DCAT["Distribution"])
    yield Triple(node, DCT["title"], literal("Source code", ENGLISH))
    yield Triple(node, DCAT["accessURL"], url)
    expression = profile.description.legal.license
    if expression:
        listed = authorities.licence(expression)
        licence = NamedNode(listed or f"{own}#licence")
        yield Triple(subject, SCHEMA["license"], licence)
        yield Triple(node, DCT["license"], licence)
        yield from typed(licence, DCT["LicenseDocument"])
        yield Triple(licence, RDFS["label"], literal(expression))


def _file(subject: NamedNode, own: str, profile: Profile) -> Iterator[Triple]:
    """It says what it says in the version of the standard that it names."""
    node, url = NamedNode(f"{own}#publiccode"), NamedNode(f"{own}.yml")
    kind, media, standard = (
        NamedNode(each) for each in (authorities.FILE_TYPE_YAML, YAML, STANDARD)
    )
    yield Triple(subject, DCAT["distribution"], node)
    yield from typed(node, DCAT["Distribution"])
    yield Triple(node, DCT["title"], literal("publiccode.yml"))
    for predicate in (DCAT["accessURL"], DCAT["downloadURL"]):
        yield Triple(node, predicate, url)
    yield Triple(node, DCT["format"], kind)
    yield Triple(node, DCAT["mediaType"], media)
    yield Triple(node, DCT["conformsTo"], standard)
    if profile.description.version:
        version = literal(profile.description.version)
        yield Triple(node, SCHEMA["schemaVersion"], version)
    yield from typed(kind, DCT["MediaTypeOrExtent"])
    yield from typed(media, DCT["MediaType"])
    yield from typed(standard, DCT["Standard"])
