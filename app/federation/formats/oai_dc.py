"""Simple Dublin Core, which every OAI-PMH repository speaks: software in fifteen plain elements.

Each text is there in all languages of the description. Contacts are left out: their names and
addresses are personal, and harvesters keep what they have read.

http://www.openarchives.org/OAI/2.0/oai_dc.xsd, https://www.dublincore.org/specifications/dublin-core/dces/
"""

from collections.abc import Iterator

from app.catalogue.profiles import Profile
from app.federation import xml
from app.federation.uris import Uris

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC = "http://purl.org/dc/elements/1.1/"

SOFTWARE = "Software"
"""https://www.dublincore.org/specifications/dublin-core/dcmi-terms/#section-7"""


def record(profile: Profile, uris: Uris) -> xml.Element:
    """One software."""
    root = xml.element(
        f"{{{NAMESPACE}}}dc",
        {"oai_dc": NAMESPACE, "dc": DC, "xsi": xml.SCHEMA_INSTANCE},
        {xml.SCHEMA_LOCATION: f"{NAMESPACE} {SCHEMA}"},
    )
    for name, text, language in _statements(profile, uris):
        if text and text.strip():
            xml.add(root, f"{{{DC}}}{name}", text.strip(), language=language)
    return root


def _statements(profile: Profile, uris: Uris) -> Iterator[tuple[str, str | None, str | None]]:
    """(element, text, language), in the order of the Dublin Core."""
    description = profile.description
    texts = description.description.items()
    organisation = description.organisation
    publisher = organisation.name if organisation else None
    maintenance, audience = description.maintenance, description.intended_audience

    yield "title", description.name, None
    yield from (("title", text.localised_name, language) for language, text in texts)
    yield "creator", description.legal.main_copyright_owner or publisher, None
    yield from (("subject", category, None) for category in description.categories)
    yield from (("subject", scope, None) for scope in audience.scope)
    yield from (("subject", text.generic_name, language) for language, text in texts)
    for language, text in texts:
        yield "description", text.short_description, language
        yield "description", text.long_description, language
    yield "publisher", publisher or description.legal.repo_owner, None
    for contractor in maintenance.contractors or ():
        yield "contributor", contractor.name, None
    yield "date", description.release_date, None
    yield "type", SOFTWARE, None
    yield "type", description.software_type, None
    yield from (("format", platform, None) for platform in description.platforms)
    yield "identifier", uris.software(profile.id), None
    yield from (("identifier", url, None) for url in profile.urls)
    yield "identifier", description.landing_url, None
    yield from (("source", origin, None) for origin in description.is_based_on)
    for language in description.localisation.available_languages or ():
        yield "language", language, None
    for language, text in texts:
        yield "relation", text.documentation, language
    yield from (("coverage", country, None) for country in audience.countries)
    yield "rights", description.legal.license, None
