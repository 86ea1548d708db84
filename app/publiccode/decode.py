"""From the tree to the typed description: what each key may hold, and all that does not fit.

Sections are read in the standard's order, so the first fault is the one that the reference reports.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from yaml.events import ScalarEvent

from app.publiccode import urls
from app.publiccode.findings import Fault, Path
from app.publiccode.model import Description
from app.publiccode.scalars import FLAGS, NULLS, OTHER_STARTS, Sort, sort_of, text_of
from app.publiccode.shape import Kind, shape_of
from app.publiccode.spelling import nearest
from app.publiccode.tree import AliasNode, MappingNode, Node, SequenceNode, is_null, span_of

BOOL_TAG = "tag:yaml.org,2002:bool"
NULL_TAG = "tag:yaml.org,2002:null"

MAX_SUGGESTIONS = 50
"""How many unknown keys are compared with the known ones; a file has few, or is no description."""

Entries: TypeAlias = Mapping[str, tuple[ScalarEvent, Node]]
"""What a mapping holds: the key as it stands in the text, and the value."""

Removed: TypeAlias = frozenset[tuple[type, str]]
"""Keys which a major version no longer has: section and name."""


class Decoded(NamedTuple):
    """What could be read, and what could not."""

    description: Description
    faults: list[Fault]
    """In the standard's order; for the reference there is only the first."""
    hints: list[Fault]
    """What was read, but perhaps not as its author meant it."""


def decode(root: MappingNode, removed: Removed = frozenset()) -> Decoded:
    """Read the description; values that do not fit are left out, or empty if they are list items."""
    decoder = _Decoder(removed)
    description = decoder.section(root, (), None, Description)
    if not isinstance(description, Description):
        description = Description()  # the root is tagged, or all it says came to nothing
    return Decoded(description, decoder.faults, decoder.hints)


class _Key(NamedTuple):
    """How the value of one key is read."""

    attribute: str
    read: "Callable[[_Decoder, Node, Path, str, Any], Any]"
    of: type | None


_KEYS: dict[tuple[type, Removed], dict[str, _Key]] = {}


def _keys_of(section: type, removed: Removed) -> dict[str, _Key]:
    keys = _KEYS.get((section, removed))
    if keys is None:
        keys = _KEYS[section, removed] = {
            one.name: _Key(one.attribute, _READERS[one.kind], one.of)
            for one in shape_of(section)
            if (section, one.name) not in removed
        }
    return keys


class _Decoder:
    """Reads values of each kind. Paths are only made where they are needed."""

    def __init__(self, removed: Removed) -> None:
        self.removed = removed
        self.faults: list[Fault] = []
        self.hints: list[Fault] = []
        self.suggestions = MAX_SUGGESTIONS

    def text(self, node: Node, path: Path, name: str, _: object) -> str | None:
        if node.__class__ is not ScalarEvent:
            scalar = self.scalar(node, path, name, "text")
            if scalar is None:
                return None
            node = scalar
        if not node.implicit[0]:
            return None if node.tag == NULL_TAG else node.value
        plain: str = node.value
        if plain[:1] not in OTHER_STARTS:
            return plain
        text = text_of(plain)
        if text is not None and text != plain:
            self.rewritten((*path, name), node, text)
        return text

    def flag(self, node: Node, path: Path, name: str, _: object) -> bool | None:
        scalar = self.scalar(node, path, name, "flag")
        if scalar is None:
            return None
        plain = scalar.implicit[0]
        if scalar.tag == NULL_TAG or (plain and scalar.value in NULLS):
            return None
        value = FLAGS.get(scalar.value) if plain or scalar.tag == BOOL_TAG else None
        if value is None:
            self.wrong((*path, name), scalar, "flag")
        return value

    def link(self, node: Node, path: Path, name: str, _: object) -> str | None:
        text = self.text(node, path, name, None)
        if text is not None and urls.parse(text) is None:
            self.faults.append(Fault("url-unparsable", (*path, name), {"value": text}))
            return None
        return text

    def texts(self, node: Node, path: Path, name: str, _: object) -> tuple[str, ...] | None:
        if isinstance(node, SequenceNode):  # nearly all: spared a call for each item
            values = [
                item.value
                for item in node.items
                if item.__class__ is ScalarEvent
                and item.tag is None
                and item.value[:1] not in OTHER_STARTS
            ]
            if len(values) == len(node.items):
                return tuple(values)
        return self.items(node, path, name, _Decoder.text, None, "")

    def links(self, node: Node, path: Path, name: str, _: object) -> tuple[str, ...] | None:
        return self.items(node, path, name, _Decoder.link, None, "")

    def link_or_links(self, node: Node, path: Path, name: str, _: object) -> tuple[str, ...] | None:
        if isinstance(_target(node), ScalarEvent):
            link = self.link(node, path, name, None)
            return None if link is None else (link,)
        return self.links(node, path, name, None)

    def sections(self, node: Node, path: Path, name: str, of: type) -> tuple[Any, ...] | None:
        return self.items(node, path, name, _Decoder.section, of, of())

    def items(
        self,
        node: Node,
        path: Path,
        name: str,
        read: "Callable[[_Decoder, Node, Path, Any, Any], object]",
        of: type | None,
        empty: object,
    ) -> tuple[Any, ...] | None:
        """A list; items that are null or do not fit are empty, so that positions stay true."""
        target = _target(node)
        if not isinstance(target, SequenceNode):
            if target is None or not is_null(target):
                self.wrong((*path, name), node, "list")
            return None
        place = (*path, name)
        found = [read(self, item, place, at, of) for at, item in enumerate(target.items)]
        if None in found:
            found = [empty if one is None else one for one in found]
        return tuple(found)

    def languages(self, node: Node, path: Path, name: str, of: type) -> dict[str, Any] | None:
        entries = self.entries(node, (*path, name))
        if entries is None:
            return None
        return {
            tag: self.section(value, (*path, name), tag, of) or of()
            for tag, (_, value) in entries.items()
        }

    def section(self, node: Node, path: Path, name: str | int | None, of: type) -> object:
        """A section's class with what the mapping holds; None for null."""
        if name is not None:
            path = (*path, name)
        if isinstance(node, MappingNode) and not node.merges and node.start.tag is None:
            entries: Entries | None = node.entries  # nearly all: spared a call
        else:
            entries = self.entries(node, path)
        if entries is None:
            return None
        keys = _keys_of(of, self.removed)
        unknown = entries.keys() - keys.keys()
        if unknown and self.has_odd_keys(entries, path):
            return of()
        values = {}
        for key, (attribute, read, part) in keys.items():
            if key in entries:
                given = entries[key][1]
                if (
                    read is _Decoder.text
                    and given.__class__ is ScalarEvent
                    and given.tag is None
                    and given.value[:1] not in OTHER_STARTS
                ):
                    values[attribute] = given.value  # nearly all: spared a call
                elif (value := read(self, given, path, key, part)) is not None:
                    values[attribute] = value
        if unknown:
            free = sorted(keys.keys() - entries.keys())
            for key in entries:
                if key in unknown:
                    self.unknown((*path, key), entries[key][0], free)
        return of(**values)

    def entries(self, node: Node, path: Path) -> Entries | None:
        """The keys and values of a mapping, merged ones included."""
        target = _target(node)
        if not isinstance(target, MappingNode) or target.start.tag is not None:
            if target is None or not is_null(target):
                self.wrong(path, node, "mapping")
            return None
        if not target.merges:
            return target.entries
        entries = dict(target.entries)
        for key, value in target.merges:
            merged = _target(value)
            if not isinstance(merged, MappingNode):
                self.wrong((*path, "<<"), value, "mapping")
                continue
            for name, entry in (self.entries(merged, path) or {}).items():
                if name in entries:
                    self.wrong((*path, name), max(key, entries[name][0], key=_line), "merged")
                else:
                    entries[name] = entry
        return entries

    def scalar(self, node: Node, path: Path, name: str, expected: str) -> ScalarEvent | None:
        target = _target(node)
        if isinstance(target, ScalarEvent):
            return target
        self.wrong((*path, name), node, expected)
        return None

    def wrong(self, path: Path, node: Node, expected: str) -> None:
        """An alias is placed where its target stands, as the reference has it."""
        target = _target(node)
        if isinstance(node, AliasNode) and target is None and not node.recursive:
            params = {"anchor": node.start.anchor or ""}
            self.faults.append(Fault("alias-unresolved", path, params, span_of(node.start)))
            return
        node = target or node
        event = node if isinstance(node, ScalarEvent) else node.start
        self.faults.append(Fault("type-wrong", path, {"expected": expected}, span_of(event)))

    def unknown(self, path: Path, key: ScalarEvent, free: list[str]) -> None:
        self.suggestions -= 1
        near = nearest(key.value, free) if self.suggestions >= 0 else None
        params = {"near": near} if near else {}
        self.faults.append(Fault("key-unknown", path, params, span_of(key)))

    def has_odd_keys(self, entries: Entries, path: Path) -> bool:
        """Keys that are not texts make the reference ignore the whole mapping."""
        odd = [
            key
            for key, _ in entries.values()
            if key.implicit[0] and sort_of(key.value) is not Sort.TEXT
        ]
        self.hints += [Fault("key-not-text", (*path, key.value), span=span_of(key)) for key in odd]
        return bool(odd)

    def rewritten(self, path: Path, node: ScalarEvent, text: str) -> None:
        params = {"written": node.value, "read": text}
        self.hints.append(Fault("number-rewritten", path, params, span_of(node)))


def _target(node: Node) -> Node | None:
    """The node itself, or the one that an alias stands for."""
    while isinstance(node, AliasNode):
        if node.target is None:
            return None
        node = node.target
    return node


def _line(event: ScalarEvent) -> int:
    return span_of(event).line


_READERS: dict[Kind, Callable[..., Any]] = {
    Kind.TEXT: _Decoder.text,
    Kind.FLAG: _Decoder.flag,
    Kind.LINK: _Decoder.link,
    Kind.TEXTS: _Decoder.texts,
    Kind.LINKS: _Decoder.links,
    Kind.LINK_OR_LINKS: _Decoder.link_or_links,
    Kind.SECTION: _Decoder.section,
    Kind.SECTIONS: _Decoder.sections,
    Kind.LANGUAGES: _Decoder.languages,
}
