"""What the EU's authority tables call what the standard names by other codes."""

import pytest

from app.federation import authorities
from app.publiccode import vocabulary

EUA = "http://publications.europa.eu/resource/authority"
OF_NO_LANGUAGE = {"bh"}
"""Biharis: a group of languages."""


@pytest.mark.parametrize(
    ("code", "found"), [("SK", "SVK"), ("sk", "SVK"), ("CH", "CHE"), ("GB", "GBR"), ("NO", "NOR")]
)
def test_countries_in_any_case(code: str, found: str) -> None:
    assert authorities.country(code) == f"{EUA}/country/{found}"


@pytest.mark.parametrize("code", ["", "XX", "EU", "Italia"])
def test_what_is_no_country_is_none(code: str) -> None:
    assert authorities.country(code) is None


def test_every_country_of_the_standard_is_known() -> None:
    assert {code for code in vocabulary.countries() if not authorities.country(code)} == {"XK"}


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("sv", "SWE"),
        ("de-CH-1996", "DEU"),
        ("EN_gb", "ENG"),
        ("nb", "NOB"),
        ("sma", "SMA"),
        ("zh-Hant", "ZHO"),
    ],
)
def test_languages_by_their_first_subtag(tag: str, found: str) -> None:
    assert authorities.language(tag) == f"{EUA}/language/{found}"


def test_every_language_of_two_letters_is_known() -> None:
    short = {tag for tag in vocabulary.languages() if len(tag) == 2}

    assert {tag for tag in short if not authorities.language(tag)} == OF_NO_LANGUAGE


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("EUPL-1.2", f"{EUA}/licence/EUPL_1_2"),
        (" apache-2.0 ", f"{EUA}/licence/APACHE_2_0"),
        ("MIT", "http://spdx.org/licenses/MIT"),
        ("MIT OR EUPL-1.2", None),
        ("LicenseRef-Ours", None),
        ("", None),
    ],
)
def test_only_single_licences_have_an_address(expression: str, found: str | None) -> None:
    assert authorities.licence(expression) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mit", "MIT"),
        ("GPL-3.0", "GPL-3.0"),
        ("http://spdx.org/licenses/EUPL-1.2", "EUPL-1.2"),
        ("https://spdx.org/licenses/0BSD.html", "0BSD"),
        ("https://opensource.org/license/MIT/", "MIT"),
        (f"{EUA}/licence/EUPL_1_2", "EUPL-1.2"),
        (f"{EUA}/licence/COM_REUSE", None),
        ("MIT OR Apache-2.0", None),
        ("https://git.example.org/LICENSE", None),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_is_known_by_its_address(name: str | None, found: str | None) -> None:
    assert authorities.spdx(name) == found


def test_every_licence_is_found_again_by_its_address() -> None:
    listed = set(vocabulary.licences().values())
    assert {authorities.spdx(authorities.licence(id)) for id in listed} == listed
