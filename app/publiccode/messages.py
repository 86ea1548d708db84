"""The texts of findings: each completes the sentence “*path* …”, or is one where there is no path.

English is written here; other languages keep their translations in `locale/`.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from app.publiccode.findings import Finding
from app.publiccode.translations import translated

ENGLISH: Mapping[str, str] = {
    "not-utf-8": "the file is not UTF-8 text; save it in that encoding",
    "file-too-large": "the file is larger than {limit} bytes, and was not read; link to long documents instead",
    "not-yaml": "the file is not YAML: {problem}",
    "not-yaml character": "the file is not YAML: nothing can begin with this character; put quotes around the text, or spaces in the place of a tab",
    "not-yaml tab": "the file is not YAML: this line is indented by a tab; use spaces",
    "not-yaml colon": "the file is not YAML: a “: ” cannot stand here; put quotes around the text, or correct the indentation",
    "not-yaml no-colon": "the file is not YAML: this line is no “key: value”; add the colon, or indent the line as part of the text above",
    "not-yaml quote": "the file is not YAML: the quotation mark that begins here is never closed",
    "not-yaml escape": "the file is not YAML: the backslash begins no known escape; write it twice, or put the text in single quotes",
    "not-yaml indentation": "the file is not YAML: this line does not go on from those above; correct the indentation, or put quotes around a text",
    "not-yaml bracket": "the file is not YAML: a bracket or brace is not closed, or a comma is missing",
    "not-yaml sign": "the file is not YAML: a text that begins with *, & or ! needs quotes around it",
    "not-yaml block": "the file is not YAML: no text can follow | or > on the same line; begin it on the next one, or put quotes around it",
    "not-yaml key": "the file is not YAML: a key must be a text, and not a list, a section or nothing",
    "not-yaml mark": "the file is not YAML: it begins with a byte order mark, which cannot stand before “#” or “---”; save it as UTF-8 without one",
    "key-twice": "the key “{key}” stands twice, first at line {line}, column {column}; keep one of the two",
    "documents-several": "the file must hold a single YAML document; remove all from the second “---” on, and lines that begin with “%”",
    "nested-too-deep": "the file is nested more than {limit} levels deep; flatten it",
    "nodes-too-many": "the file has more than {limit} keys and values, counting those that aliases repeat; shorten it",
    "byte-order-mark": "the file begins with a byte order mark, which becomes part of its first key; save it as UTF-8 without one",
    "version-missing": 'is required; begin the file with publiccodeYmlVersion: "0"',
    "version-not-text": 'must be a text; put quotes around the version, as in publiccodeYmlVersion: "0"',
    "version-unsupported": "is “{version}”, which is not a supported version; use one of {supported}",
    "version-outdated": "is “{version}”, which is an old version; use “0”, which stands for the latest one",
    "key-unknown": "is not a key of the standard; check its spelling (capitals count), or remove it",
    "key-unknown near": "is not a key of the standard; did you mean “{near}”?",
    "key-not-text": "is a key that is not a text; put quotes around it, or remove it",
    "type-wrong": "is of the wrong type",
    "type-wrong text": "must be a text, not a list or a section",
    "type-wrong flag": "must be true or false, without quotes",
    "type-wrong list": "must be a list: one item per line, each behind a dash",
    "type-wrong mapping": "must be a section: keys with their values, one per line, indented below it",
    "type-wrong merged": "is given both directly and by a merge (<<); keep one of the two",
    "alias-unresolved": "refers to the anchor “{anchor}”, which does not stand before it; write the value itself",
    "url-unparsable": "cannot be read as a URL: “{value}”; write a complete one such as https://example.org/path",
    "required": "is required, but missing or empty",
    "too-few-items": "must hold at least one item",
    "too-short": "is too short: {length} of at least {least} characters",
    "too-long": "is {length} characters long; at most {most} are allowed",
    "contacts-missing": "is required where maintenance.type is “{type}”; name somebody who can be asked",
    "contractors-missing": "is required where maintenance.type is “contract”; name those who hold the contracts",
    "contractors-unexpected": "is only allowed where maintenance.type is “contract”; set that type, or remove the contractors",
    "url-invalid": "is not a complete URL: “{value}”; write one such as https://example.org/path",
    "url-invalid empty": "is empty; fill it, or remove it",
    "url-not-http": "is not a web address: “{value}”; write one that begins with https://",
    "url-not-http empty": "is empty; fill it, or remove it",
    "date-invalid": "is not a date: “{value}”; write it as YYYY-MM-DD, such as 2026-03-31",
    "date-invalid empty": "is empty; fill it, or remove it",
    "email-invalid": "is not an e-mail address; write the bare address, such as name@example.org",
    "mime-type-invalid": "is not a MIME type: “{value}”; write one such as text/plain",
    "mime-type-invalid empty": "is empty; fill it, or remove it",
    "language-invalid": "must use BCP 47 language tags such as en or de-CH, and not: {tags}",
    "licence-unknown": "is not an SPDX expression: “{value}”; see https://spdx.org/licenses",
    "licence-unknown near": "is not an SPDX expression: “{value}”; did you mean “{near}”?",
    "country-unknown": "is not a country: “{value}”; write the two capitals of ISO 3166-1 alpha-2, such as SE",
    "country-unknown empty": "is empty; fill it, or remove it",
    "organisation-uri-invalid": "is not the URI of an organisation: “{value}”; write a web address or a URN",
    "ipa-code-unknown": "is not in the Italian index of public administrations (iPA): “{value}”; look it up at https://indicepa.gov.it",
    "supports-alias-unknown": "is not a known alias: “alias:{value}”; see https://yml.publiccode.tools/aliases-list.html",
    "supports-alias-unknown near": "is not a known alias: “alias:{value}”; did you mean “alias:{near}”?",
    "supports-uri-invalid": "is neither an alias nor a URI: “{value}”; write alias: and a name, a web address or a URN",
    "video-provider-unknown": "is not a video at a known oEmbed provider: “{value}”; use the address that the site gives for sharing",
    "path-absolute": "is an absolute path: “{value}”; write a path from the top of the repository, or a web address",
    "path-is-file-url": "is a file: address, which leads nowhere but on one machine; write a path from the top of the repository, or a web address",
    "category-unknown": "is not a category: “{value}”; see https://yml.publiccode.tools/categories-list.html",
    "category-unknown empty": "is empty; fill it, or remove it",
    "category-unknown near": "is not a category: “{value}”; did you mean “{near}”?",
    "scope-unknown": "is not a scope: “{value}”; see https://yml.publiccode.tools/scope-list.html",
    "scope-unknown empty": "is empty; fill it, or remove it",
    "scope-unknown near": "is not a scope: “{value}”; did you mean “{near}”?",
    "development-status-unknown": "is “{value}”, and must be one of {choices}",
    "software-type-unknown": "is “{value}”, and must be one of {choices}",
    "maintenance-type-unknown": "is “{value}”, and must be one of {choices}",
    "extension-version-unknown": "is “{value}”, and must be one of {choices}; put quotes around the version",
    "key-deprecated": "is deprecated; remove it",
    "key-deprecated instead": "is deprecated; use {instead}",
    "key-deprecated instead value": "is deprecated; use {instead}: {value}",
    "country-lowercase": "is in lower case, which is deprecated; write “{instead}”",
    "italy-twice": "stands beside IT; keep only IT",
    "text-blank": "is nothing but white space; write a text, or remove it",
    "item-empty": "is empty; fill it, or remove it",
    "item-twice": "stands twice in the list: “{value}”; keep it once",
    "number-rewritten": "is read as the number {read}; put quotes around {written} to keep it as it is",
    "platform-unusual": "is usually written “{near}”; write it so, that it is found",
    "contract-ended": "is past: the contract ended on {until}; bring the maintenance up to date",
    "licence-deprecated": "holds what SPDX has deprecated: {value}; see https://spdx.org/licenses for what replaces it",
    "licence-own": "is not in the SPDX list: {value}; keep its whole text in the repository",
    "url-with-credentials": "holds a user name or a password that all can read; remove it, and change the password",
    "url-not-code": "begins with {scheme}:, and cannot lead to a repository; write the address of the source code",
    "countries-contradict": "is also among the intended countries: “{value}”; keep it in one of the two lists",
    "language-twice": "is the same language as “{first}”; join the texts under one of the two",
    "funder-unnamed": "has no name; add one",
    "section-outdated": "is deprecated since version 0.7 of the standard; use organisation.uri and supports",
    "address-gone": "leads nowhere: nothing is served at {url}; correct the address, or remove it",
    "address-gone no-such-host": "leads nowhere: there is no host of the name in {url}; correct the address, or remove it",
    "address-gone not-a-repository": "is no repository: {url} cannot be cloned; write the address that git clone takes",
    "address-gone not-an-image": "is no image: {url} serves something else; give the address of the image itself",
    "findings-too-many": "there are more findings than the {most} listed; correct these and check again",
}
"""A key is a code and, behind it, what asks for this text: the parameters that it shows, a kind, or
`empty` for a value that is an empty text. The text that asks for most is taken."""

_SPELLED_OUT = ("kind", "expected")
"""Parameters whose value, not whose presence, asks for a text."""


def render(finding: Finding, language: str = "en") -> str:
    """The finding as a sentence without its subject, which is the path."""
    asked_for = set(_asked_for(finding.params))
    key = next(key for key, words in _variants(finding.code) if words <= asked_for)
    return text(key, language).format_map(
        {name: _shown(value) for name, value in finding.params.items()}
    )


def _asked_for(params: Mapping[str, object]) -> Iterator[str]:
    """What texts a finding with these parameters can have."""
    yield from params
    yield from (str(params[name]) for name in _SPELLED_OUT if name in params)
    if params.get("value") == "":
        yield "empty"


def text(key: str, language: str = "en") -> str:
    """The text with the names of its parameters in braces; English where it is not translated."""
    return translated(language).get(key) or ENGLISH[key]


def keys_of(code: str) -> tuple[str, ...]:
    """The keys of all texts that a code can have, the most exact first."""
    return tuple(key for key, _ in _variants(code))


@cache
def _variants(code: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The texts of a code and what each asks for, the most exact first."""
    variants = [
        (key, frozenset(words)) for key in ENGLISH for name, *words in [key.split()] if name == code
    ]
    return tuple(sorted(variants, key=lambda variant: len(variant[1]), reverse=True))


_LONGEST = 80


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value)
    shown = str(value)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
