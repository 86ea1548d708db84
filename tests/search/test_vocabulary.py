"""The data that search brings along fits the standard's lists."""

import tomllib
from pathlib import Path

import pytest

from app.publiccode import vocabulary
from app.publiccode.translations import languages
from app.search import labels, licences
from app.search.labels import label

LABELLED = {
    "developmentStatus": vocabulary.DEVELOPMENT_STATUSES,
    "softwareType": vocabulary.SOFTWARE_TYPES,
    "maintenanceType": vocabulary.MAINTENANCE_TYPES,
    "platform": vocabulary.PLATFORMS,
    "scope": tuple(vocabulary.scopes()),
    "category": tuple(vocabulary.categories()),
}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("facet", LABELLED)
def test_every_value_of_a_closed_list_has_a_name(facet: str, language: str) -> None:
    assert all(label(facet, value, language) != value for value in LABELLED[facet])


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("case-management", "Case management"),
        ("crm", "CRM"),
        ("it-security", "IT security"),
        ("e-commerce", "E-commerce"),
    ],
)
def test_category_is_called_by_its_words(category: str, name: str) -> None:
    assert label("category", category, "en") == name


def test_every_category_has_a_name_in_every_language() -> None:
    text = (Path(labels.__file__).parent / "labels.toml").read_text(encoding="utf-8")
    named = tomllib.loads(text)["category"]
    assert named.keys() == set(vocabulary.categories())
    assert {name: {*names} for name, names in named.items()} == dict.fromkeys(
        named, {*languages()} - {labels.ORIGINAL}
    )


@pytest.mark.parametrize(
    ("language", "name"),
    [("sv", "Dokumenthantering"), ("de", "Dokumentenverwaltung"), ("fi", "Document management")],
)
def test_category_is_called_as_readers_call_it(language: str, name: str) -> None:
    assert label("category", "document-management", language) == name


@pytest.mark.parametrize(
    ("facet", "code", "language", "name"),
    [
        ("language", "sv", "sv", "Svenska"),
        ("language", "pt-BR", "da", "Brasiliansk portugisisk"),
        ("language", "de-CH-1901", "sv", "Tyska (Schweiz, 1901)"),
        ("language", "DE", "en", "German"),
        ("language", "sv-", "en", "sv-"),
        ("language", "klingon", "en", "klingon"),
        ("country", "SE", "de", "Schweden"),
        ("country", "XX", "de", "XX"),
        ("unsupportedCountry", "IT", "fr", "Italie"),
    ],
)
def test_codes_are_called_by_their_names(facet: str, code: str, language: str, name: str) -> None:
    assert label(facet, code, language) == name


@pytest.mark.parametrize(
    ("given", "current"),
    [
        ("GPL-3.0", "GPL-3.0-only"),
        ("GPL-3.0+", "GPL-3.0-or-later"),
        ("gpl-3.0-or-later", "GPL-3.0-or-later"),
        ("MPL-2.0+", "MPL-2.0"),
        ("eupl-1.2", "EUPL-1.2"),
        ("LicenseRef-own+", "LicenseRef-own+"),
        ("+", "+"),
    ],
)
def test_licences_are_called_as_spdx_does_today(given: str, current: str) -> None:
    assert licences.current(given) == current


@pytest.mark.parametrize("family", licences.families())
def test_members_of_families_are_licences(family: str) -> None:
    assert set(licences.named([family])) - {*vocabulary.licences().values()} == set()


def test_copyleft_holds_its_kinds_and_nothing_permissive() -> None:
    copyleft = set(licences.named(["copyleft"]))
    assert {"EUPL-1.2", "AGPL-3.0-or-later", "MPL-2.0", "GPL-2.0-only"} <= copyleft
    assert not copyleft & set(licences.named(["permissive", "public-domain"]))
