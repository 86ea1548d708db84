"""Languages and countries by name, in the reader's language: what Unicode's CLDR calls them."""

from collections.abc import Mapping
from functools import cache

from babel import Locale


def country(code: str, reader: str) -> str:
    """`Schweden` for SE; the code itself where it is none."""
    countries: Mapping[str, str] = Locale(reader).territories
    return countries.get(code, code)


def language(tag: str, reader: str) -> str:
    """`Svenska` for sv, `Tyska (Schweiz, 1901)` for de-CH-1901; the tag itself where it is none."""
    first, *others = tag.replace("_", "-").lower().split("-")
    languages = _languages(reader)
    if name := languages.get("-".join([first, *others])):
        return _capital(name)
    if first not in languages or not all(others):
        return tag
    kind = ", ".join(_part(each, reader) for each in others)
    return _capital(f"{languages[first]} ({kind})")


@cache
def _languages(reader: str) -> Mapping[str, str]:
    """`{tag in small letters: name}`."""
    names = Locale(reader).languages
    return {tag.replace("_", "-").lower(): name for tag, name in names.items()}


def _part(subtag: str, reader: str) -> str:
    """What comes after the language: a country, a script, or something that has no name."""
    display = Locale(reader)
    return display.territories.get(subtag.upper()) or display.scripts.get(subtag.title()) or subtag


def _capital(text: str) -> str:
    """As in a list: in a sentence, most languages write the names of languages small."""
    return text[:1].upper() + text[1:]
