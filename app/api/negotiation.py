"""What suits a reader best, by the weights that `Accept` and `Accept-Language` give (RFC 9110, 12.5)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import Depends, Header

from app.publiccode.translations import languages

_WEIGHT = r"(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?"
_LANGUAGE = re.compile(rf"\s*([a-z]{{1,8}}(?:-[a-z0-9]{{1,8}})*|\*){_WEIGHT}\s*", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    rf"\s*([^\s;,/]+/[^\s;,/]+)(?:\s*;\s*(?!q=)[^\s;,]+)*{_WEIGHT}\s*", re.IGNORECASE
)

_ENCODING = re.compile(rf"\s*([a-z0-9-]+|\*){_WEIGHT}\s*", re.IGNORECASE)


def negotiate(header: str | None, available: Sequence[str]) -> str:
    """The language to answer in: the first of `available` where the reader asks for none of them.

    Look-up of RFC 4647, section 3.4: `sv-FI` is answered in `sv`, and what has the weight 0 in no
    case. Parts of the header that are not well formed are passed over.
    """
    weights = dict(_weighed(_LANGUAGE, header))
    open_to_all = [tag for tag in available if weights.get(tag.lower()) != 0]
    known = {tag.lower(): tag for tag in open_to_all}
    for language_range in _best_first(weights):
        if language_range == "*" and open_to_all:
            return open_to_all[0]
        for tag in _ever_shorter(language_range):
            if tag in known:
                return known[tag]
    return (open_to_all or available)[0]


def preferred(header: str | None, offered: Sequence[str]) -> str:
    """The media type to answer with: of those the reader likes equally well, the first offered."""
    return max(offered, key=partial(_liking, dict(_weighed(_MEDIA_TYPE, header))))


def acceptable(header: str | None, offered: Sequence[str]) -> str | None:
    """As `preferred`; the first offered to readers without any wish, None where none will do."""
    weights = dict(_weighed(_MEDIA_TYPE, header)) or {"*/*": 1.0}
    best = max(offered, key=partial(_liking, weights))
    return best if _liking(weights, best) else None


def _liking(weights: Mapping[str, float], media_type: str) -> float:
    kind = media_type.partition("/")[0]
    ranges = (media_type, f"{kind}/*", "*/*")
    return next((weights[one] for one in ranges if one in weights), 0)


def preferred_encoding(header: str | None, offered: Sequence[str]) -> str | None:
    """The content coding to answer with; None where the reader likes the plain text better."""
    weights = dict(_weighed(_ENCODING, header))

    def liking(encoding: str) -> float:
        return weights.get(encoding, weights.get("*", 0))

    best = max(offered, key=liking)
    return best if liking(best) > 0 and liking(best) >= weights.get("identity", 0) else None


def _weighed(pattern: re.Pattern[str], header: str | None) -> Iterator[tuple[str, float]]:
    for element in (header or "").split(","):
        if found := pattern.fullmatch(element):
            yield found[1].lower(), float(found[2] or 1)


def _best_first(weights: dict[str, float]) -> list[str]:
    wanted = [one for one, weight in weights.items() if weight > 0]
    return sorted(wanted, key=lambda one: -weights[one])


def _ever_shorter(language_range: str) -> Iterator[str]:
    """`zh-hant-x-y`, `zh-hant`, `zh`: a single letter goes together with what it introduces."""
    subtags = language_range.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()


async def _language(
    accept_language: Annotated[
        str | None,
        Header(description=f"The languages to answer in: {', '.join(languages())} are there."),
    ] = None,
) -> str:
    return negotiate(accept_language, languages())


ReaderLanguage: TypeAlias = Annotated[str, Depends(_language)]
"""The language that suits the reader best, of those in which we have texts."""


def in_language(language: str) -> dict[str, str]:
    """The headers of a reply in a language which was negotiated."""
    return {"Content-Language": language, "Vary": "Accept-Language"}
