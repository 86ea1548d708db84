"""Bytes to a tree of keys, values and their places, within limits that a hostile file cannot pass.

The parser's own events are the leaves: a second object for each of them would double the cost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from yaml import CSafeLoader, Event, MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from app.publiccode.characters import BYTE_ORDER_MARK, Disguise, disguise_for
from app.publiccode.findings import Fault, Span
from app.publiccode.scalars import NULLS
from app.publiccode.syntax import kind_of

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 20_000
"""Keys and values in one file, those that aliases repeat included."""


class MappingNode:
    """A mapping. The first of two equal keys counts; merge keys (`<<`) are kept apart."""

    __slots__ = ("entries", "merges", "start")

    def __init__(self, start: MappingStartEvent) -> None:
        self.start = start
        self.entries: dict[str, tuple[ScalarEvent, Node]] = {}
        self.merges: list[tuple[ScalarEvent, Node]] = []


class SequenceNode:
    """A list."""

    __slots__ = ("items", "start")

    def __init__(self, start: SequenceStartEvent) -> None:
        self.start = start
        self.items: list[Node] = []


class AliasNode:
    """A reference to an anchored node; without target if there is none before it."""

    __slots__ = ("recursive", "start", "target")

    def __init__(self, start: AliasEvent, target: "Node | None", *, recursive: bool) -> None:
        self.start = start
        self.target = target
        self.recursive = recursive


_TAB_BEHIND_DASH = re.compile(
    # before a text; a key may not stand there
    rb"^([ ]*-)\t(?=[^\t\r\n])(?![^\r\n]*:(?:[ \t\r\n]|\Z))",
    re.MULTILINE,
)

NextEvent: TypeAlias = Callable[[], Event]
Node: TypeAlias = ScalarEvent | MappingNode | SequenceNode | AliasNode


@dataclass(frozen=True, slots=True)
class Tree:
    """What could be read of a file. A fault here is where the reference stops reading."""

    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    byte_order_mark: bool = False
    text: str = ""
    """The text of the file, without byte order mark."""


class _Unreadable(Exception):
    """Reading cannot go on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def read(data: bytes) -> Tree:
    """The tree of a file, or the faults that keep it from being one."""
    if len(data) > MAX_BYTES:
        return Tree(faults=[Fault("file-too-large", params={"limit": MAX_BYTES})])
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        return Tree(faults=[Fault("not-utf-8", span=Span(line, 1, line, 1))])
    marked = text.startswith(BYTE_ORDER_MARK)
    if marked:
        data = data[len(BYTE_ORDER_MARK.encode()) :]
        text = text.removeprefix(BYTE_ORDER_MARK)
        if text.startswith(("---", "#", "%")):
            params = {"problem": "a byte order mark before a comment or marker", "kind": "mark"}
            return Tree(faults=[Fault("not-yaml", params=params, span=Span(1, 1, 1, 1))])
    disguise = disguise_for(data, text)
    if disguise:
        data = text.translate(disguise.hide).encode()
    builder = _Builder(data, text, disguise)
    root = builder.build()
    if root is None and _TAB_BEHIND_DASH.search(data):
        # The reference takes a tab behind a dash for a blank; other tabs stay where they are.
        builder = _Builder(_TAB_BEHIND_DASH.sub(rb"\1 ", data), text, disguise)
        root = builder.build()
    return Tree(root, builder.faults, marked, text)


def span_of(event: Event, last: Event | None = None) -> Span:
    """The place of an event in the text, or of all from one event to the last."""
    start, end = event.start_mark, (last or event).end_mark
    if start is None or end is None:
        return Span()
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def is_plain(scalar: ScalarEvent) -> bool:
    """Neither quoted, nor a block, nor tagged."""
    return bool(scalar.implicit[0]) and scalar.tag is None


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarEvent) and is_plain(node) and node.value in NULLS


class _Builder:
    """Builds the tree of the first document, and reads the others only to the end of their events."""

    def __init__(self, data: bytes, text: str, disguise: Disguise | None) -> None:
        next_event = cast(NextEvent, CSafeLoader(data).get_event)
        self.data = data
        self.next = _revealed(next_event, disguise) if disguise else next_event
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node | None] = {}
        self.left = MAX_NODES
        self.text = text

    def build(self) -> Node | None:
        root = None
        try:
            root = self.first_document()
            self.rest()
        except _Unreadable as unreadable:
            self.faults = [unreadable.fault]
            return None
        except MarkedYAMLError as problem:
            self.faults = [_syntax(problem, self.text, self.data)]
            return None
        return root

    def first_document(self) -> Node | None:
        self.next()
        start = self.next()
        if not isinstance(start, DocumentStartEvent):
            return None
        if start.version or start.tags:
            self.faults.append(
                Fault("documents-several", params={"directive": True}, span=Span(1, 1, 1, 1))
            )
        root = self.node(self.next(), 0)
        self.next()
        return root

    def rest(self) -> None:
        """Look for a second document, and for errors behind the first."""
        event = self.next()
        if not isinstance(event, DocumentStartEvent):
            return
        if not event.explicit:
            raise _Unreadable(
                Fault("not-yaml", params={"problem": "text after the end"}, span=span_of(event))
            )
        self.faults.append(Fault("documents-several", span=span_of(event)))
        while not isinstance(event, StreamEndEvent):
            event = self.next()
            self.left -= 1
            if self.left < 0:
                self.refuse(event, 0)

    def node(self, event: Event, depth: int) -> "Node":
        if self.left < 0 or depth > MAX_DEPTH:
            self.refuse(event, depth)
        if isinstance(event, ScalarEvent):
            if event.anchor is not None:
                self.anchors[event.anchor] = event
            return event
        if isinstance(event, MappingStartEvent):
            return self.mapping(event, depth + 1)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(event, depth + 1)
        return self.alias(cast(AliasEvent, event))

    def refuse(self, event: Event, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _Unreadable(
                Fault("nested-too-deep", params={"limit": MAX_DEPTH}, span=span_of(event))
            )
        raise _Unreadable(Fault("nodes-too-many", params={"limit": MAX_NODES}, span=span_of(event)))

    def mapping(self, start: MappingStartEvent, depth: int) -> MappingNode:
        node = MappingNode(start)
        if start.anchor is not None:
            self.anchors[start.anchor] = None
        entries, next_event = node.entries, self.next
        while True:
            key = next_event()
            if key.__class__ is not ScalarEvent:
                if isinstance(key, CollectionEndEvent):
                    break
                raise _Unreadable(_bad_key(key))
            if key.anchor is not None:
                self.anchors[key.anchor] = key
            event = next_event()
            self.left -= 2
            if event.__class__ is ScalarEvent and event.anchor is None and self.left > 0:
                value: Node = event  # nearly all: spared a call
            else:
                value = self.node(event, depth)
            name = key.value
            if name in entries:
                self.repeated(key, entries[name][0])
            elif name == "<<" and is_plain(key):
                node.merges.append((key, value))
            elif name == "" and is_plain(key):
                raise _Unreadable(_bad_key(key))
            else:
                entries[name] = (key, value)
        if start.anchor is not None:
            self.anchors[start.anchor] = node
        return node

    def sequence(self, start: SequenceStartEvent, depth: int) -> SequenceNode:
        node = SequenceNode(start)
        if start.anchor is not None:
            self.anchors[start.anchor] = None
        items, next_event = node.items, self.next
        while True:
            event = next_event()
            self.left -= 1
            if event.__class__ is ScalarEvent and event.anchor is None and self.left > 0:
                items.append(event)  # nearly all: spared a call
            elif isinstance(event, CollectionEndEvent):
                break
            else:
                items.append(self.node(event, depth))
        if start.anchor is not None:
            self.anchors[start.anchor] = node
        return node

    def alias(self, event: AliasEvent) -> AliasNode:
        anchor = event.anchor or ""
        target = self.anchors.get(anchor)
        if target is not None:
            self.left -= _weight(target, self.left)
            if self.left < 0:
                self.refuse(event, 0)
        return AliasNode(event, target, recursive=target is None and anchor in self.anchors)

    def repeated(self, key: ScalarEvent, first: ScalarEvent) -> None:
        place = span_of(first)
        params = {"key": key.value, "line": place.line, "column": place.column}
        self.faults.append(Fault("key-twice", params=params, span=span_of(key)))


def _revealed(next_event: NextEvent, disguise: Disguise) -> NextEvent:
    def reveal() -> Event:
        event = next_event()
        if isinstance(event, ScalarEvent):
            event.value = event.value.translate(disguise.show)
        return event

    return reveal


def _weight(node: Node, limit: int) -> int:
    """How many nodes an alias stands for; counting ends behind `limit`."""
    waiting, weight = [node], 0
    while waiting and weight <= limit:
        weight += 1
        one = waiting.pop()
        if isinstance(one, SequenceNode):
            waiting.extend(one.items)
        elif isinstance(one, MappingNode):
            waiting.extend(value for _, value in one.entries.values())
            waiting.extend(value for _, value in one.merges)
        elif isinstance(one, AliasNode) and one.target is not None:
            waiting.append(one.target)
    return weight


def _bad_key(event: Event) -> Fault:
    params = {"problem": "a key must be a text", "kind": "key"}
    return Fault("not-yaml", params=params, span=span_of(event))


def _syntax(problem: MarkedYAMLError, text: str, data: bytes) -> Fault:
    """What is never closed is reported where it begins, and so is a key without colon.

    A text that runs on into the next key is reported where it begins, too: it may be the fault of
    either line.
    """
    mark = problem.problem_mark or problem.context_mark
    kind = kind_of(problem.problem)
    begins = problem.context in ("while scanning a quoted scalar", "while scanning a simple key")
    if problem.context_mark and (begins or mark is None or mark.index >= len(text)):
        mark = problem.context_mark
    if mark is None or mark.index >= len(text):
        lines = _BREAK.split(text)
        line, column = len(lines), len(lines[-1]) + 1
    else:
        line, column = mark.line + 1, mark.column + 1
    if kind == "colon" and (scalar := _last_scalar(data)) and span_of(scalar).line < line:
        line, column = span_of(scalar).line, span_of(scalar).column
    said = ", ".join(part for part in (problem.problem, problem.context) if part)
    params = {"problem": said, "kind": kind}
    return Fault("not-yaml", params=params, span=Span(line, column, line, column))


def _last_scalar(data: bytes) -> ScalarEvent | None:
    """The last text that could be read of a file with an error."""
    next_event = cast(NextEvent, CSafeLoader(data).get_event)
    last: Event | None = None
    try:
        while not isinstance(last, StreamEndEvent):
            last = next_event()
    except MarkedYAMLError:
        return last if isinstance(last, ScalarEvent) else None
    return None


_BREAK = re.compile(r"\r\n|\r|\n")
