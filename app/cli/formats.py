"""How `samkod validate` tells what it found: one function per format, verdicts in and lines out."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from app.cli.terminal import visible
from app.publiccode import Report
from app.publiccode.results import as_result, as_text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one file: its report, or else why it could not be read."""

    file: str
    report: Report | None
    unread: str | None = None


Lines: TypeAlias = Iterator[str]


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    GITHUB = "github"


def as_lines(verdicts: Iterable[Verdict]) -> Lines:
    """One line per finding, as a compiler writes it, so that editors can jump to it."""
    for verdict, report in _reported(verdicts):
        for finding in report.findings:
            yield visible(as_text(finding, verdict.file))


def as_json(verdicts: Iterable[Verdict]) -> Lines:
    """One array of all findings, the members of the reference and ours, and the file of each."""
    results = [
        {"file": verdict.file} | result
        for verdict, report in _reported(verdicts)
        for result in _results(report)
    ]
    yield json.dumps(results, indent=4)


def as_jsonl(verdicts: Iterable[Verdict]) -> Lines:
    """One object per file; a file that could not be read has an `error` and is not valid."""
    for verdict in verdicts:
        if verdict.report is None:
            line = {"file": verdict.file, "valid": False, "error": verdict.unread, "results": []}
        else:
            line = {
                "file": verdict.file,
                "valid": verdict.report.valid,
                "results": _results(verdict.report),
            }
        yield json.dumps(line)


def as_github(verdicts: Iterable[Verdict]) -> Lines:
    """Workflow commands, which GitHub shows beside the lines of a pull request.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    for verdict in verdicts:
        if verdict.report is None:
            yield _annotation("error", {"file": verdict.file}, verdict.unread or "")
            continue
        for result in _results(verdict.report):
            yield _github(verdict.file, result)


def _github(file: str, result: dict[str, Any]) -> str:
    properties = {
        "file": file,
        "line": result["line"],
        "endLine": result.get("endLine"),
        "col": result["column"],
        "endColumn": result.get("endColumn"),
        "title": result["code"],
    }
    message = f"{result['key']}: {result['description']}".removeprefix(": ")
    return _annotation(result["type"], properties, message)


def _annotation(kind: str, properties: dict[str, Any], message: str) -> str:
    given = ",".join(
        f"{name}={_escape(str(value), ':,')}" for name, value in properties.items() if value
    )
    return f"::{kind} {given}::{_escape(message)}"


def _escape(text: str, more: str = "") -> str:
    """Percent-encode what would end a workflow command, or one of its properties, early."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _results(report: Report) -> list[dict[str, Any]]:
    return [as_result(finding) for finding in report.findings]


def _reported(verdicts: Iterable[Verdict]) -> Iterator[tuple[Verdict, Report]]:
    return ((verdict, verdict.report) for verdict in verdicts if verdict.report is not None)


FORMATS: dict[Format, Callable[[Iterable[Verdict]], Lines]] = {
    Format.TEXT: as_lines,
    Format.JSON: as_json,
    Format.JSONL: as_jsonl,
    Format.GITHUB: as_github,
}
