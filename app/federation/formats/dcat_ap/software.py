"""One piece of software: a dcat:Dataset that also is a schema:SoftwareSourceCode, and its record.

Nothing is invented: what the description does not say, or not in a form that RDF has, is left out.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from app.catalogue.profiles import Profile
from app.federation import authorities
from app.federation.concepts import CATEGORY, SCOPE, SOFTWARE_TYPE, Scheme, refer
from app.federation.formats.dcat_ap.bodies import bodies
from app.federation.formats.dcat_ap.distributions import distributions
from app.federation.rdf import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    OWL,
    PROV,
    SCHEMA,
    SKOS,
    day,
    iri,
    literal,
    moment,
    typed,
)
from app.federation.uris import Uris, file, origin
from app.publiccode import Description
from app.publiccode.model import Dependencies, Texts

PROFILE = "http://data.europa.eu/r5r/"
"""DCAT-AP, by the name that it gives itself."""

STATUS = "http://purl.org/adms/status/"
STATUSES = {
    "concept": ("UnderDevelopment", "Under development"),
    "development": ("UnderDevelopment", "Under development"),
    "beta": ("UnderDevelopment", "Under development"),
    "stable": ("Completed", "Completed"),
    "obsolete": ("Deprecated", "Deprecated"),
}
"""The four words of http://purl.org/adms/status/1.0, less the one for what is gone."""

ENGLISH = "en"


def software(profile: Profile, uris: Uris) -> Iterator[Triple]:
    """All that is said of one software; always the same triples in the same order."""
    subject, own = NamedNode(uris.subject(profile)), uris.software(profile.id)
    description = profile.description
    yield from typed(subject, DCAT["Dataset"], DCAT["Resource"], SCHEMA["SoftwareSourceCode"])
    yield Triple(subject, DCT["identifier"], literal(subject.value))
    for other in uris.others(profile):
        if node := iri(other):
            yield Triple(subject, OWL["sameAs"], node)
    yield from _titles(subject, profile)
    for tag, text in description.description.items():
        yield from _texts(subject, tag, text)
        yield from _pictures(subject, profile, text)
    yield from _release(subject, description)
    if logo := file(profile, description.logo):
        yield Triple(subject, SCHEMA["image"], logo)
    yield from _links(subject, description)
    yield from _classification(subject, description, uris)
    yield from _audience(subject, description, uris)
    yield from _languages(subject, description)
    yield from _needs(subject, description.depends_on)
    yield from bodies(subject, own, description, uris)
    yield from distributions(subject, own, profile)
    yield from _record(subject, own, profile)


def record_of(own: str) -> NamedNode:
    """The dcat:CatalogRecord by which we list the software that has this URI."""
    return NamedNode(f"{own}#record")


def _titles(subject: NamedNode, profile: Profile) -> Iterator[Triple]:
    """Portals refuse datasets without a title or a description, so one stands for the other."""
    description = profile.description
    name = description.name or next(iter(profile.urls), profile.id)
    yield Triple(subject, DCT["title"], literal(name))
    yield Triple(subject, SCHEMA["name"], literal(name))
    texts = description.description.values()
    if not any(text.long_description or text.short_description for text in texts):
        yield Triple(subject, DCT["description"], literal(name))


def _texts(subject: NamedNode, tag: str, text: Texts) -> Iterator[Triple]:
    said = (
        (DCT["title"], text.localised_name),
        (SKOS["altLabel"], text.generic_name),
        (DCT["abstract"], text.short_description),
        (DCT["description"], text.long_description or text.short_description),
        *((SCHEMA["featureList"], feature) for feature in text.features),
        *((SCHEMA["award"], award) for award in text.awards),
    )
    for predicate, value in said:
        if value:
            yield Triple(subject, predicate, literal(value, tag))
    yield from _documents(subject, FOAF["page"], (text.documentation, text.api_documentation))


def _pictures(subject: NamedNode, profile: Profile, text: Texts) -> Iterator[Triple]:
    for screenshot in text.screenshots:
        if node := file(profile, screenshot):
            yield Triple(subject, SCHEMA["screenshot"], node)
    for video in text.videos:
        if node := iri(video):
            yield Triple(subject, SCHEMA["video"], node)


def _release(subject: NamedNode, description: Description) -> Iterator[Triple]:
    if description.software_version:
        version = literal(description.software_version)
        for predicate in (DCAT["version"], OWL["versionInfo"], SCHEMA["softwareVersion"]):
            yield Triple(subject, predicate, version)
    if released := day(description.release_date):
        yield Triple(subject, DCT["modified"], released)
    if description.development_status in STATUSES:
        word, label = STATUSES[description.development_status]
        status = NamedNode(STATUS + word)
        yield Triple(subject, ADMS["status"], status)
        yield from _labelled(status, label)


def _links(subject: NamedNode, description: Description) -> Iterator[Triple]:
    yield from _documents(subject, DCAT["landingPage"], (description.landing_url,))
    yield from _documents(subject, FOAF["page"], (description.roadmap,))
    for basis in description.is_based_on:
        if node := iri(basis):
            yield Triple(subject, PROV["wasDerivedFrom"], node)
    for support in description.supports:
        if node := iri(support.id):
            yield Triple(subject, DCT["conformsTo"], node)
            yield from typed(node, DCT["Standard"])
        elif support.id:
            yield Triple(subject, DCAT["keyword"], literal(support.id.removeprefix("alias:")))


def _documents(
    subject: NamedNode, predicate: NamedNode, addresses: Iterable[str | None]
) -> Iterator[Triple]:
    for address in addresses:
        if node := iri(address):
            yield Triple(subject, predicate, node)
            yield from typed(node, FOAF["Document"])


def _classification(subject: NamedNode, description: Description, uris: Uris) -> Iterator[Triple]:
    """The two general themes let portals find all that we have under a heading of their own."""
    for theme, label in authorities.THEMES.items():
        yield Triple(subject, DCAT["theme"], NamedNode(theme))
        yield from _labelled(NamedNode(theme), label)
    for category in description.categories:
        yield Triple(subject, DCAT["keyword"], literal(category))
        yield from _concept(subject, DCAT["theme"], CATEGORY, category, uris)
    if description.software_type:
        yield from _concept(subject, DCT["type"], SOFTWARE_TYPE, description.software_type, uris)
    for platform in description.platforms:
        yield Triple(subject, SCHEMA["operatingSystem"], literal(platform))
    if description.application_suite:
        suite = NamedNode(f"{subject.value}#suite")
        yield Triple(subject, SCHEMA["isPartOf"], suite)
        yield from typed(suite, SCHEMA["SoftwareApplication"])
        yield Triple(suite, SCHEMA["name"], literal(description.application_suite))


def _audience(subject: NamedNode, description: Description, uris: Uris) -> Iterator[Triple]:
    audience = description.intended_audience
    for scope in audience.scope:
        yield Triple(subject, DCAT["keyword"], literal(scope))
        yield from _concept(subject, DCT["subject"], SCOPE, scope, uris)
    for code in audience.countries:
        if country := authorities.country(code):
            yield Triple(subject, DCT["spatial"], NamedNode(country))
            yield from typed(NamedNode(country), DCT["Location"])


def _languages(subject: NamedNode, description: Description) -> Iterator[Triple]:
    for tag in description.localisation.available_languages or ():
        if language := authorities.language(tag):
            yield Triple(subject, DCT["language"], NamedNode(language))
            yield from typed(NamedNode(language), DCT["LinguisticSystem"])


def _needs(subject: NamedNode, needed: Dependencies) -> Iterator[Triple]:
    for dependency in (*needed.open, *needed.proprietary, *needed.hardware):
        bounds = (
            ("", dependency.version),
            (">= ", dependency.version_min),
            ("<= ", dependency.version_max),
        )
        versions = ", ".join(sign + version for sign, version in bounds if version)
        if dependency.name:
            text = f"{dependency.name} {versions}".strip()
            yield Triple(subject, SCHEMA["softwareRequirements"], literal(text))


def _record(subject: NamedNode, own: str, profile: Profile) -> Iterator[Triple]:
    """Since when and from where we have it."""
    record, standard = record_of(own), NamedNode(PROFILE)
    yield from typed(record, DCAT["CatalogRecord"])
    yield Triple(record, FOAF["primaryTopic"], subject)
    yield Triple(record, DCT["issued"], moment(profile.created_at))
    yield Triple(record, DCT["modified"], moment(profile.updated_at))
    yield Triple(record, DCT["conformsTo"], standard)
    yield from typed(standard, DCT["Standard"])
    for source in profile.sources:
        if (first := origin(source)) and (node := iri(first)):
            yield Triple(record, PROV["wasDerivedFrom"], node)


def _concept(
    subject: NamedNode, predicate: NamedNode, scheme: Scheme, value: str, uris: Uris
) -> Iterator[Triple]:
    if value in scheme.values:
        node, triples = refer(uris, scheme, value)
        yield Triple(subject, predicate, node)
        yield from triples


def _labelled(node: NamedNode, label: str) -> Iterator[Triple]:
    """A concept of somebody else's list, by its English name."""
    yield from typed(node, SKOS["Concept"])
    yield Triple(node, SKOS["prefLabel"], Literal(label, language=ENGLISH))
