"""A file as text and tree together, and edits to the text which leave all else as it is.

Text is edited in place, by the places that the tree knows, and not written anew from a tree: that
alone keeps line ends, quotes, indentation and comments to the byte, and costs a hostile file no
more than reading it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from yaml import Event
from yaml.events import ScalarEvent

from app.publiccode.findings import Span
from app.publiccode.normalise import is_plain, quoted
from app.publiccode.tree import AliasNode, MappingNode, Node, SequenceNode, read

_BREAK = re.compile(r"\r\n|\r|\n")
_CLOSING = re.compile(r"(?:[\s,]|(?<=\s)#[^\r\n]*)*[\]}]")
_INDEX = re.compile(r"\[(\d+)\]")
_NAME_END = re.compile(r"[.\[]|\Z")
_KEEPS_BREAKS = re.compile(r"[|>][0-9]?\+")
_LONGEST_PATH = 200
_IN_FLOW = frozenset(",[]{}?")
"""Characters which mean something inside brackets and braces."""


class Edit(NamedTuple):
    """Put `text` in the place of the characters from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str


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


class Document:
    """One readable file. Places are counted in characters of `text`."""

    def __init__(self, text: str, root: MappingNode) -> None:
        self.text = text
        self.root = root
        self._lines = [0, *(found.end() for found in _BREAK.finditer(text))]
        first = _BREAK.search(text)
        self.line_break = first[0] if first else "\n"

    @classmethod
    def read(cls, data: bytes) -> "Document | None":
        """None if it is not one mapping, in which every key stands once."""
        tree = read(data)
        if tree.faults or tree.byte_order_mark or not isinstance(tree.root, MappingNode):
            return None
        return cls(tree.text, tree.root)

    # Finding

    def site(self, path: str) -> Site | None:
        """What stands at a path as findings spell it; None if it is not there, or only merged in."""
        node: Node = self.root
        found: Site | None = None
        while path:
            step = _step(node, path, found)
            if step is None:
                return None
            found, path = step
            node = found.value
        return found

    def indent(self, kind: type[MappingNode] | type[SequenceNode]) -> int:
        """By how many columns the file indents mappings, or lists, under their key."""
        for key, value in _pairs(self.root):
            if isinstance(value, kind) and not value.start.flow_style and not value.start.anchor:
                return self._column(start_of(value)) - self._column(start_of(key))
        return 2

    def span(self, edit: Edit) -> Span:
        return Span(
            self._line(edit.start) + 1,
            self._column(edit.start) + 1,
            self._line(edit.end) + 1,
            self._column(edit.end) + 1,
        )

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text with all the edits made; they must not overlap."""
        parts, at = [], 0
        for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self.text[at:start], text]
            at = end
        return "".join(parts) + self.text[at:]

    # Making edits: None where the place does not allow it

    def respelling(self, site: Site, text: str) -> Edit | None:
        """Another text for a value, in the quotes it has."""
        return self._rewritten(site.value, text, in_flow=bool(site.holder.start.flow_style))

    def renaming(self, site: Site, name: str) -> Edit | None:
        """Another name for a key, in the quotes it has."""
        return self._rewritten(site.key, name, in_flow=False) if site.key else None

    def quoting(self, site: Site) -> Edit | None:
        """Quotes around a value, which stays as it is written."""
        value = site.value
        if not isinstance(value, ScalarEvent) or value.style or not _is_bare(value):
            return None
        start, end = start_of(value), end_of(value, self.text)
        return Edit(start, end, quoted(value.value)) if start < end else None

    def baring(self, site: Site, text: str) -> Edit | None:
        """A plain word in the place of a value, quotes included."""
        if not isinstance(site.value, ScalarEvent) or not _is_bare(site.value):
            return None
        return Edit(start_of(site.value), end_of(site.value, self.text), text)

    def listing(self, site: Site) -> Edit | None:
        """The one text, or the one mapping, as the only item of a list."""
        if _is_anchored(site.value) or isinstance(site.value, AliasNode | SequenceNode):
            return None
        start, end = start_of(site.value), end_of(site.value, self.text)
        if isinstance(site.value, MappingNode) and not site.value.start.flow_style:
            indent = self._indent(site) + "  "
            first = self._lines[self._line(start)]
            if not self.text[first:start].isspace() or start - first < len(indent):
                return None
            return Edit(start - 2, start, "- ")
        written = self.text[start:end]
        if isinstance(site.value, ScalarEvent):
            text = site.value.value
            if site.value.style in ("|", ">") or not _is_bare(site.value):
                return None
            if not text or "," in text or _BREAK.search(written):
                return None
            if not site.value.style and not _IN_FLOW.isdisjoint(text):
                written = quoted(text)
        return Edit(start, end, f"[{written}]")

    def heading(self, line: str) -> Edit | None:
        """A new line above the first entry of the file."""
        first = self.site(next(iter(self.root.entries), ""))
        if first is None or self.root.start.flow_style:
            return None
        indent = self._indent(first)
        if first.start - len(indent) != self._lines[self._line(first.start)]:
            return None
        return Edit(first.start, first.start, line + self.line_break + indent)

    def removal(self, site: Site) -> Edit | None:
        """Take out an entry or item with its lines; whole lines of comment inside it stay.

        The last one of its holder cannot go: what would be left is another kind of value.
        """
        if site.siblings < 2 or _is_anchored(site.value):
            return None
        if site.holder.start.flow_style:
            return self._flow_removal(site)
        start = site.start
        end = max(end_of(site.value, self.text), start + 1)
        first, after = self._lines[self._line(start)], self._after(end)
        lead, tail = self.text[first:start].strip(), self.text[end:after].strip()
        if lead != ("" if site.key else "-") or (tail and not tail.startswith("#")):
            return None
        after = self._past_comments(site, after)
        comments = "".join(self._comments(site, first, after))
        if not self._break_before(after) and not comments:
            first -= self._break_before(first)
        elif self._is_blank_around(site, first, after):
            first = self._lines[self._line(first) - 1]
        return Edit(first, after, comments)

    def addition(self, site: Site, lines: Iterable[str], *, apart: bool = False) -> Edit | None:
        """New lines below an entry or item, indented as it is.

        With `apart`, a blank line above them if there is one below.
        """
        if site.holder.start.flow_style:
            return None
        end = max(end_of(site.value, self.text), site.start + 1)
        at = self._after(end)
        tail = self.text[end:at].strip()
        if tail and not tail.startswith("#"):
            return None
        at = self._past_comments(site, at)
        indent = self._indent(site)
        text = "".join(indent + line + self.line_break for line in lines)
        if apart and _BREAK.match(self.text, at):
            text = self.line_break + text
        if self._break_before(at) or not at:
            return Edit(at, at, text)
        return Edit(at, at, self.line_break + text.removesuffix(self.line_break))

    def moved(self, site: Site) -> str:
        """How a scalar is written, with the comment on its line, to be put elsewhere."""
        value = site.value
        if not isinstance(value, ScalarEvent) or not _is_bare(value):
            return ""
        start, end = start_of(value), end_of(value, self.text)
        if value.style in ("|", ">") or self._line(start) != self._line(end):
            return quoted(value.value)
        written = self.text[start:end]
        if site.holder.start.flow_style:
            return written
        comment = self.text[end : self._after(end)].rstrip()
        return written + comment

    # Places

    def _line(self, index: int) -> int:
        """The number of the line, from 0, on which a character stands."""
        return bisect_right(self._lines, index) - 1

    def _column(self, index: int) -> int:
        return index - self._lines[self._line(index)]

    def _after(self, end: int) -> int:
        """Where the line after the one begins that ends, or holds, what ends at `end`."""
        following = self._line(end - 1) + 1
        return self._lines[following] if following < len(self._lines) else len(self.text)

    def _break_before(self, index: int) -> int:
        """The length of the line break that ends at a place."""
        if self.text.endswith("\r\n", 0, index):
            return 2
        return int(self.text.endswith(("\n", "\r"), 0, index))

    def _indent(self, site: Site) -> str:
        """The spaces before a key, or before the dash of an item."""
        line = self.text[self._lines[self._line(site.start)] : site.start]
        return " " * (len(line) if site.key else len(line) - len(line.lstrip()))

    def _is_blank_around(self, site: Site, first: int, after: int) -> bool:
        """Would two blank lines, or one at the end of the file, be left where the site was?"""
        if not first:
            return False
        above = self._lines[self._line(first) - 1]
        if self.text[above:first].strip() or not (
            after == len(self.text) or _BREAK.match(self.text, after)
        ):
            return False
        value = _value_above(site)
        return value is None or end_of(value, self.text) <= above

    def _rewritten(self, node: Node, text: str, *, in_flow: bool) -> Edit | None:
        if not isinstance(node, ScalarEvent) or not _is_bare(node) or node.style in ("|", ">"):
            return None
        if node.style == "'" and text.isprintable():
            written = "'" + text.replace("'", "''") + "'"
        elif node.style or not is_plain(text) or (in_flow and not _IN_FLOW.isdisjoint(text)):
            written = quoted(text)
        else:
            written = text
        start, end = start_of(node), end_of(node, self.text)
        return Edit(start, end, written if start < end else " " + written)

    def _flow_removal(self, site: Site) -> Edit | None:
        """With the comma before; the first one goes with the comma after it."""
        if site.start > min(map(start_of, _firsts(site.holder))):
            edit = Edit(self.text.rindex(",", 0, site.start), end_of(site.value, self.text), "")
        else:
            following = (start_of(one) for one in _beginnings(site.holder))
            edit = Edit(site.start, min(at for at in following if at > site.start), "")
        return None if "#" in self.text[edit.start : edit.end] else edit

    def _past_comments(self, site: Site, after: int) -> int:
        """Behind the lines of comment which are indented as what the site holds.

        Left where they are, they would join another text, if the site goes and one stands above it.
        """
        past, deeper = after, self._indent(site) + " "
        for start in self._lines[
            self._line(after) if after < len(self.text) else len(self._lines) :
        ]:
            line = self.text[start : self._after(start + 1)]
            if line.strip() and not (line.startswith(deeper) and line.lstrip().startswith("#")):
                break
            if line.strip():
                past = start + len(line)
        return past

    def _comments(self, site: Site, first: int, after: int) -> Iterator[str]:
        """Lines of comment between two places, indented like the key that goes."""
        texts = [(start_of(one), end_of(one, self.text)) for one in _scalars(site.value)]
        indent = self._indent(site)
        for line in range(self._line(first) + 1, self._line(after - 1) + 1):
            start = self._lines[line]
            written = self.text[start : self._after(start + 1)]
            if written.lstrip().startswith("#") and not any(s < start < e for s, e in texts):
                yield indent + written.lstrip()


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


def _beginnings(holder: MappingNode | SequenceNode) -> Iterator[Node]:
    if isinstance(holder, SequenceNode):
        yield from holder.items
    else:
        yield from (key for key, _ in holder.entries.values())
        yield from (key for key, _ in holder.merges)


def _value_above(site: Site) -> Node | None:
    """The value of the entry or item before."""
    before = [one for one in _values(site.holder) if start_of(one) < site.start]
    return max(before, key=start_of, default=None)


def _values(holder: MappingNode | SequenceNode) -> Iterator[Node]:
    if isinstance(holder, SequenceNode):
        yield from holder.items
    else:
        yield from (value for _, value in (*holder.entries.values(), *holder.merges))


def _firsts(holder: MappingNode | SequenceNode) -> Iterator[Node]:
    """What may stand first in a collection."""
    if isinstance(holder, SequenceNode):
        yield from holder.items[:1]
    else:
        for pairs in (holder.entries.values(), holder.merges):
            yield from islice((key for key, _ in pairs), 1)


def _last(node: MappingNode | SequenceNode) -> Iterator[Node]:
    """What may stand last in a collection."""
    if isinstance(node, SequenceNode):
        yield from node.items[-1:]
        return
    for pairs in (node.entries.values(), node.merges):
        for _, value in list(pairs)[-1:]:
            yield value


def _pairs(node: Node) -> Iterator[tuple[ScalarEvent, Node]]:
    """All entries of all mappings, in the order of the file."""
    if isinstance(node, MappingNode):
        for key, value in node.entries.values():
            yield key, value
            yield from _pairs(value)
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from _pairs(one)


def _scalars(node: Node) -> Iterator[ScalarEvent]:
    if isinstance(node, ScalarEvent):
        yield node
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from _scalars(one)
    elif isinstance(node, MappingNode):
        for key, value in (*node.entries.values(), *node.merges):
            yield key
            yield from _scalars(value)


def _is_anchored(node: Node) -> bool:
    """Is there an anchor in it, to which something elsewhere may refer?"""
    if isinstance(node, ScalarEvent):
        return node.anchor is not None
    if isinstance(node, AliasNode):
        return False
    if node.start.anchor is not None:
        return True
    return any(map(_is_anchored, _values(node)))


def _is_bare(scalar: ScalarEvent) -> bool:
    """Has it neither anchor nor tag?"""
    return scalar.anchor is None and scalar.tag is None
