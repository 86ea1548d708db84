"""The tree of a file: places, limits, and what is only nearly YAML."""

import pytest
from yaml.events import ScalarEvent

from app.publiccode import Span, validate
from app.publiccode.findings import Path
from app.publiccode.places import place
from app.publiccode.tree import MAX_BYTES, MappingNode, Tree, read


def codes(data: bytes) -> list[str]:
    return [fault.code for fault in read(data).faults]


def value(tree: Tree, key: str) -> str:
    assert isinstance(tree.root, MappingNode)
    _, node = tree.root.entries[key]
    assert isinstance(node, ScalarEvent)
    text: str = node.value
    return text


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\x07b", "a\x7fb", "a\x85b", "a\u2028b", "a\ufeffb", "\U000f0000\x01\U000f0001"],
)
def test_characters_that_yaml_forbids_come_through(text: str) -> None:
    tree = read(f"name: {text}\nurl: x\n".encode())
    assert value(tree, "name") == text
    assert place(tree, ("url",)).line == 2


def test_no_column_moves_behind_them() -> None:
    tree = read(b'{"a\x00\x07": 1, name: x}')
    assert place(tree, ("name",)) == Span(1, 12, 1, 19)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_count(end: str) -> None:
    tree = read(end.join(["# a", "name: x", "url: y"]).encode())
    assert place(tree, ("url",)) == Span(3, 1, 3, 7)


@pytest.mark.parametrize(
    ("path", "span"),
    [
        (("name",), Span(2, 1, 2, 8)),
        (("legal",), Span(3, 1, 3, 6)),
        (("legal", "license"), Span(4, 3, 4, 15)),
        (("legal", "repoOwner"), Span(4, 3, 4, 10)),
        (("legal", "a", "b"), Span(4, 3, 4, 10)),
        (("usedBy", 1), Span(7, 5, 7, 6)),
        (("usedBy", 2), Span(5, 1, 5, 7)),
        (("usedBy", "uri"), Span(6, 3, 6, 3)),
        (("supports", 0, "id"), Span(8, 12, 8, 13)),
        (("name", 0), Span(2, 1, 2, 8)),
        (("name", "x"), Span(2, 7, 2, 8)),
        (("url",), Span(2, 1, 2, 5)),
        ((), Span(1, 1, 1, 1)),
    ],
)
def test_paths_have_places(path: Path, span: Span) -> None:
    tree = read(b"# x\nname: A\nlegal:\n  license: MIT\nusedBy:\n  - a\n  - b\nsupports: [{}]\n")
    assert place(tree, path) == span


def test_same_line_values_belong_to_the_span_of_their_key() -> None:
    tree = read(b"name: >\n  Tidal\nlicense: MIT\n")
    assert place(tree, ("name",)) == Span(1, 1, 1, 5)
    assert place(tree, ("license",)) == Span(3, 1, 3, 13)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 100_000, "nested-too-deep"),
        (b"- " * 100_000, "nested-too-deep"),
        (b"{a: " * 100_000, "nested-too-deep"),
        (b"? " * 100_000, "not-yaml"),
        (b"- a\n" * 200_000, "nodes-too-many"),
        (b"a: [" + b"x," * 200_000 + b"]", "nodes-too-many"),
        (b"a: b\n" + b"---\n" * 100_000, "nodes-too-many"),
        (b"a" * (MAX_BYTES + 1), "file-too-large"),
        (b"\xff\xfea\x00", "not-utf-8"),
        (b"a: \xc0\x80", "not-utf-8"),
    ],
)
def test_limits_refuse_early(data: bytes, code: str) -> None:
    assert codes(data) == [code]
    assert [finding.code for finding in validate(data).findings] == [code]


def test_alias_bombs_are_counted_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert codes("\n".join(lines).encode()) == ["nodes-too-many"]


def test_a_second_document_is_no_reason_not_to_read_the_first() -> None:
    tree = read(b"name: x\n---\nname: y\n")
    assert value(tree, "name") == "x"
    assert [fault.code for fault in tree.faults] == ["documents-several"]


def test_keys_can_be_anchored() -> None:
    description = validate(b"&key name: x\napplicationSuite: *key\n").description
    assert description is not None
    assert description.application_suite == "name"


def test_the_first_of_two_keys_counts() -> None:
    tree = read(b"name: x\nurl: z\n'name': y\n")
    assert value(tree, "name") == "x"
    (fault,) = tree.faults
    assert (fault.code, fault.span) == ("key-twice", Span(3, 1, 3, 7))
    assert fault.params == {"key": "name", "line": 1, "column": 1}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: 'x\nurl: y\n", 1),
        ("name: [x\n", 1),
        ("name: {\n", 2),
        ("a: b\nname: x: y\n", 2),
        ("a: b\n\tc: d\n", 2),
        ("a: b\nc\nd: e\n", 2),
        ("a: {", 1),
    ],
)
def test_broken_yaml_is_reported_where_it_breaks(text: str, line: int) -> None:
    (fault,) = read(text.encode()).faults
    assert fault.code == "not-yaml"
    assert fault.span is not None
    assert fault.span.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("legal: MIT\n  license: MIT\nname: x", 1),
        ("features:\n  - one\n    two: three", 2),
        ("maintenance:\n  type internal\n  contacts: []", 2),
        ("a: 1\nname: Tidal: harbours", 2),
    ],
)
def test_a_text_that_runs_into_a_key_is_reported_where_it_begins(text: str, line: int) -> None:
    (fault,) = read(text.encode()).faults
    assert fault.span is not None
    assert fault.span.line == line


@pytest.mark.parametrize("text", ["%nlx", "%", "100%", "a %b"])
def test_a_percent_sign_is_a_character_like_others(text: str) -> None:
    assert value(read(f"name: {text}\nurl: https://x.org/%20\n".encode()), "name") == text
    assert not codes(f"features:\n  - {text}\n".encode())


def test_but_not_at_the_beginning_of_a_line() -> None:
    assert codes(b"%YAML 1.2\n---\nname: %x\n")


def test_a_tab_behind_a_dash_is_a_blank() -> None:
    tree = read(b"platforms:\n  -\tweb\n  - mac\nname: x\n")
    assert not tree.faults
    assert place(tree, ("platforms", 0)) == Span(2, 5, 2, 8)


def test_a_tab_elsewhere_is_as_wrong_as_before() -> None:
    (fault,) = read(b"fundedBy:\n  -\turi: https://x.org\n").faults
    assert fault.code == "not-yaml"
    (fault,) = read(b"platforms:\n  -\tweb\nlegal:\n\tlicense: MIT\n").faults
    assert fault.span is not None
    assert (fault.code, fault.span.line) == ("not-yaml", 4)
