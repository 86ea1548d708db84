"""What the rules ask of keys whatever their values: learnt by asking them about files that we make up."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from app.publiccode import vocabulary
from app.publiccode.advice import ADVICE
from app.publiccode.findings import Path
from app.publiccode.model import Description
from app.publiccode.shape import LISTS, Kind, from_wire, shape_of
from app.publiccode.versions import Edition

Key: TypeAlias = tuple[type, str]
"""A section's class, and the name of one of its keys."""

_MISSING = ("required", "too-few-items")
_DISCOURAGED = ("key-deprecated", "section-outdated")


class Demands(NamedTuple):
    """Keys by what an edition asks of them."""

    required: frozenset[Key]
    not_empty: frozenset[Key]
    """Lists and mappings which hold at least one item."""
    deprecated: frozenset[Key]


def demands_of(edition: Edition) -> Demands:
    """What the rules miss where there is nothing, and what they advise against where all is there."""
    nothing = Description()
    hollow = _everywhere(Description, None)
    contracted = hollow | {"maintenance": hollow["maintenance"] | {"type": "contract"}}
    sections = [from_wire(Description, wire) for wire in (hollow, contracted)]
    missing = [
        _keys(path)[-1]
        for description in sections
        for path in _paths(edition, description, *_MISSING)
    ]
    not_empty = {
        _keys(path)[-1]
        for description in (nothing, *sections)
        for path in _paths(edition, description, "too-few-items")
    }
    full = _everywhere(Description, "x")
    full["IT"]["riuso"]["codiceIPA"] = min(vocabulary.ipa_codes())
    return Demands(
        required=frozenset(
            # Of a file that holds nothing, the sections on the way are missing as well.
            [
                *missing,
                *(key for path in _paths(edition, nothing, *_MISSING) for key in _keys(path)),
            ]
        ),
        not_empty=frozenset(not_empty),
        deprecated=frozenset(
            _keys(path)[-1] for path in _paths(edition, from_wire(Description, full), *_DISCOURAGED)
        ),
    )


def _everywhere(section: type, text: str | None) -> dict[str, Any]:
    """A section as JSON that has every key, and `text` wherever there is one."""
    made: dict[str, Any] = {}
    for name, _, kind, of, _ in shape_of(section):
        part = _everywhere(of, text) if of else text
        if kind is Kind.LANGUAGES:
            made[name] = {"en": part}
        elif kind is Kind.FLAG:
            made[name] = None if text is None else True
        elif kind in LISTS:
            made[name] = [] if part is None else [part]
        else:
            made[name] = part
    return made


def _paths(edition: Edition, description: Description, *codes: str) -> Iterator[Path]:
    """Where the rules report one of `codes`."""
    for rule in (*edition.field_rules, *edition.closing_rules, *ADVICE):
        for fault in rule(description):
            if fault.code in codes:
                yield fault.path


def _keys(path: Path) -> list[Key]:
    """The keys along a path, without list positions and language tags."""
    section: type = Description
    keys = []
    for part in path:
        field = next((one for one in shape_of(section) if one.name == part), None)
        if field is not None:
            keys.append((section, field.name))
            section = field.of or section
    return keys
