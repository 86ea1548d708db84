"""Countries, languages, licences and file types as the EU's authority tables name them.

http://publications.europa.eu/resource/authority
"""

import re
from functools import cache
from pathlib import Path

from app.publiccode import vocabulary

TABLES = Path(__file__).parent / "vocabularies"
ROOT = "http://publications.europa.eu/resource/authority"
SPDX = "http://spdx.org/licenses"

DATA_THEMES = f"{ROOT}/data-theme"
FILE_TYPE_YAML = f"{ROOT}/file-type/YAML"
THEMES = {
    f"{DATA_THEMES}/GOVE": "Government and public sector",
    f"{DATA_THEMES}/TECH": "Science and technology",
}
"""Where portals put all that we have, by its English name."""

_THREE_LETTERS = re.compile("[a-z]{3}")


def country(code: str) -> str | None:
    """The URI of a country, by its ISO 3166-1 code of two letters in any case."""
    found = _table("countries").get(code.upper())
    return f"{ROOT}/country/{found}" if found else None


def language(tag: str) -> str | None:
    """The URI of a BCP 47 tag's language; script and region do not count."""
    subtag = tag.replace("_", "-").partition("-")[0].lower()
    found = _table("languages").get(subtag)
    if not found and _THREE_LETTERS.fullmatch(subtag) and subtag in vocabulary.languages():
        found = subtag.upper()
    return f"{ROOT}/language/{found}" if found else None


def licence(expression: str) -> str | None:
    """The URI of a single licence of the SPDX list, the EU's own where it has one.

    None for expressions that combine licences, and for licences that only their author knows.
    """
    name = expression.strip().lower()
    listed = vocabulary.licences().get(name) or vocabulary.deprecated_licences().get(name)
    if listed is None:
        return None
    found = _table("licences").get(listed)
    return f"{ROOT}/licence/{found}" if found else f"{SPDX}/{listed}"


def spdx(name: str | None) -> str | None:
    """The SPDX identifier of a licence, by that identifier or by an address of the licence.

    The inverse of `licence`; any other address counts by its end, as in
    `https://opensource.org/license/MIT`. None for what is not in the SPDX list.
    """
    given = (name or "").strip().rstrip("/")
    last = given.rpartition("/")[2].removesuffix(".html")
    if given.startswith(f"{ROOT}/licence/"):
        last = {code: id for id, code in _table("licences").items()}.get(last, last)
    listed = vocabulary.licences() | vocabulary.deprecated_licences()
    return listed.get(last.lower())


@cache
def _table(name: str) -> dict[str, str]:
    lines = (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines)
