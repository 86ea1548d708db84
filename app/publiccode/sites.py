"""Where the entries and items of a file stand in its text, found by the paths that findings name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yaml import Event
from yaml.events import ScalarEvent

from app.publiccode.tree import AliasNode, MappingNode, Node, SequenceNode

_CLOSING = re.compile(r"(?:[\s,]|(?<=\s)#[^\r\n]*)*[\]}]")
_INDEX = re.compile(r"\[(\d+)\]")
_NAME_END = re.compile(r"[.\[]|\Z")
_KEEPS_BREAKS = re.compile(r"[|>][0-9]?\+")
_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Site:
    """An entry of a mapping, or an item of a list, which has no key; and the one that it is in."""

    holder: MappingNode | SequenceNode
    key: ScalarEvent | None
    value: Node
    above: "Site | None"

    @property
    def siblings(self) -> int:
        """How many entries or items its holder has, itself included."""
        if isinstance(self.holder, SequenceNode):
            return len(self.holder.items)
        return len(self.holder.entries) + len(self.holder.merges)

    @property
    def given(self) -> set[str]:
        """The keys of its holder, its own included."""
        return set(self.holder.entries) if isinstance(self.holder, MappingNode) else set()

    @property
    def names(self) -> tuple[str, ...]:
        """The keys from the top of the file, its own last; list items have none."""
        above = self.above.names if self.above else ()
        return (*above, self.key.value) if self.key else above

    @property
    def start(self) -> int:
        return start_of(self.key or self.value)


def find(root: MappingNode, path: str) -> Site | None:
    """What stands at a path as findings spell it; None if it is not there, or only merged in."""
    node: Node = root
    found: Site | None = None
    while path:
        step = _step(node, path, found)
        if step is None:
            return None
        found, path = step
        node = found.value
    return found


def start_of(node: Node | Event) -> int:
    event = node.start if isinstance(node, MappingNode | SequenceNode | AliasNode) else node
    return event.start_mark.index if event.start_mark else 0


def _behind(event: Event) -> int:
    return event.end_mark.index if event.end_mark else 0


def end_of(node: Node, text: str) -> int:
    """Behind the last character that belongs to a value; blank lines after a text do not."""
    if isinstance(node, ScalarEvent):
        start, end = start_of(node), _behind(node)
        if node.style not in ("|", ">") or _KEEPS_BREAKS.match(text, start):
            return end
        return start + len(text[start:end].rstrip())
    if isinstance(node, AliasNode):
        return _behind(node.start)
    opening = _behind(node.start)
    end = max((end_of(one, text) for one in _last(node)), default=opening)
    if node.start.flow_style and text[opening - 1 : opening] in ("[", "{"):
        closing = _CLOSING.match(text, end)
        return closing.end() if closing else end
    return end


def _step(node: Node, path: str, above: Site | None) -> tuple[Site, str] | None:
    """The entry or item that a path begins with, and the rest of the path."""
    if isinstance(node, SequenceNode):
        index = _INDEX.match(path)
        if not index or int(index[1]) >= len(node.items):
            return None
        return Site(node, None, node.items[int(index[1])], above), path[index.end() :]
    if not isinstance(node, MappingNode):
        return None
    bracketed = above is not None and path.startswith("[")
    path = path[1:] if bracketed or (above and path.startswith(".")) else path
    ends = [path.find("]")] if bracketed else _ends(path)
    for end in ends:
        entry = node.entries.get(path[:end]) if end > 0 else None
        if entry:
            return Site(node, *entry, above), path[end + bracketed :]
    return None


def _ends(path: str) -> list[int]:
    """Where the first name of a path may end, the longest first: a name may hold dots."""
    return [found.start() for found in _NAME_END.finditer(path[:_LONGEST_PATH])][::-1]


def beginnings(holder: MappingNode | SequenceNode) -> Iterator[Node]:
    if isinstance(holder, SequenceNode):
        yield from holder.items
    else:
        yield from (key for key, _ in holder.entries.values())
        yield from (key for key, _ in holder.merges)


def value_above(site: Site) -> Node | None:
    """The value of the entry or item before."""
    before = [one for one in values(site.holder) if start_of(one) < site.start]
    return max(before, key=start_of, default=None)


def values(holder: MappingNode | SequenceNode) -> Iterator[Node]:
    if isinstance(holder, SequenceNode):
        yield from holder.items
    else:
        yield from (value for _, value in (*holder.entries.values(), *holder.merges))


def _last(node: MappingNode | SequenceNode) -> Iterator[Node]:
    """What may stand last in a collection."""
    if isinstance(node, SequenceNode):
        yield from node.items[-1:]
        return
    for pairs in (node.entries.values(), node.merges):
        for _, value in list(pairs)[-1:]:
            yield value


def pairs(node: Node) -> Iterator[tuple[ScalarEvent, Node]]:
    """All entries of all mappings, in the order of the file."""
    if isinstance(node, MappingNode):
        for key, value in node.entries.values():
            yield key, value
            yield from pairs(value)
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from pairs(one)


def scalars(node: Node) -> Iterator[ScalarEvent]:
    if isinstance(node, ScalarEvent):
        yield node
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from scalars(one)
    elif isinstance(node, MappingNode):
        for key, value in (*node.entries.values(), *node.merges):
            yield key
            yield from scalars(value)


def is_anchored(node: Node) -> bool:
    """Is there an anchor in it, to which something elsewhere may refer?"""
    if isinstance(node, ScalarEvent):
        return node.anchor is not None
    if isinstance(node, AliasNode):
        return False
    if node.start.anchor is not None:
        return True
    return any(map(is_anchored, values(node)))


def is_bare(scalar: ScalarEvent) -> bool:
    """Has it neither anchor nor tag?"""
    return scalar.anchor is None and scalar.tag is None
