"""The code of every rule: how grave it is, what it means, what to do, and where the standard says so.

Codes are stable: they are never renamed, and never change their meaning.
"""

from enum import StrEnum
from typing import NamedTuple

STANDARD = "https://yml.publiccode.tools/"
SCHEMA = STANDARD + "schema.core.html"
YAML = "https://yaml.org/spec/1.2.2/"


class Severity(StrEnum):
    """Errors make a file invalid, warnings do not."""

    ERROR = "error"
    WARNING = "warning"


class Code(NamedTuple):
    """What is to be known about a rule, apart from the rule itself."""

    severity: Severity
    explanation: str
    remedy: str
    source: str = SCHEMA
    """Where it is written; `SCHEMA` stands for the key's own section there."""


def error(explanation: str, remedy: str, source: str = SCHEMA) -> Code:
    return Code(Severity.ERROR, explanation, remedy, source)


def warning(explanation: str, remedy: str, source: str = SCHEMA) -> Code:
    return Code(Severity.WARNING, explanation, remedy, source)


CODES: dict[str, Code] = {
    # The text as a whole
    "not-utf-8": error(
        "The bytes are not UTF-8 text.",
        "Save the file in the encoding UTF-8, without a byte order mark.",
        YAML + "#52-character-encodings",
    ),
    "file-too-large": error(
        "The file is larger than any description needs to be, and is not read.",
        "Put long documents elsewhere and link to them.",
    ),
    "not-yaml": error(
        "The text breaks the rules of YAML.",
        "Look at the indentation, and put quotes around texts that contain `: `, ` #` or begin "
        "with a special character.",
        YAML,
    ),
    "key-twice": error(
        "The same key stands twice in one mapping.",
        "Keep one of the two.",
        YAML + "#3213-node-comparison",
    ),
    "documents-several": error(
        "The file holds more than one YAML document, or begins with a YAML directive.",
        "Remove everything from the second `---` on, and any line that begins with `%`.",
        YAML + "#92-streams",
    ),
    "nested-too-deep": error(
        "Lists and mappings are nested deeper than the limit.",
        "Flatten the file; the standard needs no more than five levels.",
    ),
    "nodes-too-many": error(
        "The file has more keys and values, aliases written out, than the limit.",
        "Shorten the file.",
    ),
    "byte-order-mark": warning(
        "The file begins with a byte order mark, which becomes part of its first key.",
        "Save the file as UTF-8 without a byte order mark.",
        YAML + "#52-character-encodings",
    ),
    # The version
    "version-missing": error(
        "The file does not say which version of the standard it follows.",
        'Begin the file with `publiccodeYmlVersion: "0"`.',
    ),
    "version-not-text": error(
        "The version is not a plain or quoted text.",
        'Put quotes around the version: `publiccodeYmlVersion: "0"`.',
    ),
    "version-unsupported": error(
        "The file follows a version of the standard that is not supported.",
        'Follow the current version: `publiccodeYmlVersion: "0"`.',
    ),
    "version-outdated": warning(
        "The file follows an old version of the standard, and is read by the rules of the current one.",
        'Write `publiccodeYmlVersion: "0"`.',
    ),
    # Keys and types
    "key-unknown": error(
        "The standard does not know this key.",
        "Correct the spelling (capitals count), or remove the key.",
        SCHEMA + "#top-level-keys-and-sections",
    ),
    "key-not-text": warning(
        "A number, a null or a truth value is used as a key; the reference validator then ignores "
        "the whole mapping.",
        "Put quotes around the key, or remove it.",
    ),
    "type-wrong": error(
        "The value is of another type than the key asks for.",
        "Give a text, a list, a mapping, or `true` or `false`, as the standard says for this key.",
    ),
    "alias-unresolved": error(
        "The alias refers to an anchor that does not stand before it, or to itself.",
        "Write the value itself.",
        YAML + "#71-alias-nodes",
    ),
    "url-unparsable": error(
        "The text cannot be read as a URL.",
        "Give a full address such as `https://example.org/path`, without spaces.",
    ),
    # What must be there
    "required": error("A required key is missing or empty.", "Add the key with its value."),
    "too-few-items": error(
        "The list or mapping must hold at least one item.", "Add at least one item."
    ),
    "too-short": error("The text is shorter than the standard asks for.", "Write more."),
    "too-long": error("The text is longer than the standard allows.", "Shorten it."),
    "contacts-missing": error(
        "`contacts` is required where the maintenance is internal or by the community.",
        "Add somebody who answers questions about the software.",
        SCHEMA + "#section-maintenance",
    ),
    "contractors-missing": error(
        "`contractors` is required where the maintenance is under a contract.",
        "Add the contractors, with the end of their contracts.",
        SCHEMA + "#section-maintenance",
    ),
    "contractors-unexpected": error(
        "`contractors` is only allowed where the maintenance is under a contract.",
        "Set `maintenance.type` to `contract`, or remove `contractors`.",
        SCHEMA + "#section-maintenance",
    ),
    # Forms of values
    "url-invalid": error(
        "The text is not a complete URL.", "Give a full address such as `https://example.org/path`."
    ),
    "url-not-http": error(
        "The text is not a web address.", "Give an address that begins with `https://`."
    ),
    "date-invalid": error("The text is not a date.", "Write the date as YYYY-MM-DD."),
    "email-invalid": error(
        "The text is not an e-mail address.", "Give the bare address: `name@example.org`."
    ),
    "mime-type-invalid": error("The text is not a MIME type.", "Write it as `type/subtype`."),
    "language-invalid": error(
        "The text is not a BCP 47 language tag.",
        "Use a tag such as `en`, `it` or `de-CH`; two letters where there are two.",
        "https://www.rfc-editor.org/info/bcp47",
    ),
    "licence-unknown": error(
        "The text is not an SPDX licence expression.",
        "Take the identifier from the SPDX list; combine several with `AND` and `OR`.",
        "https://spdx.org/licenses/",
    ),
    "country-unknown": error(
        "The text is not a country code.", "Use ISO 3166-1 alpha-2 in capitals: `IT`, `SE`."
    ),
    "organisation-uri-invalid": error(
        "The text is not a URI of an organisation.",
        "Give a web address or a URN of the organisation.",
    ),
    "ipa-code-unknown": error(
        "The code is not in the Italian index of public administrations (iPA).",
        "Look the code up at https://indicepa.gov.it.",
    ),
    "supports-alias-unknown": error(
        "The alias is not in the standard's list.",
        "Use an alias of the list, or a URI.",
        STANDARD + "aliases-list.html",
    ),
    "supports-uri-invalid": error(
        "The text is neither an alias nor a URI.",
        "Write `alias:<name>`, a web address or a URN.",
        STANDARD + "aliases-list.html",
    ),
    "video-provider-unknown": error(
        "The video is not on a site that can be embedded through oEmbed.",
        "Use the address of the video's page at a known provider, as its share button gives it.",
        "https://oembed.com/",
    ),
    "path-absolute": error(
        "The path is absolute.",
        "Give the path from the top of the repository, or a web address.",
    ),
    "path-is-file-url": error(
        "The value is a file: address.",
        "Give the path from the top of the repository, or a web address.",
    ),
    # Closed lists
    "category-unknown": error(
        "The category is not in the standard's list.",
        "Take one from the list.",
        STANDARD + "categories-list.html",
    ),
    "scope-unknown": error(
        "The scope is not in the standard's list.",
        "Take one from the list.",
        STANDARD + "scope-list.html",
    ),
    "development-status-unknown": error(
        "The development status is not one of the standard's.", "Take one of those listed."
    ),
    "software-type-unknown": error(
        "The software type is not one of the standard's.", "Take one of those listed."
    ),
    "maintenance-type-unknown": error(
        "The maintenance type is not one of the standard's.", "Take one of those listed."
    ),
    "extension-version-unknown": error(
        "The version of the country extension is not one of the known ones.",
        'Write `"1.0"` or `"0.2"`, in quotes.',
        STANDARD + "country.html",
    ),
    # What is on its way out
    "key-deprecated": warning(
        "The key is deprecated.", "Move its value to the key named, or remove it."
    ),
    "country-lowercase": warning(
        "The country code is in lower case, which is deprecated.", "Write it in capitals."
    ),
    "italy-twice": error(
        "Both `it` and `IT` are there.",
        "Keep one section, under the key `IT`.",
        STANDARD + "country.html",
    ),
    # Beyond the reference
    "text-blank": warning(
        "The text is nothing but white space.", "Write a text or remove the key."
    ),
    "item-empty": warning("An item of the list is empty.", "Fill it or remove it."),
    "item-twice": warning("The same item stands twice in the list.", "Keep one of the two."),
    "number-rewritten": warning(
        "The value is read as a number, and loses what only its spelling says: `1.10` becomes `1.1`.",
        "Put quotes around it.",
    ),
    "platform-unusual": warning(
        "The platform differs in its spelling from one that the standard suggests.",
        "Write it as suggested, so that it is found.",
    ),
    "contract-ended": warning("The contract has ended.", "Bring the maintenance up to date."),
    "licence-deprecated": warning(
        "SPDX has deprecated this identifier.",
        "Say whether later versions are allowed: `-only` or `-or-later`.",
        "https://spdx.org/licenses/",
    ),
    "licence-own": warning(
        "The licence is not one of the SPDX list.",
        "Check that the whole text is in the repository; readers cannot look it up.",
        "https://spdx.org/licenses/",
    ),
    "url-with-credentials": warning(
        "The address holds a user name or a password.", "Remove it; what is published is known."
    ),
    "url-not-code": warning(
        "The address cannot lead to a repository.", "Give the address of the source code."
    ),
    "countries-contradict": warning(
        "The country is both intended and unsupported.", "Keep it in one of the lists."
    ),
    "language-twice": warning(
        "Two tags name the same language.", "Join the texts under one of them."
    ),
    "funder-unnamed": warning("The standard wants the funder's name.", "Add `name`."),
    "section-outdated": warning(
        "The standard deprecates the sections of single countries since 0.7.",
        "Use `organisation.uri` and `supports`.",
        STANDARD + "country.html",
    ),
    "findings-too-many": warning(
        "There are more findings than a report holds.", "Correct those listed and check again."
    ),
}
