"""The rules of the standard, as the reference judges them: one small function each, in its order.

A field yields only the first of its faults.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from app.publiccode import graphemes, licences, urls, values, vocabulary
from app.publiccode.countries import Italy
from app.publiccode.findings import Fault, Path
from app.publiccode.languages import is_language
from app.publiccode.model import Dependency, Description, Organisation, Texts
from app.publiccode.spelling import nearest

Rule: TypeAlias = Callable[[Description], Iterator[Fault]]
TextRule: TypeAlias = Callable[[Texts, Path], Iterator[Fault]]

SHORTEST_LONG_DESCRIPTION = 150
LONGEST_LONG_DESCRIPTION = 10_000
LONGEST_SHORT_DESCRIPTION = 150
LONGEST_GENERIC_NAME = 35
COUNTED = 20_000
"""Characters of longer texts are not counted to the end."""


def version_is_given(description: Description) -> Iterator[Fault]:
    if not description.version:
        yield Fault("required", ("publiccodeYmlVersion",))


def name_is_given(description: Description) -> Iterator[Fault]:
    if not description.name:
        yield Fault("required", ("name",))


def url_is_complete(description: Description) -> Iterator[Fault]:
    if description.url is None:
        yield Fault("required", ("url",))
    elif not urls.is_url(description.url):
        yield Fault("url-invalid", ("url",), {"value": description.url})


def landing_url_is_on_the_web(description: Description) -> Iterator[Fault]:
    yield from _web(description.landing_url, ("landingURL",))


def sources_are_complete_urls(description: Description) -> Iterator[Fault]:
    for at, url in enumerate(description.is_based_on):
        if not urls.is_url(url):
            yield Fault("url-invalid", ("isBasedOn", at), {"value": url})


def release_date_is_a_date(description: Description) -> Iterator[Fault]:
    if description.release_date is not None:
        yield from _date(description.release_date, ("releaseDate",))


def organisation_is_identified(description: Description) -> Iterator[Fault]:
    if description.organisation is not None:
        yield from _organisation(description.organisation, ("organisation",))


def inputs_and_outputs_are_mime_types(description: Description) -> Iterator[Fault]:
    for name, types in (
        ("inputTypes", description.input_types),
        ("outputTypes", description.output_types),
    ):
        for at, one in enumerate(types or ()):
            if not values.is_mime_type(one):
                yield Fault("mime-type-invalid", (name, at), {"value": one})


def platforms_are_given(description: Description) -> Iterator[Fault]:
    if not description.platforms:
        yield Fault("too-few-items", ("platforms",))


def categories_are_listed(description: Description) -> Iterator[Fault]:
    yield from _listed(
        description.categories, vocabulary.categories(), ("categories",), "category-unknown"
    )


def funders_are_identified(description: Description) -> Iterator[Fault]:
    for at, funder in enumerate(description.funded_by):
        yield from _organisation(funder, ("fundedBy", at))


def roadmap_is_on_the_web(description: Description) -> Iterator[Fault]:
    yield from _web(description.roadmap, ("roadmap",))


def development_status_is_listed(description: Description) -> Iterator[Fault]:
    yield from _choice(
        description.development_status,
        vocabulary.DEVELOPMENT_STATUSES,
        ("developmentStatus",),
        "development-status-unknown",
    )


def software_type_is_listed(description: Description) -> Iterator[Fault]:
    yield from _choice(
        description.software_type,
        vocabulary.SOFTWARE_TYPES,
        ("softwareType",),
        "software-type-unknown",
    )


def supports_are_known(description: Description) -> Iterator[Fault]:
    for at, support in enumerate(description.supports):
        path = ("supports", at, "id")
        if not support.id:
            yield Fault("required", path)
        elif support.id.startswith("alias:"):
            alias = support.id.removeprefix("alias:")
            if alias not in vocabulary.support_aliases():
                yield _unknown("supports-alias-unknown", path, alias, vocabulary.support_aliases())
        elif not values.is_identifier(support.id):
            yield Fault("supports-uri-invalid", path, {"value": support.id})


def scopes_are_listed(description: Description) -> Iterator[Fault]:
    yield from _listed(
        description.intended_audience.scope,
        vocabulary.scopes(),
        ("intendedAudience", "scope"),
        "scope-unknown",
    )


def countries_are_codes(description: Description) -> Iterator[Fault]:
    for path, country in _countries(description):
        if not values.is_country(country):
            yield Fault("country-unknown", path, {"value": country})


def texts_are_complete(description: Description) -> Iterator[Fault]:
    """At least one language; where a tag is no language, nothing inside any of them is judged."""
    if not description.description:
        yield Fault("too-few-items", ("description",))
    unknown = [tag for tag in description.description if not is_language(tag)]
    if unknown:
        yield Fault("language-invalid", ("description",), {"tags": tuple(unknown)})
        return
    for tag, texts in description.description.items():
        for rule in TEXT_RULES:
            yield from rule(texts, ("description", tag))


def generic_name_is_short(texts: Texts, path: Path) -> Iterator[Fault]:
    if texts.generic_name:
        yield from _not_longer(texts.generic_name, LONGEST_GENERIC_NAME, (*path, "genericName"))


def short_description_is_short(texts: Texts, path: Path) -> Iterator[Fault]:
    path = (*path, "shortDescription")
    if not texts.short_description:
        yield Fault("required", path)
    else:
        yield from _not_longer(texts.short_description, LONGEST_SHORT_DESCRIPTION, path)


def long_description_is_long(texts: Texts, path: Path) -> Iterator[Fault]:
    path = (*path, "longDescription")
    text = texts.long_description
    if not text:
        yield Fault("required", path)
        return
    length = graphemes.length(text, LONGEST_LONG_DESCRIPTION)
    if length < SHORTEST_LONG_DESCRIPTION:
        limits = {"least": SHORTEST_LONG_DESCRIPTION, "length": length}
        yield Fault("too-short", path, limits)
    else:
        yield from _not_longer(text, LONGEST_LONG_DESCRIPTION, path)


def documentation_is_on_the_web(texts: Texts, path: Path) -> Iterator[Fault]:
    yield from _web(texts.documentation, (*path, "documentation"))
    yield from _web(texts.api_documentation, (*path, "apiDocumentation"))


def features_are_given(texts: Texts, path: Path) -> Iterator[Fault]:
    if not texts.features:
        yield Fault("too-few-items", (*path, "features"))


def videos_are_on_the_web(texts: Texts, path: Path) -> Iterator[Fault]:
    for at, video in enumerate(texts.videos):
        yield from _web(video, (*path, "videos", at))


def licence_is_an_spdx_expression(description: Description) -> Iterator[Fault]:
    licence = description.legal.license
    if not licence:
        yield Fault("required", ("legal", "license"))
    elif licences.read(licence) is None:
        names = (*vocabulary.licences().values(), *vocabulary.deprecated_licences().values())
        yield _unknown("licence-unknown", ("legal", "license"), licence, names)


def maintenance_type_is_listed(description: Description) -> Iterator[Fault]:
    yield from _choice(
        description.maintenance.type,
        vocabulary.MAINTENANCE_TYPES,
        ("maintenance", "type"),
        "maintenance-type-unknown",
    )


def contractors_match_maintenance_type(description: Description) -> Iterator[Fault]:
    """Required by, and only allowed with, `type: contract`; there, each is complete."""
    maintenance = description.maintenance
    path = ("maintenance", "contractors")
    if maintenance.type != "contract":
        if maintenance.contractors is not None:
            yield Fault("contractors-unexpected", path)
        return
    if maintenance.contractors is None:
        yield Fault("contractors-missing", path)
    for at, contractor in enumerate(maintenance.contractors or ()):
        if not contractor.name:
            yield Fault("required", (*path, at, "name"))
        yield from _email(contractor.email, (*path, at, "email"))
        yield from _web(contractor.website, (*path, at, "website"))
        if not contractor.until:
            yield Fault("required", (*path, at, "until"))
        else:
            yield from _date(contractor.until, (*path, at, "until"))


def contacts_match_maintenance_type(description: Description) -> Iterator[Fault]:
    """Required where the maintenance is internal or by the community; each has a name."""
    maintenance = description.maintenance
    path = ("maintenance", "contacts")
    if maintenance.contacts is None and maintenance.type in ("internal", "community"):
        yield Fault("contacts-missing", path, {"type": maintenance.type})
    for at, contact in enumerate(maintenance.contacts or ()):
        if not contact.name:
            yield Fault("required", (*path, at, "name"))
        yield from _email(contact.email, (*path, at, "email"))


def localisation_is_complete(description: Description) -> Iterator[Fault]:
    localisation = description.localisation
    if localisation.ready is None:
        yield Fault("required", ("localisation", "localisationReady"))
    path = ("localisation", "availableLanguages")
    if localisation.available_languages is None:
        yield Fault("required", path)
    elif not localisation.available_languages:
        yield Fault("too-few-items", path)
    for at, tag in enumerate(localisation.available_languages or ()):
        if not is_language(tag):
            yield Fault("language-invalid", (*path, at), {"tags": (tag,)})


def dependencies_have_names(description: Description) -> Iterator[Fault]:
    for path, dependency in _dependencies(description):
        if not dependency.name:
            yield Fault("required", (*path, "name"))


def italian_section_is_well_formed(description: Description) -> Iterator[Fault]:
    for name, section in (("IT", description.italy), ("it", description.italy_lowercase)):
        if section is not None:
            yield from _italy(section, name)


def _italy(section: Italy, name: str) -> Iterator[Fault]:
    version = section.extension_version
    if version is not None and version not in vocabulary.ITALIAN_EXTENSION_VERSIONS:
        yield Fault(
            "extension-version-unknown",
            (name, "countryExtensionVersion"),
            {"value": version, "choices": vocabulary.ITALIAN_EXTENSION_VERSIONS},
        )
    code = section.reuse.ipa_code
    if code and not values.is_ipa_code(code):
        yield Fault("ipa-code-unknown", (name, "riuso", "codiceIPA"), {"value": code})


# What is judged after all fields: file names, video addresses, and what is on its way out


def logo_is_a_relative_path(description: Description) -> Iterator[Fault]:
    yield from _file(description.logo, ("logo",))


def monochrome_logo_is_deprecated(description: Description) -> Iterator[Fault]:
    if description.monochrome_logo:
        yield Fault("key-deprecated", ("monochromeLogo",), {"instead": "logo"})
        yield from _file(description.monochrome_logo, ("monochromeLogo",))


def countries_are_in_capitals(description: Description) -> Iterator[Fault]:
    for path, country in _countries(description):
        if country.islower() and values.is_country(country):
            yield Fault("country-lowercase", path, {"instead": country.upper()})


def authors_file_is_deprecated(description: Description) -> Iterator[Fault]:
    path = ("legal", "authorsFile")
    if description.legal.authors_file is not None:
        yield Fault("key-deprecated", path)
        yield from _file(description.legal.authors_file, path)


def repo_owner_is_deprecated(description: Description) -> Iterator[Fault]:
    if description.legal.repo_owner is not None:
        yield Fault("key-deprecated", ("legal", "repoOwner"), {"instead": "organisation.name"})


def input_and_output_types_are_deprecated(description: Description) -> Iterator[Fault]:
    if description.input_types is not None:
        yield Fault("key-deprecated", ("inputTypes",))
    if description.output_types is not None:
        yield Fault("key-deprecated", ("outputTypes",))


def texts_hold_nothing_deprecated(description: Description) -> Iterator[Fault]:
    for tag, texts in description.description.items():
        path = ("description", tag)
        if texts.generic_name:
            yield Fault("key-deprecated", (*path, "genericName"))
        for at, screenshot in enumerate(texts.screenshots):
            yield from _file(screenshot, (*path, "screenshots", at))
        for at, video in enumerate(texts.videos):
            if not values.is_embeddable_video(video):
                yield Fault("video-provider-unknown", (*path, "videos", at), {"value": video})


def italian_section_is_in_capitals(description: Description) -> Iterator[Fault]:
    if description.italy_lowercase is not None:
        yield Fault("key-deprecated", ("it",), {"instead": "IT"})
        if description.italy is not None:
            yield Fault("italy-twice", ("it",))


def italian_section_holds_nothing_deprecated(description: Description) -> Iterator[Fault]:
    """Under whichever key the section stands, the reference speaks of `IT`."""
    name = "IT" if description.italy is not None else "it"
    section = description.italy or description.italy_lowercase
    if section is None:
        return
    if section.conformity is not None:
        yield Fault("key-deprecated", ("IT", "conforme"), at=(name, "conforme"))
    code = section.reuse.ipa_code
    if code and values.is_ipa_code(code):
        yield Fault(
            "key-deprecated",
            ("IT", "riuso", "codiceIPA"),
            {"instead": "organisation.uri", "value": values.IPA_NAMESPACE + code},
            at=(name, "riuso", "codiceIPA"),
        )


# Parts of rules


def _unknown(code: str, path: Path, value: str, known: Iterable[str]) -> Fault:
    near = nearest(value, tuple(sorted(known)))
    return Fault(code, path, {"value": value, "near": near} if near else {"value": value})


def _listed(given: Iterable[str], known: frozenset[str], path: Path, code: str) -> Iterator[Fault]:
    for at, one in enumerate(given):
        if one not in known:
            yield _unknown(code, (*path, at), one, known)


def _choice(value: str | None, choices: tuple[str, ...], path: Path, code: str) -> Iterator[Fault]:
    if not value:
        yield Fault("required", path)
    elif value not in choices:
        yield Fault(code, path, {"value": value, "choices": choices})


def _web(url: str | None, path: Path) -> Iterator[Fault]:
    if url is not None and not urls.is_http_url(url):
        yield Fault("url-not-http", path, {"value": url})


def _email(address: str | None, path: Path) -> Iterator[Fault]:
    if address is not None and not values.is_email(address):
        yield Fault("email-invalid", path)


def _date(text: str, path: Path) -> Iterator[Fault]:
    if not values.is_date(text):
        yield Fault("date-invalid", path, {"value": text})


def _not_longer(text: str, most: int, path: Path) -> Iterator[Fault]:
    if len(text) > most and (length := graphemes.length(text, COUNTED)) > most:
        yield Fault("too-long", path, {"most": most, "length": length})


def _file(name: str | None, path: Path) -> Iterator[Fault]:
    if name and name.startswith("/"):
        yield Fault("path-absolute", path, {"value": name})
    elif name and name.startswith("file:"):
        yield Fault("path-is-file-url", path, {"value": name})


def _organisation(organisation: Organisation, path: Path) -> Iterator[Fault]:
    uri, path = organisation.uri, (*path, "uri")
    if not uri:
        yield Fault("required", path)
    elif not values.is_organisation_uri(uri):
        italian = uri.startswith(values.IPA_NAMESPACE)
        code = "ipa-code-unknown" if italian else "organisation-uri-invalid"
        yield Fault(code, path, {"value": uri})


def _countries(description: Description) -> Iterator[tuple[Path, str]]:
    audience = description.intended_audience
    for at, country in enumerate(audience.countries):
        yield ("intendedAudience", "countries", at), country
    for at, country in enumerate(audience.unsupported_countries):
        yield ("intendedAudience", "unsupportedCountries", at), country


def _dependencies(description: Description) -> Iterator[tuple[Path, Dependency]]:
    depends_on = description.depends_on
    for kind, dependencies in (
        ("open", depends_on.open),
        ("proprietary", depends_on.proprietary),
        ("hardware", depends_on.hardware),
    ):
        for at, dependency in enumerate(dependencies):
            yield ("dependsOn", kind, at), dependency


TEXT_RULES: tuple[TextRule, ...] = (
    generic_name_is_short,
    short_description_is_short,
    long_description_is_long,
    documentation_is_on_the_web,
    features_are_given,
    videos_are_on_the_web,
)

FIELD_RULES: tuple[Rule, ...] = (
    version_is_given,
    name_is_given,
    url_is_complete,
    landing_url_is_on_the_web,
    sources_are_complete_urls,
    release_date_is_a_date,
    organisation_is_identified,
    inputs_and_outputs_are_mime_types,
    platforms_are_given,
    categories_are_listed,
    funders_are_identified,
    roadmap_is_on_the_web,
    development_status_is_listed,
    software_type_is_listed,
    supports_are_known,
    scopes_are_listed,
    countries_are_codes,
    texts_are_complete,
    licence_is_an_spdx_expression,
    maintenance_type_is_listed,
    contractors_match_maintenance_type,
    contacts_match_maintenance_type,
    localisation_is_complete,
    dependencies_have_names,
    italian_section_is_well_formed,
)

CLOSING_RULES: tuple[Rule, ...] = (
    logo_is_a_relative_path,
    monochrome_logo_is_deprecated,
    countries_are_in_capitals,
    authors_file_is_deprecated,
    repo_owner_is_deprecated,
    input_and_output_types_are_deprecated,
    texts_hold_nothing_deprecated,
    italian_section_is_in_capitals,
    italian_section_holds_nothing_deprecated,
)
