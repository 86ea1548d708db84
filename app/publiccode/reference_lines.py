"""Line numbers as the reference counts them, where it counts differently from everybody else.

It takes the CR LF behind a comment for two line ends, so that all that follows moves down by one.
Results carry its numbers, since that is what tools compare; the span of a finding is where it stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from yaml.events import ScalarEvent

from app.publiccode.tree import AliasNode, MappingNode, Node


def doubled_lines(text: str, root: Node | None) -> list[int]:
    """The lines (1-based, in order) whose comments the reference takes for two lines each."""
    if "\r\n" not in text or "#" not in text:
        return []
    inside = sorted(_extents(root)) if root is not None else []
    starts = [start for start, _ in inside]
    found: list[int] = []
    begin = 0
    for number, line in enumerate(text.split("\n"), 1):
        at = line.find("#")
        while line.endswith("\r") and at >= 0:
            if at == 0 or line[at - 1] in " \t":
                before = bisect_right(starts, begin + at) - 1
                if before < 0 or inside[before][1] <= begin + at:
                    found.append(number)
                    break
            at = line.find("#", at + 1)
        begin += len(line) + 1
    return found


def counted(line: int, doubled: list[int]) -> int:
    """The reference's number of a line."""
    return line + bisect_left(doubled, line)


def _extents(root: Node) -> Iterator[tuple[int, int]]:
    """From where to where each scalar goes, counted in characters."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ScalarEvent):
            if node.start_mark and node.end_mark:
                yield node.start_mark.index, node.end_mark.index
        elif isinstance(node, MappingNode):
            for key, value in (*node.entries.values(), *node.merges):
                waiting += (key, value)
        elif not isinstance(node, AliasNode):
            waiting += node.items
