"""The texts of findings: each completes the sentence “*path* …”, or is one where there is no path.

English is written here; it is also the key under which other languages keep their translations.
"""

from collections.abc import Iterable, Mapping

from app.publiccode.findings import Finding

ENGLISH: Mapping[str, str] = {
    "not-utf-8": "the file is not UTF-8 text",
    "file-too-large": "the file is larger than {limit} bytes",
    "not-yaml": "the file is not YAML: {problem}",
    "key-twice": "the key “{key}” already stands at line {line}, column {column}",
    "documents-several": "the file must hold one YAML document, without `%` directives",
    "nested-too-deep": "the file is nested deeper than {limit} levels",
    "nodes-too-many": "the file has more than {limit} keys and values, those repeated by aliases included",
    "byte-order-mark": "the file begins with a byte order mark, which becomes part of its first key; save it without",
    "version-missing": 'is required; begin the file with publiccodeYmlVersion: "0"',
    "version-not-text": "must be a text; put quotes around the version",
    "version-unsupported": "is “{version}”, which is not supported; supported are {supported}",
    "version-outdated": "is “{version}”, which is not the latest; use “0”",
    "key-unknown": "is not a key of the standard",
    "key-unknown near": "is not a key of the standard; did you mean “{near}”?",
    "key-not-text": "is a key that is not a text; put quotes around it",
    "type-wrong": "is of the wrong type",
    "type-wrong text": "must be a text",
    "type-wrong flag": "must be true or false, without quotes",
    "type-wrong list": "must be a list",
    "type-wrong mapping": "must be a mapping of keys to values",
    "type-wrong merged": "is given both by a merge (<<) and directly",
    "alias-unresolved": "refers to the anchor “{anchor}”, which does not stand before it",
    "url-unparsable": "cannot be read as a URL: “{value}”",
    "required": "is required",
    "too-few-items": "must hold at least one item",
    "too-short": "must be at least {least} characters long, and has {length}",
    "too-long": "must be at most {most} characters long, and has {length}",
    "contacts-missing": "is required where maintenance.type is “{type}”",
    "contractors-missing": "is required where maintenance.type is “contract”",
    "contractors-unexpected": "is only allowed where maintenance.type is “contract”",
    "url-invalid": "must be a complete URL such as https://example.org/path",
    "url-not-http": "must be a web address, beginning with https://",
    "date-invalid": "must be a date written as YYYY-MM-DD",
    "email-invalid": "must be an e-mail address",
    "mime-type-invalid": "must be a MIME type such as text/plain",
    "language-invalid": "must be a BCP 47 language tag; unknown: {tags}",
    "licence-unknown": "is not an SPDX expression (see https://spdx.org/licenses)",
    "licence-unknown near": "is not an SPDX expression; did you mean “{near}”?",
    "country-unknown": "must be an ISO 3166-1 alpha-2 country code of two letters",
    "organisation-uri-invalid": "must be a URI, such as a web address or a URN",
    "ipa-code-unknown": "is not a code of the Italian index of public administrations (iPA)",
    "supports-alias-unknown": "is not a known alias (see https://yml.publiccode.tools/aliases-list.html)",
    "supports-alias-unknown near": "is not a known alias; did you mean “alias:{near}”?",
    "supports-uri-invalid": "must be alias:<name> or a URI",
    "video-provider-unknown": "is not the address of a video at a known oEmbed provider",
    "path-absolute": "is an absolute path; give a relative path or a web address",
    "path-is-file-url": "is a file: address; give a relative path or a web address",
    "category-unknown": "is not a category (see https://yml.publiccode.tools/categories-list.html)",
    "category-unknown near": "is not a category; did you mean “{near}”?",
    "scope-unknown": "is not a scope (see https://yml.publiccode.tools/scope-list.html)",
    "scope-unknown near": "is not a scope; did you mean “{near}”?",
    "development-status-unknown": "must be one of {choices}",
    "software-type-unknown": "must be one of {choices}",
    "maintenance-type-unknown": "must be one of {choices}",
    "extension-version-unknown": "must be one of {choices}, in quotes",
    "key-deprecated": "is deprecated, and can be removed",
    "key-deprecated instead": "is deprecated; use {instead}",
    "country-lowercase": "is in lower case, which is deprecated; use “{instead}”",
    "italy-twice": "stands beside IT; keep only IT",
    "text-blank": "is nothing but white space",
    "item-empty": "is empty",
    "item-twice": "stands twice in the list: “{value}”",
    "number-rewritten": "is read as the number {read}; put quotes around {written} to keep it as it is",
    "platform-unusual": "is written “{near}” by others",
    "contract-ended": "is past: the contract ended on {until}",
    "licence-deprecated": "holds identifiers that SPDX has deprecated: {value}",
    "licence-own": "is not in the SPDX list: {value}; is its text in the repository?",
    "url-with-credentials": "holds a user name or password; remove it",
    "url-not-code": "begins with {scheme}:, and cannot lead to a repository",
    "countries-contradict": "is also among the intended countries: “{value}”",
    "language-twice": "is the same language as “{first}”",
    "funder-unnamed": "should have a name",
    "section-outdated": "is deprecated since version 0.7; use organisation.uri and supports",
    "findings-too-many": "there are more findings than the {most} listed",
}

CATALOGUES: dict[str, Mapping[str, str]] = {"en": ENGLISH}
"""Texts by language; a missing text is English."""

_VARIANTS = ("near", "instead")
"""Parameters whose presence asks for a text of its own."""


def render(finding: Finding, language: str = "en") -> str:
    """The finding as a sentence without its subject, which is the path."""
    texts = CATALOGUES.get(language, ENGLISH)
    key = next((key for key in _keys(finding) if key in ENGLISH), finding.code)
    template = texts.get(key) or ENGLISH[key]
    return template.format_map({name: _shown(value) for name, value in finding.params.items()})


def _keys(finding: Finding) -> Iterable[str]:
    """The texts that fit, the most exact first."""
    for variant in _VARIANTS:
        if variant in finding.params:
            yield f"{finding.code} {variant}"
    if "expected" in finding.params:
        yield f"{finding.code} {finding.params['expected']}"
    yield finding.code


_LONGEST = 80


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value)
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
