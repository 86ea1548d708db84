"""A publiccode.yml to begin with: what is known of software, and blanks for what a file must tell.

Every key has a comment that says what it means. The draft is valid but for its blanks: what would
not pass stands in a comment instead, so that its author can go on from it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, takewhile
from textwrap import wrap
from typing import Any, TypeAlias

from app.publiccode.canonical import without
from app.publiccode.codes import CODES, Severity
from app.publiccode.findings import Fault, Path
from app.publiccode.known import UNDETERMINED
from app.publiccode.model import Description, Organisation, Texts
from app.publiccode.normalise import mapping, scalar
from app.publiccode.schema.demands import Key, demands_of
from app.publiccode.schema.meanings import MEANINGS
from app.publiccode.shape import LISTS, Field, Kind, shape_of
from app.publiccode.versions import EDITIONS

VERSION = "0"
EDITION = EDITIONS[0]
WIDTH = 100
LONGEST_REMARK = 20
"""Lines of what does not pass that are shown."""

LANGUAGE = "en"
"""Of texts that are still to be written."""

HEADING = (
    "A draft of publiccode.yml: what is known of this software. Fill in what is marked as missing, "
    "check the rest, and save it as publiccode.yml at the top of the repository."
)
LANGUAGE_UNKNOWN = f"Instead of {UNDETERMINED}, write the language of the texts, such as sv."

Wire: TypeAlias = dict[str, Any]

Refused: TypeAlias = dict[Path, list[Any]]
"""Values that do not pass, by the key under which they were given."""

BLANK = frozenset(("required", "too-few-items", "contacts-missing", "contractors-missing"))
"""What is wrong with a key that is not there."""


def draft(known: Description) -> str:
    """The file; what is known may be of any version, and need not be valid."""
    sound, refused = _sound(_current(known))
    sound = replace(sound, description=sound.description or {LANGUAGE: Texts()})
    wire = sound.to_json()
    for fault in _faults(sound):
        _make_room(wire, fault.path)
    sections = _Writer(refused).section(Description, wire, ())
    return "".join((*_comment(HEADING), "\n", *sections)).rstrip("\n") + "\n"


def _current(known: Description) -> Description:
    """In today's terms: without keys that are not used any more."""
    organisation = known.organisation
    if organisation is None and known.legal.repo_owner:
        organisation = Organisation(name=known.legal.repo_owner)
    texts = {tag: each for tag, each in known.description.items() if tag != UNDETERMINED}
    current = replace(
        known,
        version=VERSION,
        organisation=organisation,
        description=texts or known.description,
    )
    wire = current.to_json()
    _tidy(Description, wire)
    return Description.from_json(wire)


@lru_cache(maxsize=1)
def _deprecated() -> frozenset[Key]:
    return demands_of(EDITION).deprecated


def _tidy(section: type, wire: Wire) -> None:
    """Drop what is empty, and keys that are not used any more."""
    for field in shape_of(section):
        value = wire.pop(field.name, None)
        if field.kind in LISTS and value:
            value = [each for each in value if each != ""]
        if value in (None, "", []) or (section, field.name) in _deprecated():
            continue
        if field.of:
            for part in _parts(field, value):
                _tidy(field.of, part)
        wire[field.name] = value


def _parts(field: Field, value: Any) -> Iterable[Wire]:  # noqa: ANN401 - as the field's kind says
    match field.kind:
        case Kind.LANGUAGES:
            return list(value.values())
        case Kind.SECTIONS:
            return list(value)
        case _:
            return [value]


def _sound(description: Description) -> tuple[Description, Refused]:
    """The description without what does not pass, and that."""
    refused: Refused = {}
    while paths := [
        path for fault in _faults(description) if fault.code not in BLANK for path in _paths(fault)
    ]:
        wire = description.to_json()
        for path in paths:
            refused.setdefault(_key(path), []).append(_at(wire, path))
        description = without(description, paths)
    return description, refused


def _faults(description: Description) -> list[Fault]:
    """What would make it invalid."""
    faults = (fault for rule in EDITION.field_rules for fault in rule(description))
    return [fault for fault in faults if CODES[fault.code].severity is Severity.ERROR]


def _paths(fault: Fault) -> list[Path]:
    tags = fault.params.get("tags")
    return [(*fault.path, tag) for tag in tags] if isinstance(tags, tuple) else [fault.path]


def _key(path: Path) -> Path:
    """That of the key with a comment: the list, of what is in one."""
    return tuple(takewhile(lambda part: isinstance(part, str), path))


def _at(wire: Any, path: Path) -> object:  # noqa: ANN401 - any part of a file
    for part in path:
        wire = wire[part]
    return wire


def _make_room(wire: Any, path: Path) -> None:  # noqa: ANN401 - any part of a file
    """Have the key that is missing, without a value."""
    *sections, name = path
    for part in sections:
        wire = wire[part] if isinstance(part, int) else wire.setdefault(part, {})
    wire.setdefault(name, None)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes sections in the order of the standard, with comments."""

    refused: Refused

    def section(
        self, section: type, wire: Wire, path: Path, *, is_first: bool = True
    ) -> Iterator[str]:
        """The keys of a section; their meaning is told where it is the first of its kind."""
        indent = "  " * len(path)
        for field in shape_of(section):
            here = (*path, field.name)
            is_there = field.name in wire
            is_blank = is_there and wire[field.name] in (None, [])
            if is_first and (is_there or here in self.refused):
                sentence = MEANINGS[section][field.name].sentence
                yield from _comment(f"Missing. {sentence}" if is_blank else sentence, indent)
            for value in self.refused.get(here, ()):
                yield from _remark(field.name, value, indent)
            if is_there:
                yield from self.value(field, wire[field.name], here)
            if not path and (is_there or here in self.refused):
                yield "\n"

    def value(self, field: Field, value: Any, path: Path) -> Iterator[str]:  # noqa: ANN401 - as the field's kind says
        """A key with what it holds."""
        indent = "  " * (len(path) - 1)
        if not value and value is not False:
            yield f"{indent}{field.name}:{' []' if field.kind in LISTS else ''}\n"
        elif field.kind is Kind.LANGUAGES:
            yield f"{indent}{field.name}:\n"
            for number, (tag, texts) in enumerate(value.items()):
                if tag == UNDETERMINED:
                    yield from _comment(LANGUAGE_UNKNOWN, indent + "  ")
                yield f"{indent}  {scalar(tag)}:\n"
                yield from self.section(Texts, texts, (*path, tag), is_first=number == 0)
        elif field.kind is Kind.SECTION and field.of:
            yield f"{indent}{field.name}:\n"
            yield from self.section(field.of, value, path)
        else:
            yield from mapping({field.name: _filled(value)}, indent)


def _filled(value: object) -> object:
    """Blanks inside of lists as empty texts."""
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items()}
    return "" if value is None else value


def _comment(text: str, indent: str = "") -> Iterator[str]:
    lines = wrap(text, WIDTH - len(indent) - 2, break_on_hyphens=False)
    return (f"{indent}# {line}\n" for line in lines)


def _remark(name: str, value: object, indent: str) -> Iterator[str]:
    """What was given for a key and does not pass."""
    yield f"{indent}# This does not pass:\n"
    lines = "".join(mapping({name: _filled(value)}, "")).split("\n")
    for line in islice(filter(None, lines), LONGEST_REMARK):
        yield f"{indent}#   {line}\n"
