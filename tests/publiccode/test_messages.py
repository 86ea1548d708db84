"""Every finding can be said in every language, and says where and what."""

from pathlib import Path
from typing import Any

import pytest

from app.publiccode import Finding, validate
from app.publiccode.codes import CODES
from app.publiccode.messages import ENGLISH, keys_of, render, text
from app.publiccode.translations import languages, parse, translated
from tests.builders import a_file, texts
from tests.translations import brought_up_to_date, catalogues, entries, placeholders

PROMISED = {"en", "sv", "it", "nl", "de", "fr", "da"}
TRANSLATIONS = [language for language in languages() if language != "en"]


def test_we_have_the_languages_that_we_promise() -> None:
    assert set(languages()) >= PROMISED
    assert languages()[0] == "en"


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_text_that_asks_for_nothing(code: str) -> None:
    assert keys_of(code)[-1] == code


def test_every_text_belongs_to_a_code() -> None:
    assert {key.split()[0] for key in ENGLISH} == set(CODES)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated(language: str) -> None:
    missing = {key for key in ENGLISH if key not in translated(language)}
    assert missing == set()
    assert [key for key, text in translated(language).items() if text == ENGLISH[key]] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_show_the_same_parameters(language: str) -> None:
    for key, english in ENGLISH.items():
        assert placeholders(text(key, language)) == placeholders(english), key


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.stem)
def test_catalogues_follow_the_english_texts(catalogue: Path) -> None:
    assert catalogue.read_text("utf-8") == brought_up_to_date(catalogue), "Run `make fix`."


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.stem)
def test_catalogues_mean_to_us_what_they_mean_to_gettext(catalogue: Path) -> None:
    read = {key: entry.string for key, entry in entries(catalogue).items() if not entry.fuzzy}
    assert parse(catalogue.read_text("utf-8")) == read


def test_what_is_untranslated_fuzzy_or_obsolete_is_left_out() -> None:
    catalogue = """
msgid ""
msgstr "Language: sv\\n"

msgctxt "required"
msgid ""
"is required, "
"but missing or empty"
msgstr ""
"är \\"obligatoriskt\\" "
"men saknas"

msgctxt "item-empty"
msgid "is empty"
msgstr ""

#, fuzzy, python-brace-format
msgctxt "too-few-items"
msgid "must hold at least one item"
msgstr "gissning"

#~ msgctxt "gone"
#~ msgid "is gone"
#~ msgstr "är borta"
"""
    assert parse(catalogue) == {"required": 'är "obligatoriskt" men saknas'}


def test_a_language_that_we_do_not_have_is_english() -> None:
    finding = Finding("required", "name")
    assert render(finding, "tlh") == render(finding)
    assert render(finding, "../locale/sv") == render(finding)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"landingUrl": "https://example.org"},
            "is not a key of the standard; did you mean “landingURL”?",
        ),
        (
            {"legal": {"license": "EUPL1.2"}},
            "is not an SPDX expression: “EUPL1.2”; did you mean “EUPL-1.2”?",
        ),
        (
            {"description": {"en": texts(shortDescription="x" * 171)}},
            "is 171 characters long; at most 150 are allowed",
        ),
        ({"landingURL": ""}, "is empty; fill it, or remove it"),
        ({"platforms": "web"}, "must be a list: one item per line, each behind a dash"),
        (
            {"publiccodeYmlVersion": 0},
            'must be a text; put quotes around the version, as in publiccodeYmlVersion: "0"',
        ),
        (
            {"IT": {"riuso": {"codiceIPA": "c_h501"}}},
            "is deprecated; use organisation.uri: urn:x-italian-pa:c_h501",
        ),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_a_text_says_what_is_wrong_and_what_to_do(change: dict[str, Any], said: str) -> None:
    assert said in [render(finding) for finding in validate(a_file(**change)).findings]


def test_long_values_are_cut() -> None:
    finding = Finding("url-not-http", "roadmap", {"value": "x" * 10_000})
    assert len(render(finding)) < 200


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("name: @x", "character"),
        ("name: x\nlegal:\n\tlicense: MIT", "character"),
        ("legal:\n  - x\n\t- y", "tab"),
        ("name: Files: all", "colon"),
        ("name: x\nand more\nurl: y", "no-colon"),
        ("name: 'x\nurl: y", "quote"),
        (r'name: "C:\Users"', "escape"),
        ("legal:\n  license: MIT\n mainCopyrightOwner: x", "indentation"),
        ('name: "x" or y', "indentation"),
        ("platforms: [web, linux\nname: x", "bracket"),
        ("name: *bold*", "sign"),
        ("name: **bold**", "sign"),
        ("name: !new!thing x", "sign"),
        ("name: > x", "block"),
        ("[name]: x", "key"),
        ("\ufeff# ours\nname: x", "mark"),
    ],
)
def test_a_text_that_is_not_yaml_is_told_why(text: str, kind: str) -> None:
    (finding,) = validate(text.encode()).findings
    assert (finding.code, finding.params["kind"]) == ("not-yaml", kind)
    assert render(finding) == ENGLISH[f"not-yaml {kind}"]


def test_what_hardly_anybody_gets_wrong_is_told_in_the_words_of_the_parser() -> None:
    (finding,) = validate(b"name: x\n...\nurl: y\n").findings
    assert render(finding) == "the file is not YAML: did not find expected <document start>"
