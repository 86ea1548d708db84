"""Whatever the file: fixing it makes nothing worse, moves nothing else, and is done after once."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml.events import ScalarEvent

from app.publiccode import Report, Severity, tree
from app.publiccode.fixes import Fixed, fix, suggest
from app.publiccode.tree import MappingNode, Node, SequenceNode

TESTS = Path(__file__).parents[1]
FILES = [
    file.read_bytes()
    for folder in ("fixes", "conformance/invalid", "conformance/valid_with_warnings")
    for file in sorted((TESTS / folder).glob("*.yml"))
]
SHARED = os.environ.get("SAMKOD_SHARED", "../shared")
REAL = sorted((TESTS.parent / SHARED / "corpus" / "real").glob("*.yml"))

ENTRY = re.compile(rb"^(?=[a-zA-Z])", re.MULTILINE)
ENTRIES = sorted(
    {entry.rstrip(b"\n") + b"\n" for file in FILES for entry in ENTRY.split(file) if b":" in entry}
)
PIECES = [
    *(b"\n", b"\r\n", b"  ", b"- ", b"# note\n", b" # note", b"[", b"]", b"{", b"}", b", "),
    *(b"&a ", b"*a", b"!!str ", b"|\n", b"'", b'"', b"~", b"yes", b"1.10", b"it", b"\0", b"\x7f"),
]
quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def check(data: bytes) -> Fixed:
    fixed = fix(data)
    before, after = fixed.before, fixed.after
    assert len(after.findings) <= len(before.findings)
    assert errors(after) <= errors(before)
    assert after.valid or not before.valid
    assert (fixed.data == data) == (not fixed.applied)
    again = fix(fixed.data)
    assert (again.data, again.applied) == (fixed.data, ())
    suggest(data, before)
    was, is_now = tree.read(data), tree.read(fixed.data)
    if was.root is not None and is_now.root is not None:
        assert_nothing_else_moved(was.root, is_now.root, fixed)
        assert was.faults or not comments(was) - comments(is_now)
    return fixed


def errors(report: Report) -> int:
    return sum(finding.severity is Severity.ERROR for finding in report.findings)


def assert_nothing_else_moved(was: Node, is_now: Node, fixed: Fixed) -> None:
    """Every value which no repair speaks of stands where it stood."""
    touched = tuple(re.sub(r"\[\d+\]\Z", "", dotted(one.path)) for one in fixed.applied)
    held = dict(leaves(is_now))
    for path, value in leaves(was):
        if not dotted(path).startswith(touched):
            assert held.get(path) == value, path


def dotted(path: str) -> str:
    """Whatever stands in brackets, but for numbers, as if a dot were before it."""
    return re.sub(r"\[(\D[^\]]*)\]", r".\1", path)


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, object]]:
    """Every scalar with its path, as findings spell it, and how it is meant."""
    if isinstance(node, MappingNode):
        for name, (_, value) in node.entries.items():
            yield from leaves(value, f"{path}.{name}".removeprefix("."))
    elif isinstance(node, SequenceNode):
        for at, item in enumerate(node.items):
            yield from leaves(item, f"{path}[{at}]")
    else:
        yield path, (getattr(node, "value", None), getattr(node, "implicit", None))


def comments(read: tree.Tree) -> Counter[str]:
    """The lines which are comments, and not part of a text."""
    inside = [place for node in scalars(read.root) if (place := tree.span_of(node)).line]
    lines = re.split(r"\r\n|\r|\n", read.text)
    return Counter(
        line.strip()
        for number, line in enumerate(lines, 1)
        if line.lstrip().startswith("#")
        and not any(
            place.line < number < place.end_line + (place.end_column > 1) for place in inside
        )
    )


def scalars(node: Node | None) -> Iterator[ScalarEvent]:
    if isinstance(node, ScalarEvent):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from scalars(item)
    elif isinstance(node, MappingNode):
        for key, value in (*node.entries.values(), *node.merges):
            yield key
            yield from scalars(value)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of ours with a few pieces cut out, doubled or put in."""
    data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, *PIECES]))
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def assembled(draw: st.DrawFn) -> bytes:
    """Entries of many files in one."""
    entries = draw(st.lists(st.sampled_from(ENTRIES), max_size=25, unique_by=key))
    line_break = draw(st.sampled_from([b"\n", b"\r\n"]))
    separator = draw(st.sampled_from([b"", b"\n", b"# between\n"]))
    return separator.join(entries).replace(b"\n", line_break)


def key(entry: bytes) -> bytes:
    return entry.partition(b":")[0]


@quick
@given(damaged())
def test_damaged_files_are_not_made_worse(data: bytes) -> None:
    check(data)


@quick
@given(assembled())
def test_any_faults_together_are_fixed(data: bytes) -> None:
    check(data)


@quick
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_taken(text: str) -> None:
    check(text.encode())


@pytest.mark.skipif(not REAL, reason="the shared corpus is not here")
def test_real_files_are_fixed_and_clean_ones_stay() -> None:
    for file in REAL:
        data = file.read_bytes()
        fixed = check(data)
        assert fixed.before.findings or fixed.data == data
