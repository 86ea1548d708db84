"""From the path of a finding to its place in the text."""

from yaml.events import ScalarEvent

from app.publiccode.findings import Path, Span
from app.publiccode.tree import MappingNode, Node, SequenceNode, Tree, span_of

TOP = Span(1, 1, 1, 1)


def place(tree: Tree, path: Path) -> Span:
    """Where a path stands: its key, its list item, or else the section that it is missing from.

    A missing key is placed at the first key of its section, or at the brace which opens it.
    """
    if tree.root is None:
        return TOP
    node: Node = tree.root
    key: ScalarEvent | None = None
    for part in path:
        if not isinstance(node, ScalarEvent) and node.start.anchor is not None:
            return _item(node)  # as the reference has it: an anchored section is one place
        if isinstance(node, MappingNode):
            entry = node.entries.get(str(part))
            if entry is None:
                return _inside(node)
            key, node = entry
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.items):
            key, node = None, node.items[part]
        elif isinstance(part, int):
            break  # no such item: the list itself
        else:
            return _item(node)
    if key is not None:
        return _key(key, node)
    return _item(node) if path else TOP


def _key(key: ScalarEvent, value: Node) -> Span:
    """From the key to the end of its value, if that is a scalar on the same line."""
    span = span_of(key)
    if isinstance(value, ScalarEvent) and value.end_mark and value.end_mark.line < span.line:
        return span_of(key, value)
    return span


def _item(node: Node) -> Span:
    """The item's text, or the start of the mapping or list that it is."""
    if isinstance(node, ScalarEvent):
        return span_of(node)
    return span_of(node.start)


def _inside(mapping: MappingNode) -> Span:
    if not mapping.start.flow_style:
        for key, _ in mapping.entries.values():
            return span_of(key)
        for key, _ in mapping.merges:
            return span_of(key)
    return span_of(mapping.start)
