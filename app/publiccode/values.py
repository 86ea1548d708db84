"""The forms of single values: date, e-mail address, MIME type, country, URN, path, video address."""

import re
from datetime import date
from functools import cache

from app.publiccode import urls, vocabulary

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_OTHER = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ATOM = rf"[A-Za-z0-9!#$%&'*+\-/=?^_`{{|}}~{_OTHER}]+"
_QUOTED = rf'"(?:[\x20\x21\x23-\x5b\x5d-\x7e{_OTHER}]|\\[\x20-\x7e{_OTHER}])+"'
_EDGE = rf"[A-Za-z0-9{_OTHER}]"
_LAST_EDGE = rf"[A-Za-z{_OTHER}]"
_INSIDE = rf"(?:[A-Za-z0-9\-~{_OTHER}]|\.(?!\.))*"
EMAIL = (
    rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})"
    rf"@{_EDGE}(?:{_INSIDE}{_EDGE})?\.{_LAST_EDGE}(?:{_INSIDE}{_LAST_EDGE})?\Z"
)
"""A pattern that takes long to compile, and is left to the first address."""
_LONGEST_EMAIL = 1000
MIME_TYPE = re.compile(
    r" *[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126} *\Z"
)
_URN = re.compile(
    r"urn:(?!urn:)([a-z0-9][a-z0-9-]{0,31}):((?:[a-z0-9()+,\-.:=@;$_!*']|%[0-9a-f]{2})++)\Z",
    re.IGNORECASE | re.ASCII,
)
IPA_NAMESPACE = "urn:x-italian-pa:"


def is_date(text: str) -> bool:
    """YYYY-MM-DD, a day that exists, of the years 0 to 9999."""
    parts = DATE.match(text)
    if not parts:
        return False
    year, month, day = map(int, parts.groups())
    try:
        date(year or 2000, month, day)  # the year 0 is a leap year
    except ValueError:
        return False
    return True


def is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and re.match(EMAIL, text) is not None


def is_mime_type(text: str) -> bool:
    return MIME_TYPE.match(text) is not None


def is_country(text: str) -> bool:
    """ISO 3166-1 alpha-2, in capitals or in lower case."""
    return text in vocabulary.countries() or (
        text.islower() and text.isascii() and text.upper() in vocabulary.countries()
    )


def is_ipa_code(text: str) -> bool:
    return text.casefold() in vocabulary.ipa_codes()


def is_identifier(text: str) -> bool:
    """A URN, or a URI with a host."""
    url = urls.parse_request(text)
    if url is None or not url.scheme:
        return False
    if url.scheme == "urn":
        return _URN.match(text) is not None
    return bool(url.host)


def is_organisation_uri(text: str) -> bool:
    """An identifier; in the Italian namespace, of a known administration."""
    if not is_identifier(text):
        return False
    if text.lower().startswith(IPA_NAMESPACE):
        return is_ipa_code(text[len(IPA_NAMESPACE) :])
    return True


def is_embeddable_video(address: str) -> bool:
    """Does it match the scheme of a known oEmbed provider?"""
    prefix = _prefix(address)
    return any(_matches(address, parts) for parts in _schemes()[0].get(prefix, ()) + _schemes()[1])


def _prefix(address: str) -> str:
    """`https://example.org/` of `https://example.org/video`."""
    return "/".join(address.split("/", 3)[:3]) + "/"


@cache
def _schemes() -> tuple[dict[str, tuple[list[str], ...]], tuple[list[str], ...]]:
    """The patterns cut at their wildcards: those of one host by that host, and all others."""
    by_host: dict[str, tuple[list[str], ...]] = {}
    others: list[list[str]] = []
    for scheme in vocabulary.oembed_schemes():
        prefix = _prefix(scheme)
        parts = scheme.split("*")
        if parts[0].startswith(prefix):
            by_host[prefix] = (*by_host.get(prefix, ()), parts)
        else:
            others.append(parts)
    return by_host, tuple(others)


def _matches(text: str, parts: list[str]) -> bool:
    """Does the text consist of the parts, in order, with anything between them?"""
    first, *middle, last = parts if len(parts) > 1 else (*parts, "")
    if len(parts) == 1:
        return text == first
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end
