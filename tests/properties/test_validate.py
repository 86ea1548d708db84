"""Whatever the bytes: a report, whose findings can be shown, and whose description can be written."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.publiccode import Description, Report, validate
from app.publiccode.normalise import to_yaml
from app.publiccode.results import as_result, as_text

FIXTURES = Path(__file__).parents[1] / "conformance"
FILES = [file.read_bytes() for file in sorted(FIXTURES.glob("*/*.yml"))]
FULL = (FIXTURES / "valid" / "full.yml").read_bytes()
TOKENS = [
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b"  ",
        b": ",
        b"- ",
        b"? ",
        b"# ",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
    ),
    *(b"&a ", b"*a", b"<<: ", b"!!str ", b"!x ", b"|", b">", b"'", b'"', b"---\n", b"...\n", b"%"),
    *(
        b"\x00",
        b"\x7f",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xf3\xb0\x80\x80",
    ),
    *(
        b"~",
        b"null",
        b"true",
        b"1.10",
        b"0x1F",
        b".inf",
        b"9" * 400,
        b"publiccodeYmlVersion: '1'\n",
    ),
]
quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(data: bytes) -> Report:
    """Judge the bytes, and use all that comes back."""
    report = validate(data, major=1, today=date(2026, 11, 23))
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for finding in report.findings:
        result = as_result(finding)
        json.dumps(result)
        assert result["description"]
        assert 1 <= finding.span.line <= lines
        assert finding.span.column >= 1
        assert as_text(finding, "publiccode.yml").startswith(f"publiccode.yml:{finding.span.line}:")
    if report.description is not None:
        assert Description.from_json(report.description.to_json()) == report.description
        again = validate(to_yaml(report.description).encode(), major=1)
        assert again.description == report.description or not report.valid
        assert again.valid or not report.valid
    return report


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file of ours with a few pieces cut out, doubled or put in."""
    data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, *TOKENS]) | st.binary(max_size=8))
        data = data[:start] + piece + data[end:]
    return data


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def restructured(draw: st.DrawFn) -> bytes:
    """A complete description, as JSON, with a few of its values replaced by others."""
    report = validate(FULL)
    assert report.description is not None
    document: dict[str, Any] = report.description.to_json()
    for _ in range(draw(st.integers(1, 4))):
        place: Any = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], (dict, list)) or draw(st.booleans()):
                place[key] = draw(values)
                break
            place = place[key]
    return json.dumps(document, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@quick
@given(st.binary(max_size=300))
def test_any_bytes_are_judged(data: bytes) -> None:
    check(data)


@quick
@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    check(text.encode())


@quick
@given(mutated())
def test_damaged_files_are_judged(data: bytes) -> None:
    check(data)


@quick
@given(restructured())
def test_files_with_other_values_are_judged(data: bytes) -> None:
    check(data)


@quick
@given(mutated())
def test_extra_findings_never_decide_validity(data: bytes) -> None:
    report = validate(data)
    said = [finding for finding in report.findings if not finding.extra]
    assert report.valid == (Report(tuple(said)).valid)
    assert report.valid or said
