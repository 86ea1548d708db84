"""Recfiles, by the manual of GNU recutils."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.recfile import NotARecfile, Record, read


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("A: 1\n", {"A": ["1"]}),
        ("A: 1", {"A": ["1"]}),
        ("A: 1\r\nB:2\r\n", {"A": ["1"], "B": ["2"]}),
        ("A: 1\nB: x\nA: 2", {"A": ["1", "2"], "B": ["x"]}),
        ("A:\n+ 1\n+2\n+\n+  3", {"A": ["\n1\n2\n\n 3"]}),
        ("A: 1\n# B: 2\nC: 3", {"A": ["1"], "C": ["3"]}),
        ("A: one \\\ntwo\\\n three", {"A": ["one two three"]}),
        ("A: b: c", {"A": ["b: c"]}),
        ("A: #1", {"A": ["#1"]}),
    ],
)
def test_fields_are_read(text: str, fields: dict[str, list[str]]) -> None:
    assert list(read(text)) == [Record(None, fields)]


def test_blank_lines_separate_records_and_descriptors_name_them() -> None:
    text = "\n\nA: 0\n \n%rec: Book http://x\n%key: A\n\nA: 1\n\n\nA: 2\n\n%rec: Loan\n\nA: 3\n"
    kinds = [(record.kind, record.fields["A"]) for record in read(text)]
    assert kinds == [(None, ["0"]), ("Book", ["1"]), ("Book", ["2"]), ("Loan", ["3"])]


@pytest.mark.parametrize(("text", "line"), [("A: 1\n\n<html>", 3), ("+ 1", 1), ("1: A", 1)])
def test_what_is_no_recfile_is_told_by_its_line(text: str, line: int) -> None:
    with pytest.raises(NotARecfile) as caught:
        list(read(text))
    assert caught.value.line == line


@given(st.text(alphabet="A1:+#%\\ \n"))
def test_any_text_is_a_recfile_or_none(text: str) -> None:
    with suppress(NotARecfile):
        assert all(record.fields for record in read(text))
