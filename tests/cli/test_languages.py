"""`samkod validate --lang`: findings in the language of those who read them."""

import json

import pytest

from tests.cli.conftest import Samkod

LICENCE = {
    "en": "is required, but missing or empty",
    "sv": "är obligatoriskt men saknas eller är tomt",
    "fr": "est obligatoire, mais absent ou vide",
    "de": "ist erforderlich, fehlt aber oder ist leer",
}
WITHOUT_LICENCE = b'publiccodeYmlVersion: "0"\nlegal: {mainCopyrightOwner: Storabro}\n'


@pytest.mark.parametrize("language", LICENCE)
def test_findings_are_told_in_the_language_asked_for(samkod: Samkod, language: str) -> None:
    done = samkod("validate", "-", "--lang", language, stdin=WITHOUT_LICENCE)
    assert f"legal.license: {LICENCE[language]} [required]" in done.stdout
    assert done.returncode == 1


def test_programs_get_it_too(samkod: Samkod) -> None:
    done = samkod("validate", "-", "--lang=sv", "--format=jsonl", stdin=WITHOUT_LICENCE)
    said = {each["key"]: each["description"] for each in json.loads(done.stdout)["results"]}
    assert said["legal.license"] == LICENCE["sv"]


def test_the_environment_does_not_decide(samkod: Samkod) -> None:
    swedish = samkod.having(LANG="sv_SE.UTF-8", LC_ALL="sv_SE.UTF-8")
    done = swedish("validate", "-", stdin=WITHOUT_LICENCE)
    assert LICENCE["en"] in done.stdout


def test_no_break_spaces_stay_as_they_are(samkod: Samkod) -> None:
    done = samkod("validate", "-", "--lang=fr", stdin=b"legal: {license: EUPL1.2}\n")
    assert "«\u00a0EUPL-1.2\u00a0»\u00a0?" in done.stdout


def test_a_language_that_we_do_not_have_is_refused(samkod: Samkod) -> None:
    done = samkod("validate", "-", "--lang=tlh", stdin=WITHOUT_LICENCE)
    assert done.returncode == 2
    assert "en, da, de, fr, it, nl, sv" in done.stderr
