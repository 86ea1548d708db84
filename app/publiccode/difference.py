"""Two texts as a unified diff, which `patch` and `git apply` read."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from itertools import takewhile

MOST_LINES_COMPARED = 20_000
"""Where both texts together have more, all between their first and last difference is one change:
finding the shortest takes a time that grows with the square of the length."""


def difference(before: str, after: str, file: str) -> str:
    """What changed in a file; empty if nothing did. Lines end as they end in the texts."""
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    names = f"a/{file}", f"b/{file}"
    if len(old) + len(new) <= MOST_LINES_COMPARED:
        lines = unified_diff(old, new, *names)
    else:
        lines = _one_change(old, new, *names)
    return "".join(line if line.endswith("\n") else line + _NO_BREAK for line in lines)


_NO_BREAK = "\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Only line feeds end a line here, whatever else YAML takes for a line break."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _one_change(old: Sequence[str], new: Sequence[str], before: str, after: str) -> Iterator[str]:
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    yield f"--- {before}\n"
    yield f"+++ {after}\n"
    yield f"@@ -{_range(head, gone)} +{_range(head, come)} @@\n"
    yield from (f"-{line}" for line in gone)
    yield from (f"+{line}" for line in come)


def _range(head: int, lines: Sequence[str]) -> str:
    """An empty range is named by the line before it."""
    return f"{head + bool(lines)},{len(lines)}"


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
