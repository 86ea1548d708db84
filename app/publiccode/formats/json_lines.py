"""Results as JSON, for programs: of all files together, or a line for each file."""

import json
from collections.abc import Iterable, Iterator

from app.publiccode.formats.verdict import Verdict, reported
from app.publiccode.results import as_result


def array(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """All findings, with the members of the reference and ours, and the file of each."""
    results = [
        {"file": verdict.file} | as_result(finding, language)
        for verdict, report in reported(verdicts)
        for finding in report.findings
    ]
    yield json.dumps(results, indent=4)


def lines(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """An object for each file; one that could not be read has an `error` and is not valid."""
    for verdict in verdicts:
        yield json.dumps(_line(verdict, language))


def _line(verdict: Verdict, language: str) -> dict[str, object]:
    if verdict.report is None:
        return {"file": verdict.file, "valid": False, "error": verdict.unread, "results": []}
    line: dict[str, object] = {
        "file": verdict.file,
        "valid": verdict.report.valid,
        "results": [as_result(finding, language) for finding in verdict.report.findings],
    }
    if verdict.external_checks is not None:
        line["externalChecks"] = verdict.external_checks
    return line
