"""The forms of values as JSON Schema: patterns, closed lists, and what one key says of another."""

from typing import Any, TypeAlias

from app.publiccode import values, vocabulary
from app.publiccode.countries import Italy
from app.publiccode.model import (
    Contact,
    Contractor,
    Description,
    IntendedAudience,
    Legal,
    Localisation,
    Maintenance,
    Organisation,
    Support,
    Texts,
)
from app.publiccode.rules import (
    LONGEST_GENERIC_NAME,
    LONGEST_SHORT_DESCRIPTION,
    SHORTEST_LONG_DESCRIPTION,
)
from app.publiccode.schema.demands import Key

Schema: TypeAlias = dict[str, Any]

_END = r"\Z"
_PLAIN_CHARACTERS = " -\u00a8\u00aa-\u00ad\u00af-\u02ff\u0370-\u03ff\u0400-\u0482\u048a-\u052f"
"""Of which each certainly is one character for a reader: no accents, emoji or line ends among them."""


def _at_most(characters: int) -> Schema:
    """JSON Schema counts code points, and we what a reader sees, so `maxLength` would refuse too much."""
    one = _PLAIN_CHARACTERS
    return {"pattern": f"^[^{one}]*(?:[{one}][^{one}]*){{0,{characters}}}$"}


def _whole(pattern: str) -> str:
    r"""A pattern of our own in the syntax of JSON Schema, which matches anywhere and has no `\Z`."""
    return f"^(?:{pattern.removesuffix(_END)})$"


FILLED_TEXT: Schema = {"$ref": "#/$defs/text", "minLength": 1}
MAYBE_TEXT: Schema = {"$ref": "#/$defs/textOrNothing"}
ADDRESS: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:[^\\x00-\\x1f\\x7f]+$"}
WEB_ADDRESS: Schema = {
    "type": "string",
    "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$",
}
IDENTIFIER: Schema = {
    "type": "string",
    "pattern": "^(?:[Uu][Rr][Nn]:.+|[A-Za-z][A-Za-z0-9+.-]*://.+)$",
}
DATE: Schema = {"type": "string", "format": "date", "pattern": _whole(values.DATE.pattern)}
EMAIL: Schema = {"type": "string", "pattern": _whole(values.EMAIL)}
MIME_TYPE: Schema = {"type": "string", "pattern": _whole(values.MIME_TYPE.pattern)}
RELATIVE_PATH: Schema = MAYBE_TEXT | {"not": {"type": "string", "pattern": "^(?:/|file:)"}}

NAMED: dict[str, Schema] = {
    "text": {
        "$comment": "Numbers, true and false are read as texts. Editors need not offer them.",
        "anyOf": [{"type": "string"}, {"not": {"type": ["null", "array", "object"]}}],
    },
    "textOrNothing": {"anyOf": [{"type": "string"}, {"not": {"type": ["array", "object"]}}]},
    "language": {
        "title": "Language tag",
        "description": "BCP 47: en, it, de-CH.",
        "anyOf": [
            {"enum": sorted(tag for tag in vocabulary.languages() if len(tag) == 2)},
            {
                "type": "string",
                "pattern": "^(?:[A-Za-z]{2,3}|[IiXx]-[A-Za-z0-9]{1,8})(?:-[A-Za-z0-9]{1,8})*$",
            },
        ],
    },
    "country": {
        "title": "Country",
        "anyOf": [
            {"enum": sorted(vocabulary.countries())},
            {
                "$comment": "Lower case is deprecated.",
                "type": "string",
                "pattern": _whole("|".join(sorted(vocabulary.countries())).lower()),
            },
        ],
    },
}

FORMS: dict[Key, Schema] = {
    (Description, "url"): ADDRESS,
    (Description, "isBasedOn"): ADDRESS,
    (Description, "releaseDate"): DATE,
    (Description, "logo"): RELATIVE_PATH,
    (Description, "monochromeLogo"): RELATIVE_PATH,
    (Description, "inputTypes"): MIME_TYPE,
    (Description, "outputTypes"): MIME_TYPE,
    (Description, "platforms"): {"anyOf": [{"enum": list(vocabulary.PLATFORMS)}, MAYBE_TEXT]},
    (Description, "categories"): {"enum": sorted(vocabulary.categories())},
    (Description, "developmentStatus"): {"enum": list(vocabulary.DEVELOPMENT_STATUSES)},
    (Description, "softwareType"): {"enum": list(vocabulary.SOFTWARE_TYPES)},
    (Organisation, "uri"): IDENTIFIER,
    (Support, "id"): {
        "anyOf": [
            {"enum": [f"alias:{alias}" for alias in sorted(vocabulary.support_aliases())]},
            IDENTIFIER,
        ]
    },
    (IntendedAudience, "scope"): {"enum": sorted(vocabulary.scopes())},
    (IntendedAudience, "countries"): {"$ref": "#/$defs/country"},
    (IntendedAudience, "unsupportedCountries"): {"$ref": "#/$defs/country"},
    (Texts, "genericName"): MAYBE_TEXT | _at_most(LONGEST_GENERIC_NAME),
    (Texts, "shortDescription"): FILLED_TEXT | _at_most(LONGEST_SHORT_DESCRIPTION),
    (Texts, "longDescription"): {"type": "string", "minLength": SHORTEST_LONG_DESCRIPTION},
    (Texts, "screenshots"): RELATIVE_PATH,
    (Legal, "license"): {
        "anyOf": [
            {"enum": sorted(vocabulary.licences().values())},
            {"type": "string", "pattern": "^\\s*[A-Za-z0-9.:()+ -]+\\s*$"},
        ]
    },
    (Legal, "authorsFile"): RELATIVE_PATH,
    (Maintenance, "type"): {"enum": list(vocabulary.MAINTENANCE_TYPES)},
    (Contractor, "email"): EMAIL,
    (Contractor, "until"): DATE,
    (Contact, "email"): EMAIL,
    (Localisation, "availableLanguages"): {"$ref": "#/$defs/language"},
    (Italy, "countryExtensionVersion"): {
        "$comment": "The number 1.0 would be read as 1.",
        "enum": [*vocabulary.ITALIAN_EXTENSION_VERSIONS, 0.2],
    },
}
"""What a key, or each item of its list, may hold; keys that are not here hold any text or web address."""

CONDITIONS: dict[type, Schema] = {
    Description: {
        "not": {
            "$comment": "The Italian section may stand under one key only.",
            "properties": {"IT": {"type": "object"}, "it": {"type": "object"}},
            "required": ["IT", "it"],
        }
    },
    Maintenance: {
        "allOf": [
            {
                "if": {"properties": {"type": {"const": "contract"}}, "required": ["type"]},
                "then": {
                    "properties": {"contractors": {"type": "array"}},
                    "required": ["contractors"],
                },
                "else": {"properties": {"contractors": {"type": "null"}}},
            },
            {
                "if": {
                    "properties": {"type": {"enum": ["internal", "community"]}},
                    "required": ["type"],
                },
                "then": {"properties": {"contacts": {"type": "array"}}, "required": ["contacts"]},
            },
        ]
    },
}
