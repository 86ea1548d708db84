"""What the reference does not see, but authors should know: warnings which never decide validity."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeAlias

from app.publiccode import licences, urls, values, vocabulary
from app.publiccode.findings import Fault, Path
from app.publiccode.model import Description, Texts

Advice: TypeAlias = Callable[[Description], Iterator[Fault]]

_NOT_CODE = frozenset(("javascript", "data", "mailto", "file", "urn", "tel", "about"))


def texts_say_something(description: Description) -> Iterator[Fault]:
    for path, text in _texts(description):
        if text and text.isspace():
            yield Fault("text-blank", path)


def lists_hold_each_item_once(description: Description) -> Iterator[Fault]:
    for path, items in _lists(description):
        if all(map(str.strip, items)) and len(set(items)) == len(items):
            continue
        seen: set[str] = set()
        for at, item in enumerate(items):
            if not item.strip():
                yield Fault("item-empty", (*path, at))
            elif item in seen:
                yield Fault("item-twice", (*path, at), {"value": item})
            seen.add(item)


def platforms_are_spelled_as_suggested(description: Description) -> Iterator[Fault]:
    for at, platform in enumerate(description.platforms):
        if platform not in vocabulary.PLATFORMS and platform.lower() in vocabulary.PLATFORMS:
            yield Fault("platform-unusual", ("platforms", at), {"near": platform.lower()})


def url_leads_to_code(description: Description) -> Iterator[Fault]:
    parts = urls.parse(description.url) if description.url else None
    if parts and parts.scheme in _NOT_CODE:
        yield Fault("url-not-code", ("url",), {"scheme": parts.scheme})


def addresses_keep_secrets(description: Description) -> Iterator[Fault]:
    for path, address in _addresses(description):
        if "@" not in address:
            continue
        parts = urls.parse(address)
        if parts and parts.user and (":" in parts.user or parts.scheme in ("http", "https")):
            yield Fault("url-with-credentials", path)


def countries_do_not_contradict(description: Description) -> Iterator[Fault]:
    audience = description.intended_audience
    intended = {country.upper() for country in audience.countries}
    for at, country in enumerate(audience.unsupported_countries):
        if country.upper() in intended:
            path = ("intendedAudience", "unsupportedCountries", at)
            yield Fault("countries-contradict", path, {"value": country.upper()})


def languages_stand_once(description: Description) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for tag in description.description:
        first = seen.setdefault(tag.lower(), tag)
        if first != tag:
            yield Fault("language-twice", ("description", tag), {"first": first})


def licence_is_current(description: Description) -> Iterator[Fault]:
    expression = licences.read(description.legal.license or "")
    if expression and expression.deprecated:
        names = ", ".join(expression.deprecated)
        yield Fault("licence-deprecated", ("legal", "license"), {"value": names})
    if expression and expression.own:
        yield Fault("licence-own", ("legal", "license"), {"value": ", ".join(expression.own)})


def funders_have_names(description: Description) -> Iterator[Fault]:
    for at, funder in enumerate(description.funded_by):
        if funder.uri and not funder.name:
            yield Fault("funder-unnamed", ("fundedBy", at))


def italian_section_is_outdated(description: Description) -> Iterator[Fault]:
    if description.italy is not None:
        yield Fault("section-outdated", ("IT",))


def contracts_run(description: Description, today: date) -> Iterator[Fault]:
    """Contracts that ended before `today`."""
    for at, contractor in enumerate(description.maintenance.contractors or ()):
        until = contractor.until
        if until and values.is_date(until) and until < today.isoformat():
            yield Fault(
                "contract-ended", ("maintenance", "contractors", at, "until"), {"until": until}
            )


def _texts(description: Description) -> Iterator[tuple[Path, str | None]]:
    yield ("name",), description.name
    yield ("applicationSuite",), description.application_suite
    yield ("softwareVersion",), description.software_version
    for tag, texts in description.description.items():
        yield ("description", tag, "localisedName"), texts.localised_name
        yield ("description", tag, "shortDescription"), texts.short_description
        yield ("description", tag, "longDescription"), texts.long_description
    yield ("legal", "mainCopyrightOwner"), description.legal.main_copyright_owner
    for at, contractor in enumerate(description.maintenance.contractors or ()):
        yield ("maintenance", "contractors", at, "name"), contractor.name
    for at, contact in enumerate(description.maintenance.contacts or ()):
        yield ("maintenance", "contacts", at, "name"), contact.name


def _lists(description: Description) -> Iterator[tuple[Path, tuple[str, ...]]]:
    audience = description.intended_audience
    yield ("isBasedOn",), description.is_based_on
    yield ("platforms",), description.platforms
    yield ("categories",), description.categories
    yield ("usedBy",), description.used_by
    yield ("supports",), tuple(one.id or "-" for one in description.supports)
    yield ("intendedAudience", "scope"), audience.scope
    yield ("intendedAudience", "countries"), audience.countries
    yield ("intendedAudience", "unsupportedCountries"), audience.unsupported_countries
    for tag, texts in description.description.items():
        for name, items in _text_lists(texts):
            yield ("description", tag, name), items
    yield ("localisation", "availableLanguages"), description.localisation.available_languages or ()


def _text_lists(texts: Texts) -> Iterable[tuple[str, tuple[str, ...]]]:
    return (
        ("features", texts.features),
        ("screenshots", texts.screenshots),
        ("videos", texts.videos),
        ("awards", texts.awards),
    )


def _addresses(description: Description) -> Iterator[tuple[Path, str]]:
    for name, address in (
        ("url", description.url),
        ("landingURL", description.landing_url),
        ("roadmap", description.roadmap),
    ):
        if address:
            yield (name,), address
    for at, address in enumerate(description.is_based_on):
        yield ("isBasedOn", at), address
    for tag, texts in description.description.items():
        for name, address in (
            ("documentation", texts.documentation),
            ("apiDocumentation", texts.api_documentation),
        ):
            if address:
                yield ("description", tag, name), address


ADVICE: tuple[Advice, ...] = (
    texts_say_something,
    lists_hold_each_item_once,
    platforms_are_spelled_as_suggested,
    url_leads_to_code,
    addresses_keep_secrets,
    countries_do_not_contradict,
    languages_stand_once,
    licence_is_current,
    funders_have_names,
    italian_section_is_outdated,
)
