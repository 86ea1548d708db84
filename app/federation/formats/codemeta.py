"""CodeMeta 3: software as schema.org's SoftwareSourceCode, in JSON-LD.

Keys are those of the official crosswalk; what it does not map but schema.org has a term for is
prefixed with `schema:`, as CodeMeta's own context allows.

https://github.com/codemeta/codemeta/blob/master/crosswalks/publiccode.csv
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from app.catalogue.profiles import Profile
from app.federation import rdf
from app.federation.concepts import CATEGORY
from app.federation.uris import Uris, file
from app.publiccode import Description, vocabulary
from app.publiccode.model import Dependencies, Maintenance, Organisation

CONTEXT = "https://w3id.org/codemeta/3.0"
MEDIA_TYPE = "application/vnd.codemeta.ld+json"
STATUSES = {
    "concept": "concept",
    "development": "wip",
    "beta": "wip",
    "stable": "active",
    "obsolete": "unsupported",
}
"""https://www.repostatus.org has other words for them."""

SPDX = "https://spdx.org/licenses"
SCHEMA = "schema:"


def document(profile: Profile, uris: Uris, language: str | None = None) -> bytes:
    """One software, described in this language where it can be; else in the file's first."""
    return orjson.dumps({"@context": CONTEXT, **_software(profile, uris, language)})


def pieces(profiles: Iterable[Profile], uris: Uris) -> Iterator[bytes]:
    """Many as one document, piece by piece."""
    yield b'{"@context":"%s","@graph":[' % CONTEXT.encode()
    for number, profile in enumerate(profiles):
        yield b",\n" if number else b"\n"
        yield orjson.dumps(_software(profile, uris, None))
    yield b"\n]}\n"


def _software(profile: Profile, uris: Uris, language: str | None) -> dict[str, Any]:
    description = profile.description
    own = uris.software(profile.id)
    version = description.software_version
    members = {
        "type": "SoftwareSourceCode",
        "id": uris.subject(profile),
        "identifier": own,
        "sameAs": uris.others(profile),
        "codeRepository": _address(profile.urls[0]),
        "name": description.name or profile.urls[0],
        "url": _address(description.landing_url),
        **_texts(profile, language),
        "softwareVersion": version,
        "version": version,
        "dateModified": _day(description.release_date),
        "datePublished": _day(description.release_date),
        "operatingSystem": list(description.platforms),
        "targetProduct": _products(description.platforms),
        "runtimePlatform": ["web"] if "web" in description.platforms else [],
        "applicationCategory": _categories(description, uris),
        "applicationSubCategory": _categories(description, uris),
        f"{SCHEMA}applicationCategory": _others(
            (each.generic_name for each in description.description.values()), None
        ),
        "license": _licence(description.legal.license),
        "copyrightHolder": _organisation(Organisation(name=description.legal.main_copyright_owner)),
        "publisher": _organisation(description.organisation),
        "funder": [_organisation(each) for each in description.funded_by],
        "maintainer": _maintainers(description.maintenance),
        "developmentStatus": _status(description.development_status),
        "softwareRequirements": _requirements(description.depends_on),
        "isPartOf": _suite(description.application_suite),
        **_beyond(profile, uris),
    }
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _texts(profile: Profile, language: str | None) -> dict[str, Any]:
    """A description is one plain text in CodeMeta: most readers know no other."""
    texts = profile.description.description
    wanted = language if language in texts else next(iter(texts), None)
    text = texts[wanted] if wanted is not None else None
    names = (each.localised_name for each in texts.values())
    return {
        "description": text and (text.long_description or text.short_description),
        f"{SCHEMA}abstract": text and text.short_description,
        f"{SCHEMA}alternateName": _others(names, profile.description.name),
        "keywords": list(text.features) if text else [],
        f"{SCHEMA}featureList": list(text.features) if text else [],
        "softwareHelp": _page(text.documentation if text else None),
        f"{SCHEMA}screenshot": _files(profile, text.screenshots if text else ()),
        f"{SCHEMA}award": list(text.awards) if text else [],
    }


def _beyond(profile: Profile, uris: Uris) -> dict[str, Any]:
    """What the crosswalk leaves open."""
    description = profile.description
    audience = description.intended_audience
    return {
        f"{SCHEMA}isBasedOn": _things(description.is_based_on),
        f"{SCHEMA}image": _files(profile, [description.logo]),
        f"{SCHEMA}inLanguage": list(description.localisation.available_languages or ()),
        f"{SCHEMA}spatialCoverage": [
            {"type": f"{SCHEMA}Country", f"{SCHEMA}identifier": code.upper()}
            for code in audience.countries
        ],
        f"{SCHEMA}audience": [
            {"type": f"{SCHEMA}Audience", f"{SCHEMA}audienceType": scope}
            for scope in audience.scope
        ],
        f"{SCHEMA}license": _expression(description.legal.license),
        f"{SCHEMA}includedInDataCatalog": {"id": uris.catalog()},
        f"{SCHEMA}sdDatePublished": rdf.moment(profile.updated_at).value,
    }


def _address(text: str | None) -> str | None:
    node = rdf.iri(text)
    return node.value if node else None


def _things(addresses: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": found} for each in addresses if (found := _address(each))]


def _files(profile: Profile, paths: Iterable[str | None]) -> list[dict[str, str]]:
    return [{"id": found.value} for each in paths if (found := file(profile, each))]


def _page(text: str | None) -> dict[str, str] | None:
    found = _address(text)
    return {"type": f"{SCHEMA}WebPage", "url": found} if found else None


def _others(names: Iterable[str | None], name: str | None) -> list[str]:
    return [each for each in dict.fromkeys(names) if each and each != name]


def _day(text: str | None) -> str | None:
    found = rdf.day(text)
    return found.value if found else None


def _products(platforms: Iterable[str]) -> list[dict[str, str]]:
    return [{"type": "SoftwareApplication", "operatingSystem": platform} for platform in platforms]


def _categories(description: Description, uris: Uris) -> list[str]:
    """CodeMeta wants addresses, so our concepts for the standard's words."""
    return [
        uris.concept(CATEGORY.name, category)
        for category in description.categories
        if category in CATEGORY.values
    ]


def _licence(expression: str | None) -> str | None:
    """A single licence only: a list would say neither that all apply nor that one may be chosen."""
    name = (expression or "").strip().lower()
    listed = vocabulary.licences().get(name) or vocabulary.deprecated_licences().get(name)
    return f"{SPDX}/{listed}" if listed else None


def _expression(expression: str | None) -> str | None:
    return expression if expression and not _licence(expression) else None


def _organisation(organisation: Organisation | None) -> dict[str, str] | None:
    if organisation is None or not (organisation.name or organisation.uri):
        return None
    return _present(
        {
            "type": "Organization",
            "id": _address(organisation.uri),
            "name": organisation.name or organisation.uri,
        }
    )


def _maintainers(maintenance: Maintenance) -> list[dict[str, str]]:
    people = [
        {
            "type": "Person",
            "name": each.name,
            "email": each.email,
            "affiliation": each.affiliation,
        }
        for each in maintenance.contacts or ()
    ]
    firms = [
        {
            "type": "Organization",
            "name": each.name,
            "email": each.email,
            "url": _address(each.website),
            "endDate": _day(each.until),
        }
        for each in maintenance.contractors or ()
    ]
    return [_present(each) for each in (*people, *firms) if each["name"] or each["email"]]


def _status(status: str | None) -> str | None:
    return f"https://www.repostatus.org/#{STATUSES[status]}" if status in STATUSES else None


def _requirements(needed: Dependencies) -> list[dict[str, str]]:
    return [
        _present(
            {
                "type": "SoftwareApplication",
                "name": each.name,
                "softwareVersion": _range(each.version, each.version_min, each.version_max),
            }
        )
        for each in (*needed.open, *needed.proprietary, *needed.hardware)
        if each.name
    ]


def _range(version: str | None, least: str | None, most: str | None) -> str | None:
    bounds = (("", version), (">= ", least), ("<= ", most))
    return ", ".join(sign + bound for sign, bound in bounds if bound) or None


def _suite(name: str | None) -> dict[str, str] | None:
    return {"type": "SoftwareApplication", "name": name} if name else None


def _present(members: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}
