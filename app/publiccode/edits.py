"""A file as text and tree together, and edits to the text which leave all else as it is.

Text is edited in place, by the places that the tree knows, and not written anew from a tree: that
alone keeps line ends, quotes, indentation and comments to the byte, and costs a hostile file no
more than reading it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from yaml.events import ScalarEvent

from app.publiccode.findings import Span
from app.publiccode.normalise import is_plain, quoted
from app.publiccode.sites import (
    Site,
    beginnings,
    end_of,
    find,
    is_anchored,
    is_bare,
    pairs,
    scalars,
    start_of,
    value_above,
)
from app.publiccode.tree import AliasNode, MappingNode, Node, SequenceNode, read

_BREAK = re.compile(r"\r\n|\r|\n")
_IN_FLOW = frozenset(",[]{}?")
"""Characters which mean something inside brackets and braces."""


class Edit(NamedTuple):
    """Put `text` in the place of the characters from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str


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
        return find(self.root, path)

    def indent(self, kind: type[MappingNode] | type[SequenceNode]) -> int:
        """By how many columns the file indents mappings, or lists, under their key."""
        for key, value in pairs(self.root):
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
        if not isinstance(value, ScalarEvent) or value.style or not is_bare(value):
            return None
        start, end = start_of(value), end_of(value, self.text)
        return Edit(start, end, quoted(value.value)) if start < end else None

    def baring(self, site: Site, text: str) -> Edit | None:
        """A plain word in the place of a value, quotes included."""
        if not isinstance(site.value, ScalarEvent) or not is_bare(site.value):
            return None
        return Edit(start_of(site.value), end_of(site.value, self.text), text)

    def listing(self, site: Site) -> Edit | None:
        """The one text, or the one mapping, as the only item of a list."""
        if is_anchored(site.value) or isinstance(site.value, AliasNode | SequenceNode):
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
            if site.value.style in ("|", ">") or not is_bare(site.value):
                return None
            if not text or text.startswith("-") or "," in text or _BREAK.search(written):
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
        if site.siblings < 2 or is_anchored(site.value):
            return None
        start = site.start
        end = max(end_of(site.value, self.text), start + 1)
        first, after = self._lines[self._line(start)], self._after(end)
        lead, tail = self.text[first:start].strip(), self.text[end:after].strip()
        if site.holder.start.flow_style or (site.key and lead == "-"):
            return self._removal_within_line(site)
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
        if not isinstance(value, ScalarEvent) or not is_bare(value):
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
        value = value_above(site)
        return value is None or end_of(value, self.text) <= above

    def _rewritten(self, node: Node, text: str, *, in_flow: bool) -> Edit | None:
        if not isinstance(node, ScalarEvent) or not is_bare(node) or node.style in ("|", ">"):
            return None
        if node.style == "'" and text.isprintable():
            written = "'" + text.replace("'", "''") + "'"
        elif node.style or not is_plain(text) or (in_flow and not _IN_FLOW.isdisjoint(text)):
            written = quoted(text)
        else:
            written = text
        start, end = start_of(node), end_of(node, self.text)
        return Edit(start, end, written if start < end else " " + written)

    def _removal_within_line(self, site: Site) -> Edit | None:
        """With the comma before; what stands first, with all up to what comes next."""
        start = site.start
        if any(start_of(one) < start for one in beginnings(site.holder)):
            edit = Edit(self.text.rindex(",", 0, start), end_of(site.value, self.text), "")
        else:
            starts = map(start_of, beginnings(site.holder))
            edit = Edit(start, min(other for other in starts if other > start), "")
        return None if "#" in self.text[edit.start : edit.end] else edit

    def _past_comments(self, site: Site, after: int) -> int:
        """Behind the lines of comment which are indented as what the site holds.

        Left where they are, they would join another text, if the site goes and one stands above it.
        """
        past, deeper = after, self._indent(site) + " "
        first = self._line(after) if after < len(self.text) else len(self._lines)
        for number in range(first, len(self._lines)):
            start = self._lines[number]
            line = self.text[start : self._after(start + 1)]
            if line.strip() and not (line.startswith(deeper) and line.lstrip().startswith("#")):
                break
            if line.strip():
                past = start + len(line)
        return past

    def _comments(self, site: Site, first: int, after: int) -> Iterator[str]:
        """Lines of comment between two places, indented like the key that goes."""
        texts = [(start_of(one), end_of(one, self.text)) for one in scalars(site.value)]
        indent = self._indent(site)
        for line in range(self._line(first) + 1, self._line(after - 1) + 1):
            start = self._lines[line]
            written = self.text[start : self._after(start + 1)]
            if written.lstrip().startswith("#") and not any(s < start < e for s, e in texts):
                yield indent + written.lstrip()
