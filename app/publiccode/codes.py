"""The code of every rule: how grave it is, what it means, what to do, and where the standard says so.

Codes are stable: they are never renamed, and never change their meaning.
"""

from enum import StrEnum
from typing import NamedTuple

STANDARD = "https://yml.publiccode.tools/"
SCHEMA = STANDARD + "schema.core.html"
YAML = "https://yaml.org/spec/1.2.2/"
SPDX = "https://spdx.org/licenses/"


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
    beyond_reference: bool = False
    """Only we say it: its findings are always extra."""


def error(explanation: str, remedy: str, source: str = SCHEMA) -> Code:
    return Code(Severity.ERROR, explanation, remedy, source)


def warning(explanation: str, remedy: str, source: str = SCHEMA) -> Code:
    return Code(Severity.WARNING, explanation, remedy, source)


def advice(explanation: str, remedy: str, source: str = SCHEMA) -> Code:
    return Code(Severity.WARNING, explanation, remedy, source, beyond_reference=True)


GROUPS: dict[str, dict[str, Code]] = {
    "The text as a whole": {
        "not-utf-8": error(
            "The bytes of the file are not text in the encoding UTF-8.",
            "Save the file as UTF-8, without a byte order mark.",
            YAML + "#52-character-encodings",
        ),
        "file-too-large": error(
            "The file is larger than any description needs to be, and is not read.",
            "Put long documents elsewhere and link to them, for instance with `documentation`.",
        ),
        "not-yaml": error(
            "The text breaks the rules of YAML, so that nothing in it can be read.",
            "Look at the indentation, and put quotes around texts that contain `: ` or ` #`, or "
            "begin with a special character. Long texts are best written as a block: `>` behind "
            "the key, and the text indented below it.",
            YAML,
        ),
        "key-twice": error(
            "The same key stands twice in one section. Only the first one counts.",
            "Keep one of the two.",
            YAML + "#3213-node-comparison",
        ),
        "documents-several": error(
            "The file holds more than one YAML document, or begins with a YAML directive.",
            "Remove everything from the second `---` on, and any line that begins with `%`.",
            YAML + "#92-streams",
        ),
        "nested-too-deep": error(
            "Lists and sections are nested deeper than we read.",
            "Flatten the file; the standard needs no more than five levels.",
        ),
        "nodes-too-many": error(
            "The file has more keys and values than we read, counting those that aliases repeat.",
            "Shorten the file, and write values out in the place of aliases.",
        ),
        "byte-order-mark": advice(
            "The file begins with an invisible byte order mark. It becomes part of the first key, "
            "so that other tools do not find that key.",
            "Save the file as UTF-8 without a byte order mark (“UTF-8”, not “UTF-8 with BOM”).",
            YAML + "#52-character-encodings",
        ),
    },
    "The version": {
        "version-missing": error(
            "The file does not say which version of the standard it follows, or holds no keys at "
            "all.",
            'Begin the file with `publiccodeYmlVersion: "0"`.',
        ),
        "version-not-text": error(
            "The version is not a plain or quoted text. Without quotes, `0` and `0.5` are numbers.",
            'Put quotes around the version: `publiccodeYmlVersion: "0"`.',
        ),
        "version-unsupported": error(
            "The file follows a version of the standard that is not supported; nothing else is "
            "judged.",
            'Follow the current version: `publiccodeYmlVersion: "0"`.',
        ),
        "version-outdated": warning(
            "The file names an old version of the standard. It is judged by the rules of the "
            "latest one.",
            'Write `publiccodeYmlVersion: "0"`, which stands for the latest version before 1.',
        ),
    },
    "Keys and types": {
        "key-unknown": error(
            "The standard does not know this key, at this place.",
            "Correct the spelling (capitals count), move the key to its section, or remove it.",
            SCHEMA + "#top-level-keys-and-sections",
        ),
        "key-not-text": advice(
            "A number, a null or a truth value is used as a key. The reference validator then "
            "ignores the whole section.",
            "Put quotes around the key, or remove it.",
        ),
        "type-wrong": error(
            "The value is of another type than the key asks for.",
            "Give a text, a list, a section, or `true` or `false`, as the standard says for this "
            "key.",
        ),
        "alias-unresolved": error(
            "The alias refers to an anchor that does not stand before it, or to itself.",
            "Write the value itself.",
            YAML + "#71-alias-nodes",
        ),
        "url-unparsable": error(
            "The text cannot be read as a URL at all. Addresses such as "
            "`git@example.org:team/app.git` are none.",
            "Give a complete address such as `https://example.org/path`, without spaces.",
        ),
    },
    "What must be there": {
        "required": error(
            "A required key is missing, or its value is empty.", "Add the key with its value."
        ),
        "too-few-items": error(
            "The list or section must hold at least one item.", "Add at least one item."
        ),
        "too-short": error(
            "The text is shorter than the standard asks for. Characters are counted as people "
            "see them, line breaks included.",
            "Say what the software does, for whom, and what is gained by it.",
        ),
        "too-long": error(
            "The text is longer than the standard allows. Characters are counted as people see "
            "them, line breaks included.",
            "Shorten it; details can go into `longDescription` or `documentation`.",
        ),
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
    },
    "Forms of values": {
        "url-invalid": error(
            "The text is not a complete URL.",
            "Give a full address such as `https://example.org/path`.",
        ),
        "url-not-http": error(
            "The text is not a web address.", "Give an address that begins with `https://`."
        ),
        "date-invalid": error(
            "The text is not a day of the calendar in the form YYYY-MM-DD.",
            "Write the date as YYYY-MM-DD, with leading zeros.",
        ),
        "email-invalid": error(
            "The text is not an e-mail address.",
            "Give the bare address, without a name or angle brackets.",
        ),
        "mime-type-invalid": error(
            "The text is not a MIME type.", "Write it as `type/subtype`, without parameters."
        ),
        "language-invalid": error(
            "The text is not a BCP 47 language tag, or names a language that is not registered.",
            "Use a tag such as `en`, `it` or `de-CH`: the two letters of a language where there "
            "are two, and hyphens, not underscores.",
            "https://www.rfc-editor.org/info/bcp47",
        ),
        "licence-unknown": error(
            "The text is not an SPDX licence expression.",
            "Take the identifier from the SPDX list; combine several with `AND`, `OR` and `WITH`.",
            SPDX,
        ),
        "country-unknown": error(
            "The text is not a country code.",
            "Use the two letters of ISO 3166-1 alpha-2 in capitals, such as `IT` or `SE`.",
        ),
        "organisation-uri-invalid": error(
            "The text is not a URI that identifies an organisation.",
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
            "Write `alias:` and a name, a web address or a URN.",
            STANDARD + "aliases-list.html",
        ),
        "video-provider-unknown": error(
            "The video is not on a site that can be embedded through oEmbed.",
            "Use the address of the video's page at a known provider, as the site gives it for "
            "sharing.",
            "https://oembed.com/",
        ),
        "path-absolute": error(
            "The path begins with `/`, and leads nowhere in a repository.",
            "Give the path from the top of the repository, or a web address.",
        ),
        "path-is-file-url": error(
            "The value is a `file:` address, which others cannot open.",
            "Give the path from the top of the repository, or a web address.",
        ),
    },
    "Closed lists": {
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
            "The version of the country extension is not one of the known ones. Without quotes, "
            "`1.0` is the number 1.",
            'Write `"1.0"` or `"0.2"`, in quotes.',
            STANDARD + "country.html",
        ),
    },
    "What is on its way out": {
        "key-deprecated": warning(
            "The standard has deprecated the key, and will drop it.",
            "Move its value to the key that the message names; where it names none, remove it.",
        ),
        "country-lowercase": warning(
            "The country code is in lower case, which is deprecated.", "Write it in capitals."
        ),
        "italy-twice": error(
            "Both `it` and `IT` are there, and only one can count.",
            "Keep one section, under the key `IT`.",
            STANDARD + "country.html",
        ),
        "section-outdated": advice(
            "The standard has deprecated the sections of single countries since version 0.7.",
            "Say who publishes the software with `organisation.uri`, and what it complies with or "
            "connects to with `supports`.",
            STANDARD + "country.html",
        ),
    },
    "Good to know": {
        "text-blank": advice(
            "The text is nothing but white space, and says nothing to readers.",
            "Write a text, or remove the key.",
        ),
        "item-empty": advice(
            "An item of the list is empty, often because of a dash too many.",
            "Fill it or remove it.",
        ),
        "item-twice": advice("The same item stands twice in the list.", "Keep one of the two."),
        "number-rewritten": advice(
            "The value is read as a number, and loses what only its spelling says: `1.10` becomes "
            "`1.1`.",
            "Put quotes around it.",
        ),
        "platform-unusual": advice(
            "The platform differs in its spelling from one that the standard suggests.",
            "Write it as suggested, so that it is found.",
        ),
        "contract-ended": advice(
            "The contract for the maintenance has ended.",
            "Name the contract that is in force, or set `maintenance.type` to what is true now.",
            SCHEMA + "#section-maintenance",
        ),
        "licence-deprecated": advice(
            "SPDX has deprecated an identifier of the expression.",
            "Use what the list names in its place. For the licences of GNU, say whether later "
            "versions are allowed: `-only` or `-or-later`.",
            SPDX,
        ),
        "licence-own": advice(
            "The licence is not one of the SPDX list, so readers cannot look it up.",
            "Check that its whole text is in the repository.",
            SPDX,
        ),
        "url-with-credentials": advice(
            "The address holds a user name or a password, and the file is public.",
            "Remove it from the address, and change the password: what was published is known.",
        ),
        "url-not-code": advice(
            "The address cannot lead to a repository.", "Give the address of the source code."
        ),
        "countries-contradict": advice(
            "The country is both intended and unsupported.", "Keep it in one of the lists."
        ),
        "language-twice": advice(
            "Two tags differ in their capitals only, and name the same language.",
            "Join the texts under one of them.",
        ),
        "funder-unnamed": advice(
            "The standard wants the funder's name beside its URI.", "Add `name`."
        ),
        "address-gone": advice(
            "The network was asked, and nothing is served at this address any more, or not what "
            "the key stands for: a repository or an image. Only certain answers count; a refusal or "
            "a silence may concern us alone.",
            "Correct the address, or remove it.",
        ),
        "findings-too-many": advice(
            "There are more findings than a report holds.",
            "Correct those listed and check again.",
        ),
    },
}
"""In the order of the document that is made of them, under its headings."""

CODES: dict[str, Code] = {code: about for group in GROUPS.values() for code, about in group.items()}
