"""The pieces of files that the documentation shows do break the rule, and do put it right."""

import re
from datetime import date

import pytest

from app.publiccode import validate
from app.publiccode.codes import CODES
from app.publiccode.examples import EXAMPLES

FILE = """\
publiccodeYmlVersion: "0"
name: Roadworks
url: https://git.example.org/storabro/roadworks
platforms: [web]
developmentStatus: stable
softwareType: standalone/web
description:
  en:
    shortDescription: Where streets are closed, why, and until when
    longDescription: >
      Roadworks shows residents where streets are closed, why, and until when. The works department
      draws each site once; the map, the signs and the navigation services of others follow.
    features: [Map]
legal:
  license: EUPL-1.2
maintenance:
  type: none
localisation:
  localisationReady: true
  availableLanguages: [en]
"""
TODAY = date(2026, 11, 23)
OPEN = ("description", "en")
"""Sections of which a piece may show a part."""
WITHOUT_EXAMPLE = {
    "not-utf-8",
    "file-too-large",
    "nested-too-deep",
    "nodes-too-many",
    "byte-order-mark",
    "address-gone",
    "findings-too-many",
}
STILL_SAID = {
    "mime-type-invalid": {"key-deprecated"},
    "extension-version-unknown": {"section-outdated"},
    "italy-twice": {"section-outdated"},
}
"""What the piece put right still deserves."""


def test_the_file_around_the_pieces_is_faultless() -> None:
    assert validate(FILE.encode(), today=TODAY).findings == ()


def test_every_code_that_can_has_an_example() -> None:
    assert set(EXAMPLES) == set(CODES) - WITHOUT_EXAMPLE


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_bad_example_breaks_the_rule(code: str) -> None:
    around = FILE if code != "version-missing" else FILE.partition("\n")[2]
    assert code in codes_in(completed(EXAMPLES[code].bad, around))


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_good_example_is_faultless(code: str) -> None:
    assert codes_in(completed(EXAMPLES[code].good, FILE)) == STILL_SAID.get(code, set())


def codes_in(text: str) -> set[str]:
    return {finding.code for finding in validate(text.encode(), today=TODAY).findings}


def completed(piece: str, around: str, indentation: str = "") -> str:
    """The piece, and of the file around it the keys that the piece does not show."""
    shown, hidden = split(piece, indentation), split(around, indentation)
    text = ""
    for key, lines in shown:
        if key in OPEN:
            first, _, inside = lines.partition("\n")
            rest = dict(hidden)[key].partition("\n")[2]
            lines = f"{first}\n{completed(inside, rest, indentation + '  ')}"
        text += lines
    return text + "".join(lines for key, lines in hidden if key not in dict(shown))


def split(text: str, indentation: str) -> list[tuple[str, str]]:
    """Each key at this depth with all its lines."""
    parts = re.split(rf"^(?={indentation}\S)(?!{indentation}(?:-|---)\s)", text, flags=re.MULTILINE)
    return [(part.strip().partition(":")[0], part) for part in parts if part.strip()]
