"""SARIF 2.1.0, which code scanning services and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import PurePath
from typing import Any, TypeAlias
from urllib.parse import quote

from app.publiccode.codes import CODES
from app.publiccode.findings import Finding, Fix, Span
from app.publiccode.formats.verdict import Verdict
from app.publiccode.results import as_message, source

Json: TypeAlias = dict[str, Any]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
STANDARD = "https://yml.publiccode.tools/"


def log(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """One log with one run, in which each code that occurs is a rule."""
    verdicts = list(verdicts)
    codes = dict.fromkeys(finding.code for _, finding in _findings(verdicts))
    numbers = {code: number for number, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "samkod",
                "version": version("samkod"),
                "informationUri": STANDARD,
                "rules": [_rule(code) for code in codes],
            }
        },
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(verdicts)],
        "results": [
            {"ruleIndex": numbers[finding.code]} | _result(finding, file, language)
            for file, finding in _findings(verdicts)
        ],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _findings(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, Finding]]:
    for verdict in verdicts:
        for finding in verdict.report.findings if verdict.report else ():
            yield verdict.file, finding


def _rule(code: str) -> Json:
    rule = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.explanation},
        "help": {"text": rule.remedy},
        "helpUri": rule.source,
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, file: str, language: str) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": {"text": as_message(finding, language)},
        "locations": [_location(finding, file)],
        "properties": {"extra": finding.extra, "source": source(finding)},
    }
    if finding.fix:
        result["fixes"] = [_fix(finding.fix, file)]
    return result


def _location(finding: Finding, file: str) -> Json:
    physical: Json = {"artifactLocation": {"uri": _uri(file)}}
    if finding.span.line:
        physical["region"] = _region(finding.span)
    location: Json = {"physicalLocation": physical}
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "member"}]
    return location


def _fix(fix: Fix, file: str) -> Json:
    replacement = {
        "deletedRegion": _region(fix.span),
        "insertedContent": {"text": fix.replacement},
    }
    change = {"artifactLocation": {"uri": _uri(file)}, "replacements": [replacement]}
    return {"artifactChanges": [change]}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _invocation(verdicts: Iterable[Verdict]) -> Json:
    """Whether all files could be read, and why not."""
    unread = [
        {
            "level": "error",
            "message": {"text": verdict.unread or ""},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(verdict.file)}}}],
        }
        for verdict in verdicts
        if verdict.report is None
    ]
    return {"executionSuccessful": not unread, "toolExecutionNotifications": unread}


def _uri(file: str) -> str:
    """An address as it is; a relative path stays one, so that it is found in any checkout."""
    if "://" in file:
        return quote(file, safe="/:?#[]@!$&'()*+,;=%~", errors="surrogateescape")
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), errors="surrogateescape")
