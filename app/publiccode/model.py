"""A description in the standard's own terms: one frozen class for each of its sections.

Fields are declared in the standard's order, which is also the order of the canonical form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.publiccode.countries import Italy
from app.publiccode.shape import Kind, from_wire, to_wire, wire


@dataclass(frozen=True, slots=True)
class Organisation:
    """A public body, known by its URI."""

    name: str | None = field(default=None, metadata=wire("name"))
    uri: str | None = field(default=None, metadata=wire("uri"))


@dataclass(frozen=True, slots=True)
class Support:
    """A law, standard or platform that the software supports."""

    id: str | None = field(default=None, metadata=wire("id"))


@dataclass(frozen=True, slots=True)
class IntendedAudience:
    """For whom the software is made."""

    scope: tuple[str, ...] = field(default=(), metadata=wire("scope", Kind.TEXTS))
    countries: tuple[str, ...] = field(default=(), metadata=wire("countries", Kind.TEXTS))
    unsupported_countries: tuple[str, ...] = field(
        default=(), metadata=wire("unsupportedCountries", Kind.TEXTS)
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said about the software in one language."""

    localised_name: str | None = field(default=None, metadata=wire("localisedName"))
    generic_name: str | None = field(default=None, metadata=wire("genericName"))
    short_description: str | None = field(default=None, metadata=wire("shortDescription"))
    long_description: str | None = field(default=None, metadata=wire("longDescription"))
    documentation: str | None = field(default=None, metadata=wire("documentation", Kind.LINK))
    api_documentation: str | None = field(
        default=None, metadata=wire("apiDocumentation", Kind.LINK)
    )
    features: tuple[str, ...] = field(default=(), metadata=wire("features", Kind.TEXTS))
    screenshots: tuple[str, ...] = field(default=(), metadata=wire("screenshots", Kind.TEXTS))
    videos: tuple[str, ...] = field(default=(), metadata=wire("videos", Kind.LINKS))
    awards: tuple[str, ...] = field(default=(), metadata=wire("awards", Kind.TEXTS))


@dataclass(frozen=True, slots=True)
class Legal:
    """Licence and copyright."""

    license: str | None = field(default=None, metadata=wire("license"))
    main_copyright_owner: str | None = field(default=None, metadata=wire("mainCopyrightOwner"))
    repo_owner: str | None = field(default=None, metadata=wire("repoOwner"))
    authors_file: str | None = field(default=None, metadata=wire("authorsFile"))


@dataclass(frozen=True, slots=True)
class Contractor:
    """A firm that maintains the software under a contract."""

    name: str | None = field(default=None, metadata=wire("name"))
    email: str | None = field(default=None, metadata=wire("email"))
    website: str | None = field(default=None, metadata=wire("website", Kind.LINK))
    until: str | None = field(default=None, metadata=wire("until"))


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who answers questions about the software."""

    name: str | None = field(default=None, metadata=wire("name"))
    email: str | None = field(default=None, metadata=wire("email"))
    affiliation: str | None = field(default=None, metadata=wire("affiliation"))
    phone: str | None = field(default=None, metadata=wire("phone"))


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Who maintains the software, and how. None for a list says that the file does not give it."""

    type: str | None = field(default=None, metadata=wire("type"))
    contractors: tuple[Contractor, ...] | None = field(
        default=None, metadata=wire("contractors", Kind.SECTIONS, Contractor)
    )
    contacts: tuple[Contact, ...] | None = field(
        default=None, metadata=wire("contacts", Kind.SECTIONS, Contact)
    )


@dataclass(frozen=True, slots=True)
class Localisation:
    """The languages of the software's own user interface."""

    ready: bool | None = field(default=None, metadata=wire("localisationReady", Kind.FLAG))
    available_languages: tuple[str, ...] | None = field(
        default=None, metadata=wire("availableLanguages", Kind.TEXTS)
    )


@dataclass(frozen=True, slots=True)
class Dependency:
    """Software or hardware without which it does not run, or runs less well."""

    name: str | None = field(default=None, metadata=wire("name"))
    version_min: str | None = field(default=None, metadata=wire("versionMin"))
    version_max: str | None = field(default=None, metadata=wire("versionMax"))
    optional: bool | None = field(default=None, metadata=wire("optional", Kind.FLAG))
    version: str | None = field(default=None, metadata=wire("version"))


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the software depends on, by kind."""

    open: tuple[Dependency, ...] = field(
        default=(), metadata=wire("open", Kind.SECTIONS, Dependency)
    )
    proprietary: tuple[Dependency, ...] = field(
        default=(), metadata=wire("proprietary", Kind.SECTIONS, Dependency)
    )
    hardware: tuple[Dependency, ...] = field(
        default=(), metadata=wire("hardware", Kind.SECTIONS, Dependency)
    )


@dataclass(frozen=True, slots=True)
class Description:
    """A publiccode.yml file, typed.

    Everything may be missing, since an invalid file is described as well as it can be. A list that
    the file does not give is empty; where the difference counts, it is None.
    """

    version: str | None = field(default=None, metadata=wire("publiccodeYmlVersion"))
    name: str | None = field(default=None, metadata=wire("name"))
    application_suite: str | None = field(default=None, metadata=wire("applicationSuite"))
    url: str | None = field(default=None, metadata=wire("url", Kind.LINK))
    landing_url: str | None = field(default=None, metadata=wire("landingURL", Kind.LINK))
    is_based_on: tuple[str, ...] = field(default=(), metadata=wire("isBasedOn", Kind.LINK_OR_LINKS))
    software_version: str | None = field(default=None, metadata=wire("softwareVersion"))
    release_date: str | None = field(default=None, metadata=wire("releaseDate"))
    logo: str | None = field(default=None, metadata=wire("logo"))
    monochrome_logo: str | None = field(default=None, metadata=wire("monochromeLogo"))
    organisation: Organisation | None = field(
        default=None, metadata=wire("organisation", Kind.SECTION, Organisation)
    )
    input_types: tuple[str, ...] | None = field(
        default=None, metadata=wire("inputTypes", Kind.TEXTS)
    )
    output_types: tuple[str, ...] | None = field(
        default=None, metadata=wire("outputTypes", Kind.TEXTS)
    )
    platforms: tuple[str, ...] = field(default=(), metadata=wire("platforms", Kind.TEXTS))
    categories: tuple[str, ...] = field(default=(), metadata=wire("categories", Kind.TEXTS))
    used_by: tuple[str, ...] = field(default=(), metadata=wire("usedBy", Kind.TEXTS))
    funded_by: tuple[Organisation, ...] = field(
        default=(), metadata=wire("fundedBy", Kind.SECTIONS, Organisation)
    )
    roadmap: str | None = field(default=None, metadata=wire("roadmap", Kind.LINK))
    development_status: str | None = field(default=None, metadata=wire("developmentStatus"))
    software_type: str | None = field(default=None, metadata=wire("softwareType"))
    supports: tuple[Support, ...] = field(
        default=(), metadata=wire("supports", Kind.SECTIONS, Support)
    )
    intended_audience: IntendedAudience = field(
        default=IntendedAudience(),
        metadata=wire("intendedAudience", Kind.SECTION, IntendedAudience),
    )
    description: Mapping[str, Texts] = field(
        default_factory=dict, metadata=wire("description", Kind.LANGUAGES, Texts)
    )
    """Texts by language tag, in the order of the file."""
    legal: Legal = field(default=Legal(), metadata=wire("legal", Kind.SECTION, Legal))
    maintenance: Maintenance = field(
        default=Maintenance(), metadata=wire("maintenance", Kind.SECTION, Maintenance)
    )
    localisation: Localisation = field(
        default=Localisation(), metadata=wire("localisation", Kind.SECTION, Localisation)
    )
    depends_on: Dependencies = field(
        default=Dependencies(), metadata=wire("dependsOn", Kind.SECTION, Dependencies)
    )
    italy: Italy | None = field(default=None, metadata=wire("IT", Kind.SECTION, Italy))
    italy_lowercase: Italy | None = field(default=None, metadata=wire("it", Kind.SECTION, Italy))
    """The section under its old key; None in what a report gives, where it is `italy`."""

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values under the standard's names, in canonical order; nothing invented."""
        return to_wire(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Description":
        """The description that `to_json` gave."""
        return from_wire(cls, value)
