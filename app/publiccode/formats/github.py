"""Workflow commands, which GitHub shows beside the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable, Iterator

from app.publiccode.findings import Finding
from app.publiccode.formats.verdict import Verdict
from app.publiccode.results import as_message


def annotations(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """A command for each finding, and for each file that could not be read."""
    for verdict in verdicts:
        if verdict.report is None:
            yield _command("error", {"file": verdict.file}, verdict.unread or "")
            continue
        for finding in verdict.report.findings:
            yield _annotation(verdict.file, finding, language)


def _annotation(file: str, finding: Finding, language: str) -> str:
    span = finding.span
    properties: dict[str, str | int] = {
        "file": file,
        "line": span.line,
        "endLine": span.end_line,
        "col": span.column,
        "endColumn": span.end_column,
        "title": finding.code,
    }
    return _command(finding.severity, properties, as_message(finding, language))


def _command(name: str, properties: dict[str, str | int], message: str) -> str:
    given = ",".join(
        f"{key}={_escape(str(value), ':,')}" for key, value in properties.items() if value
    )
    return f"::{name} {given}::{_escape(message)}"


def _escape(text: str, more: str = "") -> str:
    """Percent-encode what would end a workflow command, or one of its properties, early."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
