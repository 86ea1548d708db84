"""What the values of facets are called, in the reader's language."""

import re
import tomllib
from functools import cache
from pathlib import Path

from app.search import cldr

ORIGINAL = "en"
SHORT_FORMS = frozenset({"cad", "crm", "erp", "hr", "ide", "it", "seo", "voip"})
"""Words of categories that are written in capitals."""
BY_HYPHENS = frozenset({"category", "scope"})
"""Facets whose values are English words with hyphens between them."""
BY_CODE = {
    "language": cldr.language,
    "country": cldr.country,
    "unsupportedCountry": cldr.country,
}
"""Facets whose values are codes, and who knows their names."""

_ELECTRONIC = re.compile(r"\be (?=commerce|signature)")


def label(facet: str, value: str, language: str) -> str:
    """The value in this language, else in English, else in words of its own: `Case management`."""
    if facet in BY_CODE:
        return BY_CODE[facet](value, language)
    names = _labels().get(facet, {}).get(value, {})
    return names.get(language) or names.get(ORIGINAL) or _in_words(facet, value)


def _in_words(facet: str, value: str) -> str:
    if facet not in BY_HYPHENS:
        return value
    words = [word.upper() if word in SHORT_FORMS else word for word in value.split("-")]
    text = _ELECTRONIC.sub("e-", " ".join(words))
    return text[:1].upper() + text[1:]


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    """`{facet: {value: {language: name}}}`."""
    text = (Path(__file__).parent / "labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
