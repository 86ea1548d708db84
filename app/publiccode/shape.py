"""How a class mirrors a section of the file: the name and kind of each field, and JSON both ways."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import Enum, auto
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Kind(Enum):
    """What the file may hold for a field."""

    TEXT = auto()
    FLAG = auto()
    LINK = auto()
    TEXTS = auto()
    LINKS = auto()
    LINK_OR_LINKS = auto()
    SECTION = auto()
    SECTIONS = auto()
    LANGUAGES = auto()


LISTS = {Kind.TEXTS, Kind.LINKS, Kind.LINK_OR_LINKS, Kind.SECTIONS}


class Field(NamedTuple):
    """One field: its name in the file, its name here, what it holds, and the class of its parts."""

    name: str
    attribute: str
    kind: Kind
    of: type | None
    default: object


def wire(name: str, kind: Kind = Kind.TEXT, of: type | None = None) -> dict[str, object]:
    """Metadata of a dataclass field that is called `name` in the file."""
    return {"name": name, "kind": kind, "of": of}


_SHAPES: dict[type, tuple[Field, ...]] = {}


def shape_of(section: type) -> tuple[Field, ...]:
    """The fields of a section's class, in the standard's order."""
    shape = _SHAPES.get(section)
    if shape is None:
        shape = _SHAPES[section] = tuple(
            Field(
                attribute=one.name,
                default={} if one.default is MISSING else one.default,
                **one.metadata,
            )
            for one in fields(section)
        )
    return shape


def to_wire(section: object) -> dict[str, Any]:
    """A section as JSON values under the standard's names, without what the file did not give."""
    found: dict[str, Any] = {}
    for name, attribute, kind, _, default in shape_of(section.__class__):
        value = getattr(section, attribute)
        if value is None or value == default:
            continue
        if kind is Kind.LANGUAGES:
            found[name] = {language: to_wire(texts) for language, texts in value.items()}
        elif kind is Kind.SECTION:
            found[name] = to_wire(value)
        elif kind is Kind.SECTIONS:
            found[name] = [to_wire(one) for one in value]
        elif kind in LISTS:
            found[name] = list(value)
        else:
            found[name] = value
    return found


def from_wire(section: type[T], given: Mapping[str, Any]) -> T:
    """The section that `to_wire` wrote."""
    values: dict[str, Any] = {}
    for name, attribute, kind, of, _ in shape_of(section):
        value = given.get(name)
        if value is None:
            continue
        if of is None:
            values[attribute] = tuple(value) if kind in LISTS else value
        elif kind is Kind.LANGUAGES:
            values[attribute] = {tag: from_wire(of, texts) for tag, texts in value.items()}
        elif kind is Kind.SECTIONS:
            values[attribute] = tuple(from_wire(of, one) for one in value)
        else:
            values[attribute] = from_wire(of, value)
    return section(**values)
