"""Language tags after BCP 47 (RFC 5646), as strict as the reference."""

import re
from functools import lru_cache
from itertools import pairwise

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
_KEYWORD_KEY = re.compile(r"[a-z0-9][a-z]\Z")
_FIELD_KEY = re.compile(r"[a-z][0-9]\Z")
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
    while rest:
        singleton, rest = rest[0], rest[1:]
        if len(singleton) != 1:
            return False
        if singleton == "x":
            return bool(rest)
        end = next((at for at, one in enumerate(rest) if len(one) == 1), len(rest))
        content, rest = rest[:end], rest[end:]
        if not content or not _is_extension(singleton, content):
            return False
    return True


def _is_extension(singleton: str, content: list[str]) -> bool:
    if singleton == "u":
        return _are_keywords(content)
    if singleton == "t":
        return _is_transformed(content)
    return True


def _are_keywords(content: list[str]) -> bool:
    """Attributes, then keys of two characters, each with types of three to eight."""
    while content and len(content[0]) > 2:
        content = content[1:]
    return all(len(one) > 2 or _KEYWORD_KEY.match(one) for one in content) and not any(
        first == second and len(first) == 2 for first, second in pairwise(content)
    )


def _is_transformed(content: list[str]) -> bool:
    """An optional language, then fields: a key of letter and digit with at least one value."""
    start = next((at for at, one in enumerate(content) if _FIELD_KEY.match(one)), len(content))
    source, fields = content[:start], content[start:]
    if source and not is_language("-".join(source)):
        return False
    return all(
        not _FIELD_KEY.match(one) or (at + 1 < len(fields) and not _FIELD_KEY.match(fields[at + 1]))
        for at, one in enumerate(fields)
    )
