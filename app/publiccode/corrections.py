"""The right spelling of single values: what an author wrote, in the form that the standard wants.

Each function gives None where there is no such spelling, or more than one.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from app.publiccode import licences, urls, values, vocabulary
from app.publiccode.languages import is_language

Correction: TypeAlias = Callable[[str], str | None]

_SEPARATORS = re.compile(r"[\s/_-]+")
_OPERATOR = re.compile(r"(?<= )(?:and|or|with)(?= )", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\Z")
_FLAGS = {
    **dict.fromkeys(("yes", "on", "true"), "true"),
    **dict.fromkeys(("no", "off", "false"), "false"),
}


def letters(text: str) -> str:
    """What is left of a word without case, spaces, slashes and hyphens."""
    return _SEPARATORS.sub("", text.casefold())


def one_of(known: Callable[[], Iterable[str]]) -> Correction:
    """The one word of a list that has the same letters."""

    def correct(text: str) -> str | None:
        wanted = letters(text)
        same = [word for word in known() if letters(word) == wanted]
        return same[0] if len(same) == 1 else None

    return correct


def country(text: str) -> str | None:
    code = text.strip().upper()
    return code if code in vocabulary.countries() else None


def support(text: str) -> str | None:
    name = one_of(vocabulary.support_aliases)(text.removeprefix("alias:"))
    return f"alias:{name}" if name else None


def licence(text: str) -> str | None:
    """An expression whose operators are in capitals, or the identifier as SPDX spells it."""
    expression = _OPERATOR.sub(lambda found: found[0].upper(), text)
    if licences.read(expression) is not None:
        return expression
    return one_of(vocabulary.licences().values)(text)


def day(text: str) -> str | None:
    """`2024-3-7` and `2024/03/07`; and `2024-31-03`, whose numbers make only one date."""
    parts = _DAY.match(text.strip())
    if not parts:
        return None
    year, first, second = parts[1], parts[2].zfill(2), parts[3].zfill(2)
    return next(
        filter(values.is_date, (f"{year}-{first}-{second}", f"{year}-{second}-{first}")), None
    )


def email(text: str) -> str | None:
    bare = text.strip().removeprefix("mailto:").removeprefix("<").removesuffix(">")
    return bare if values.is_email(bare) else None


def url(text: str) -> str | None:
    return text.strip() if urls.is_url(text.strip()) else None


def web_address(text: str) -> str | None:
    return text.strip() if urls.is_http_url(text.strip()) else None


def video(text: str) -> str | None:
    """Providers are known by `https://`, and some only with `www.`."""
    rest = re.sub(r"\Ahttps?://(?:www\.)?", "", text.strip())
    return next(
        filter(values.is_embeddable_video, ("https://" + rest, "https://www." + rest)), None
    )


def language(text: str) -> str | None:
    tag = text.strip().replace("_", "-")
    return tag if is_language(tag) else None


def flag(text: str) -> str | None:
    """Words that were truth values in YAML 1.1, and those in quotes."""
    return _FLAGS.get(text.lower())
