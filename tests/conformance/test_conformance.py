"""Each file differs from a minimal valid one in the one place that its name tells.

`expected.json` says what is found in it; a file that is not named there has no findings at all.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from app.publiccode import Report, validate

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.yml"))
EXPECTED: dict[str, list[str]] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 23)


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def lines_of(report: Report) -> list[str]:
    return [
        f"{finding.span.line}:{finding.span.column} {finding.severity} {finding.path or '-'} "
        f"{finding.code}{' (extra)' if finding.extra else ''}"
        for finding in report.findings
    ]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_file_has_the_findings_that_are_written_down(file: Path) -> None:
    report = validate(file.read_bytes(), today=TODAY)
    assert lines_of(report) == EXPECTED.get(name_of(file), [])
    assert report.valid == (file.parent.name != "invalid")


def test_every_expectation_has_a_file() -> None:
    assert not EXPECTED.keys() - set(map(name_of, FILES))


def test_files_without_findings_are_those_called_valid() -> None:
    silent = {name_of(file) for file in FILES} - EXPECTED.keys()
    assert {name.partition("/")[0] for name in silent} == {"valid"}
