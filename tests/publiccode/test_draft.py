"""Drafts: what is known filled in, what is missing left blank, and nothing else wrong."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.publiccode import Description, Severity, validate
from app.publiccode.draft import BLANK, draft
from app.publiccode.known import Known, described
from tests.builders import LONG, a_file, texts

DRAFTS = Path(__file__).parent / "drafts"
URL = "https://git.example.org/storabro/felanmalan"

FILLED: dict[str, Any] = {
    "name": "Felanmälan",
    "url": URL,
    "uri": "https://storabro.example",
    "id": "alias:gdpr",
    "until": "2027-01-01",
    "platforms": ["web"],
    "developmentStatus": "stable",
    "softwareType": "library",
    "shortDescription": "Report a broken street light",
    "longDescription": LONG,
    "features": ["Map"],
    "license": "EUPL-1.2",
    "type": "none",
    "contacts": [{"name": "Anna"}],
    "contractors": [{"name": "Firman", "until": "2027-01-01"}],
    "localisationReady": True,
    "availableLanguages": ["sv"],
}
"""What an author writes into blanks."""


def filled(value: Any, name: str = "") -> Any:
    if value in (None, [], ""):
        return FILLED[name]
    if name in ("localisationReady", "optional"):
        return value == "true"
    if isinstance(value, list):
        return [filled(each, name) for each in value]
    if isinstance(value, dict):
        return {key: filled(each, key) for key, each in value.items()}
    return value


def assert_only_blanks_are_missing(text: str) -> None:
    errors = [each for each in validate(text.encode()).findings if each.severity is Severity.ERROR]
    assert {each.code for each in errors} <= BLANK, text

    content = yaml.load(text, yaml.BaseLoader)  # noqa: S506, TID251 - our own text, as texts
    report = validate(orjson.dumps(filled(content)))

    assert report.valid, (report.findings, text)


def read(file: bytes) -> Description:
    description = validate(file).description
    assert description is not None
    return description


KNOWN = Known(
    name="felanmalan",
    description="Rapportera trasig gatubelysning",
    license="EUPL-1.2",
    homepage="https://felanmalan.storabro.example/",
    organisation="Storabro kommun",
    language="sv",
)
FAULTY = a_file(
    legal={"license": "EUPL-1.2", "authorsFile": "AUTHORS"},
    maintenance={"type": "internal", "contractors": [{"name": "Firman"}]},
    usedBy=["Storabro"],
    description={
        "sv": {"genericName": "Karta", "shortDescription": "Lampor " * 30},
        "no": texts(longDescription="Kort."),
    },
)

CASES = {
    "known": described(KNOWN, URL).description or Description(),
    "faulty": read(FAULTY),
    "nothing": Description(url=URL),
    "language_unknown": described(Known(name="x", description="Något"), URL).description
    or Description(),
}


@pytest.mark.parametrize("name", CASES)
def test_draft_is_as_expected(name: str) -> None:
    text = draft(CASES[name])

    assert text == (DRAFTS / f"{name}.yml").read_text()
    assert_only_blanks_are_missing(text)


def test_what_is_valid_is_all_there() -> None:
    text = draft(read(a_file()))

    report = validate(text.encode())
    assert report.valid
    assert report.description == read(a_file())


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
ADDRESSES = st.just("https://storabro.example") | WORDS
TEXTS = st.fixed_dictionaries(
    {},
    optional={
        "genericName": WORDS,
        "shortDescription": WORDS | st.just("Lampor " * 30),
        "longDescription": WORDS | st.just(LONG),
        "features": st.lists(WORDS, max_size=2),
        "documentation": ADDRESSES,
        "videos": st.lists(ADDRESSES, max_size=2),
    },
)
FILES = st.fixed_dictionaries(
    {"publiccodeYmlVersion": st.sampled_from(["0", "0.2", "9"])},
    optional={
        "name": WORDS,
        "landingURL": ADDRESSES,
        "releaseDate": WORDS | st.just("2026-11-23"),
        "logo": WORDS,
        "monochromeLogo": WORDS,
        "organisation": st.fixed_dictionaries({}, optional={"name": WORDS, "uri": ADDRESSES}),
        "platforms": st.lists(WORDS, max_size=2),
        "categories": st.lists(WORDS | st.just("content-management"), max_size=3),
        "developmentStatus": WORDS | st.just("beta"),
        "softwareType": WORDS,
        "supports": st.lists(
            st.fixed_dictionaries({}, optional={"id": WORDS | st.just("alias:gdpr")}), max_size=2
        ),
        "intendedAudience": st.fixed_dictionaries(
            {}, optional={"countries": st.lists(WORDS | st.just("se"), max_size=3)}
        ),
        "description": st.dictionaries(st.sampled_from(["sv", "no", "und", "svenska"]), TEXTS),
        "legal": st.fixed_dictionaries(
            {}, optional={"license": WORDS | st.just("MIT"), "repoOwner": WORDS}
        ),
        "maintenance": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["internal", "contract", "none", "x"]),
                "contacts": st.lists(
                    st.fixed_dictionaries({}, optional={"name": WORDS, "email": WORDS}),
                    max_size=2,
                ),
                "contractors": st.lists(
                    st.fixed_dictionaries({}, optional={"name": WORDS, "until": WORDS}),
                    max_size=2,
                ),
            },
        ),
        "localisation": st.fixed_dictionaries(
            {}, optional={"availableLanguages": st.lists(WORDS | st.just("sv"), max_size=2)}
        ),
        "dependsOn": st.fixed_dictionaries(
            {},
            optional={
                "open": st.lists(
                    st.fixed_dictionaries({}, optional={"name": WORDS, "optional": st.booleans()}),
                    max_size=2,
                )
            },
        ),
        "it": st.fixed_dictionaries({}, optional={"countryExtensionVersion": WORDS}),
    },
)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(FILES)
def test_whatever_is_known_only_blanks_are_missing(file: dict[str, Any]) -> None:
    report = validate(orjson.dumps(file | {"url": URL}))
    if report.description is not None:
        assert_only_blanks_are_missing(draft(report.description))
