"""The standard's closed lists, and the public registers it refers to.

Long lists are files in `data/`, whose README says where each comes from; they are read when first asked for.
"""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

DEVELOPMENT_STATUSES = ("concept", "development", "beta", "stable", "obsolete")

SOFTWARE_TYPES = (
    "standalone/mobile",
    "standalone/iot",
    "standalone/desktop",
    "standalone/web",
    "standalone/backend",
    "standalone/other",
    "addon",
    "library",
    "configurationFiles",
)

MAINTENANCE_TYPES = ("internal", "contract", "community", "none")

PLATFORMS = ("web", "windows", "mac", "linux", "ios", "android")
"""What the standard suggests; others are allowed."""

ITALIAN_EXTENSION_VERSIONS = ("0.2", "1.0")


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").split()


@cache
def categories() -> frozenset[str]:
    return frozenset(_lines("categories.txt"))


@cache
def scopes() -> frozenset[str]:
    return frozenset(_lines("scopes.txt"))


@cache
def support_aliases() -> frozenset[str]:
    return frozenset(_lines("supports_aliases.txt"))


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 in capitals, and XK."""
    return frozenset(_lines("iso3166_1_alpha2.txt"))


@cache
def ipa_codes() -> frozenset[str]:
    """Codes of Italian public administrations, case-folded."""
    return frozenset(code.casefold() for code in _lines("it_ipa_codes.txt"))


@cache
def licences() -> dict[str, str]:
    """Current SPDX licences: {lower case: as written}."""
    return {one.lower(): one for one in _lines("spdx_licenses_active.txt")}


@cache
def deprecated_licences() -> dict[str, str]:
    """SPDX licences whose identifiers are deprecated: {lower case: as written}."""
    return {one.lower(): one for one in _lines("spdx_licenses_deprecated.txt")}


@cache
def licence_exceptions() -> dict[str, str]:
    """SPDX exceptions: {lower case: as written}."""
    return {one.lower(): one for one in _lines("spdx_exceptions.txt")}


@cache
def languages() -> frozenset[str]:
    return frozenset(_lines("bcp47_languages.txt"))


@cache
def scripts() -> frozenset[str]:
    return frozenset(one.lower() for one in _lines("bcp47_scripts.txt"))


@cache
def regions() -> frozenset[str]:
    return frozenset(one.lower() for one in _lines("bcp47_regions.txt"))


@cache
def language_variants() -> frozenset[str]:
    return frozenset(json.loads((DATA / "bcp47_variants.json").read_text(encoding="utf-8")))


@cache
def extended_languages() -> dict[str, list[str]]:
    """Extended language subtags: {subtag: prefixes it may follow}."""
    found: dict[str, list[str]] = json.loads(
        (DATA / "bcp47_extlangs.json").read_text(encoding="utf-8")
    )
    return found


@cache
def oembed_schemes() -> tuple[str, ...]:
    """Addresses of embeddable videos, `*` standing for any run of characters."""
    return tuple(json.loads((DATA / "oembed_schemes.json").read_text(encoding="utf-8")))
