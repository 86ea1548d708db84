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
    found: Span | None = None
    for part in path:
        if not isinstance(node, ScalarEvent) and node.start.anchor is not None:
            return _item(node)  # as the reference has it: an anchored section is one place
        if isinstance(node, MappingNode):
            entry = node.entries.get(str(part))
            if entry is None:
                return _inside(node)
            key, node = entry
            found = _key(key, node)
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            found = _item(node)
        elif isinstance(part, int) and found is not None:
            return found
        else:
            return _item(node)
    return found or TOP


def _key(key: ScalarEvent, value: Node) -> Span:
    """From the key to the end of its value, if that is a scalar on the same line."""
    span = span_of(key)
    if isinstance(value, ScalarEvent):
        end = span_of(value)
        if end.end_line == span.line:
            return Span(span.line, span.column, end.end_line, end.end_column)
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
