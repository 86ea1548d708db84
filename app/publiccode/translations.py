"""Translations of our texts: gettext catalogues, read when a language is first asked for.

The standard library reads compiled catalogues only. Ours are small enough to be read as translators
write them, so there is nothing to compile, and nothing compiled to be out of date.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
ORIGINAL = "en"

_ENTRIES = re.compile(r"\n{2,}")
_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
_STRING = re.compile(r'^(?:(msgctxt|msgid|msgstr) )?(".*")$', re.MULTILINE)


@cache
def languages() -> tuple[str, ...]:
    """The languages that we have texts in, English first."""
    return (ORIGINAL, *sorted(catalogue.stem for catalogue in LOCALE.glob("*.po")))


@cache
def translated(language: str) -> Mapping[str, str]:
    """The translations by their contexts; none for English, or a language that we do not have."""
    if language == ORIGINAL or language not in languages():
        return {}
    return parse((LOCALE / f"{language}.po").read_text(encoding="utf-8"))


def parse(catalogue: str) -> dict[str, str]:
    """{context: translation}, without what is untranslated or marked as fuzzy.

    https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
    """
    found: dict[str, str] = {}
    for entry in _ENTRIES.split(catalogue):
        if _FUZZY.search(entry):
            continue
        parts: defaultdict[str, str] = defaultdict(str)
        part = ""
        for keyword, string in _STRING.findall(entry):
            part = keyword or part
            parts[part] += json.loads(string)
        if parts["msgctxt"] and parts["msgstr"]:
            found[parts["msgctxt"]] = parts["msgstr"]
    return found
