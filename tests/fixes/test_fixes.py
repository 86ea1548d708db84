"""Files before and after: what is fixed, what is left alone, and that nothing else moves."""

from pathlib import Path

import pytest

from app.publiccode import validate
from app.publiccode.fixes import fix, suggest
from app.publiccode.validate import MAX_FINDINGS

FOLDER = Path(__file__).parent
BEFORE = sorted(FOLDER.glob("*.before.yml"))
LINE_BREAKS = ["\n", "\r\n", "\r"]


def after(before: Path) -> bytes:
    """The file beside it; where there is none, nothing can be done."""
    fixed = before.with_name(before.name.replace(".before.", ".after."))
    return (fixed if fixed.exists() else before).read_bytes()


@pytest.fixture(params=BEFORE, ids=lambda file: file.name.partition(".")[0])
def before(request: pytest.FixtureRequest) -> Path:
    file: Path = request.param
    return file


def test_a_file_is_fixed_and_nothing_else_moves(before: Path) -> None:
    fixed = fix(before.read_bytes())

    assert fixed.data.decode() == after(before).decode()
    assert bool(fixed.applied) == (fixed.data != before.read_bytes())
    assert fixed.before == validate(before.read_bytes())
    assert fixed.after == validate(fixed.data)


def test_fixed_files_have_no_more_findings_and_stay_as_they_are(before: Path) -> None:
    fixed = fix(before.read_bytes())

    assert len(fixed.after.findings) <= len(fixed.before.findings)
    again = fix(fixed.data)
    assert (again.data, again.applied) == (fixed.data, ())


@pytest.mark.parametrize("line_break", LINE_BREAKS, ids=repr)
def test_line_ends_stay(before: Path, line_break: str) -> None:
    text = before.read_text().replace("\n", line_break)

    fixed = fix(text.encode()).data.decode()

    assert fixed == after(before).decode().replace("\n", line_break)


def test_a_missing_line_end_at_the_end_stays_missing(before: Path) -> None:
    fixed = fix(before.read_bytes().rstrip(b"\n"))

    assert fixed.data == after(before).rstrip(b"\n")


def test_the_last_entry_goes_without_a_trace() -> None:
    text = (FOLDER / "version_outdated.after.yml").read_text()

    assert fix(f"{text}inputTypes: []".encode()).data.decode() == text.removesuffix("\n")
    assert fix(f"{text}\ninputTypes:\n  - text/csv\n".encode()).data.decode() == text


def test_a_byte_order_mark_is_removed() -> None:
    text = (FOLDER / "version_outdated.after.yml").read_bytes()

    fixed = fix(b"\xef\xbb\xbf" + text)

    assert fixed.data == text
    assert [applied.code for applied in fixed.applied] == ["byte-order-mark"]


def test_what_was_done_is_told_by_code_and_path() -> None:
    fixed = fix((FOLDER / "codice_ipa_becomes_organisation.before.yml").read_bytes())

    assert fixed.applied == (
        ("key-deprecated", "legal.repoOwner", "was moved to organisation.name"),
        ("key-deprecated", "IT.riuso.codiceIPA", "was moved to organisation.uri"),
        ("section-outdated", "IT", "was removed, since it said nothing more"),
    )


def test_a_repair_that_brings_more_findings_to_light_is_not_made() -> None:
    text = (FOLDER / "version_outdated.before.yml").read_text()
    funders = "fundedby:\n  - name: Sandvik\n  - name: Norrvik\n"

    fixed = fix(text.encode() + funders.encode())

    assert fixed.data == after(FOLDER / "version_outdated.before.yml") + funders.encode()


def test_a_file_with_more_findings_than_a_report_holds_stays() -> None:
    text = (FOLDER / "version_outdated.before.yml").read_bytes()
    audience = b"intendedAudience:\n  countries:\n" + b"    - it\n" * MAX_FINDINGS

    assert fix(text + audience).data == text + audience


@pytest.mark.parametrize(
    "file",
    ["countries_lowercase", "key_typos", "version_outdated", "deprecated_keys_are_dropped"],
)
def test_suggested_fixes_are_those_that_fixing_makes(file: str) -> None:
    before = FOLDER / f"{file}.before.yml"
    text = before.read_text()
    report = suggest(before.read_bytes(), validate(before.read_bytes()))
    lines = text.splitlines(keepends=True)

    fixes = [finding.fix for finding in report.findings if finding.fix]
    for fix_ in sorted(fixes, key=lambda one: (one.span.line, one.span.column), reverse=True):
        start, end = (
            sum(map(len, lines[: line - 1])) + column - 1
            for line, column in (
                (fix_.span.line, fix_.span.column),
                (fix_.span.end_line, fix_.span.end_column),
            )
        )
        text = text[:start] + fix_.replacement + text[end:]

    assert text.encode() == after(before)


def test_nothing_is_suggested_for_what_cannot_be_read() -> None:
    report = validate(b"- one\n")
    assert suggest(b"- one\n", report) == report
