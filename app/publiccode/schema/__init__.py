"""A JSON Schema of publiccode.yml, for editors: which keys there are, what they mean, what may stand there.

It is made of the model and its rules, which are asked what they miss and what they advise against.
It never refuses a file that `validate` accepts; the reverse does not hold, since JSON Schema cannot
say all that the rules say.
"""

import json
from collections.abc import Iterable, Iterator

from app.publiccode.model import Description
from app.publiccode.schema.demands import Key, demands_of
from app.publiccode.schema.forms import (
    CONDITIONS,
    FILLED_TEXT,
    FORMS,
    MAYBE_TEXT,
    NAMED,
    WEB_ADDRESS,
    Schema,
)
from app.publiccode.schema.meanings import MEANINGS
from app.publiccode.shape import Field, Kind, shape_of
from app.publiccode.versions import EDITIONS, Edition
from app.publiccode.versions import KEY as VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "https://samkod.example/schema/publiccode-{major}.json"
"""It only names the schema, and stays the same wherever that is served from."""


def json_schema(major: int = 0) -> Schema:
    """The schema of one major version of the standard, in the dialect of 2020-12."""
    sections = dict(_Builder(EDITIONS[major]).sections())
    return {
        "$schema": DIALECT,
        "$id": ID.format(major=major),
        "title": "publiccode.yml",
        "description": "A description of public-sector software, in the file publiccode.yml at the "
        "top of its repository. https://yml.publiccode.tools",
        **sections.pop(_name(Description)),
        "$defs": NAMED | sections,
    }


def render(major: int = 0) -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(major), indent=2, ensure_ascii=False) + "\n"


class _Builder:
    """Writes the sections of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.removed = edition.removed
        self.demands = demands_of(edition)
        self.forms = FORMS | {(Description, VERSION): {"enum": list(edition.supported)}}

    def sections(self) -> Iterator[tuple[str, Schema]]:
        """Each section by its name, in the order in which they are first needed."""
        waiting: list[type] = [Description]
        for section in waiting:
            fields = [one for one in shape_of(section) if (section, one.name) not in self.removed]
            yield _name(section), self.section(section, fields)
            for field in fields:
                if field.of is not None and field.of not in waiting:
                    waiting.append(field.of)

    def section(self, section: type, fields: Iterable[Field]) -> Schema:
        properties = {field.name: self.property(section, field) for field in fields}
        required = [name for name in properties if (section, name) in self.demands.required]
        return {
            "type": "object",
            **({"required": required} if required else {}),
            "properties": properties,
            "additionalProperties": False,
            **CONDITIONS.get(section, {}),
        }

    def property(self, section: type, field: Field) -> Schema:
        key = (section, field.name)
        title, sentence = MEANINGS[section][field.name]
        value = self.value(key, field)
        if key not in self.demands.required:
            value = _or_nothing(value)
        deprecated = {"deprecated": True} if key in self.demands.deprecated else {}
        return {"title": title, "description": sentence} | value | deprecated

    def value(self, key: Key, field: Field) -> Schema:
        """What the key holds where it is required."""
        form = self.forms.get(key)
        part = {"$ref": f"#/$defs/{_name(field.of)}"} if field.of else {}
        items = {"minItems": 1} if key in self.demands.not_empty else {}
        match field.kind:
            case Kind.TEXT:
                return form or FILLED_TEXT
            case Kind.FLAG:
                return {"type": "boolean"}
            case Kind.LINK:
                return form or WEB_ADDRESS
            case Kind.TEXTS:
                return {"type": "array", "items": form or MAYBE_TEXT} | items
            case Kind.LINKS:
                return {"type": "array", "items": form or WEB_ADDRESS} | items
            case Kind.LINK_OR_LINKS:
                return {"anyOf": [form, {"type": "array", "items": form}]}
            case Kind.SECTION:
                return part
            case Kind.SECTIONS:
                return {"type": "array", "items": part} | items
            case Kind.LANGUAGES:
                return {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"$ref": "#/$defs/language"},
                    "additionalProperties": part,
                }


def _or_nothing(value: Schema) -> Schema:
    """The same for a key that may be left empty, which is null in YAML."""
    if value == FILLED_TEXT:
        return MAYBE_TEXT
    if value.get("$ref") == MAYBE_TEXT["$ref"]:
        return value
    if "enum" in value:
        return value | {"enum": [*value["enum"], None]}
    if "type" in value:
        return value | {"type": [value["type"], "null"]}
    if "anyOf" in value:
        return value | {"anyOf": [*value["anyOf"], {"type": "null"}]}
    return {"anyOf": [value, {"type": "null"}]}


def _name(section: type) -> str:
    return section.__name__[0].lower() + section.__name__[1:]
