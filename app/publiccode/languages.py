"""Language tags after BCP 47 (RFC 5646), as strict as the reference."""

import re
from functools import lru_cache
from itertools import takewhile

from app.publiccode import vocabulary

_GRANDFATHERED = frozenset(
    [
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
        "art-lojban",
        "cel-gaulish",
        "no-bok",
        "no-nyn",
        "zh-guoyu",
        "zh-hakka",
        "zh-min",
        "zh-min-nan",
        "zh-xiang",
    ]
)
_PRIVATE = re.compile(r"x-[a-z0-9]{1,8}\Z")
_SUBTAG = re.compile(r"[a-z0-9]{1,8}\Z")
_LANGUAGE = re.compile(r"[a-z0-9][a-z][a-z0-9]?\Z")
_EXTENDED = re.compile(r"[a-z][a-z0-9]{2}\Z")
_FIELD_KEY = re.compile(r"[a-z0-9][0-9]\Z")
_LONGEST = 255


@lru_cache(maxsize=1024)
def is_language(tag: str) -> bool:
    """Is it a language tag whose subtags are registered? Case does not matter."""
    tag = tag.lower()
    if tag in vocabulary.languages() or tag in _GRANDFATHERED or _PRIVATE.match(tag):
        return True
    if len(tag) > _LONGEST or not tag.isascii():
        return False
    subtags = tag.split("-")
    if subtags[0] not in vocabulary.languages() or not all(map(_SUBTAG.match, subtags)):
        return False
    rest = _after_variants(tag, subtags)
    return _are_extensions(rest)


def _after_variants(tag: str, subtags: list[str]) -> list[str]:
    """What is left behind language, extended languages, script, region and variants."""
    rest = subtags[1:]
    for _ in range(3):
        if not rest or not _is_extended(rest[0], tag):
            break
        rest = rest[1:]
    if rest and rest[0] in vocabulary.scripts():
        rest = rest[1:]
    if rest and rest[0] in vocabulary.regions():
        rest = rest[1:]
    while rest and rest[0] in vocabulary.language_variants():
        rest = rest[1:]
    return rest


def _is_extended(subtag: str, tag: str) -> bool:
    prefixes = vocabulary.extended_languages().get(subtag)
    return prefixes is not None and (
        not prefixes or any(tag.startswith(prefix.lower() + "-") for prefix in prefixes)
    )


def _are_extensions(rest: list[str]) -> bool:
    """At most one extension, as the reference has it, and then the private part."""
    end = rest.index("x") if "x" in rest else len(rest)
    extension, private = rest[:end], rest[end:]
    if len(private) == 1:
        return False
    return not extension or _is_extension(extension[0], extension[1:])


def _is_extension(singleton: str, content: list[str]) -> bool:
    if len(singleton) != 1 or not content or any(len(one) == 1 for one in content):
        return False
    if singleton == "u":
        return _are_keywords(content)
    if singleton == "t":
        return _is_transformed(content)
    return True


def _are_keywords(content: list[str]) -> bool:
    """Attributes, then keys of two characters, none of them twice, each with its types."""
    keys = [one for one in content if len(one) <= 2]  # of one character there is none
    return len(keys) == len(set(keys))


def _is_transformed(content: list[str]) -> bool:
    """An optional language, then fields: a key with a digit, and its values.

    Behind a language without region the reference takes the first field for a region, and refuses it.
    """
    if _LANGUAGE.match(content[0]):
        if content[0] not in vocabulary.languages():
            return False
        content = content[1:]
        while content and _EXTENDED.match(content[0]):
            content = content[1:]
        if content and content[0] in vocabulary.scripts():
            content = content[1:]
        if content and len(content[0]) < 4:
            if content[0] not in vocabulary.regions():
                return False
            content = content[1:]
        variants = list(takewhile(vocabulary.language_variants().__contains__, content))
        if len(variants) != len(set(variants)):
            return False
        content = content[len(variants) :]
    if not content:
        return True
    return len(content[0]) == 2 and all(len(one) > 2 or _FIELD_KEY.match(one) for one in content)
