"""A finding for others: as the JSON of the reference's service with our additions, or as a line of text."""

import re
from typing import Any

from app.publiccode.codes import CODES, SCHEMA
from app.publiccode.findings import Finding
from app.publiccode.messages import render


def as_result(finding: Finding, language: str = "en") -> dict[str, Any]:
    """The members of the reference's results (`key`, `description`, `line`, `column`, `type`) and ours.

    Lines are numbered as the reference does; where it miscounts, `trueLine` is right.
    """
    span = finding.span
    moved = finding.reference_line - span.line if finding.reference_line else 0
    result: dict[str, Any] = {
        "key": finding.path,
        "type": finding.severity.value,
        "line": span.line + moved,
        "column": span.column,
        "code": finding.code,
        "description": render(finding, language),
        "endLine": span.end_line + moved,
        "endColumn": span.end_column,
        "source": source(finding),
    }
    if moved:
        result["trueLine"] = span.line
    if finding.extra:
        result["extra"] = True
    if finding.fix:
        result["fix"] = {
            "replacement": finding.fix.replacement,
            "line": finding.fix.span.line,
            "column": finding.fix.span.column,
            "endLine": finding.fix.span.end_line,
            "endColumn": finding.fix.span.end_column,
        }
    return result


def as_text(finding: Finding, file: str, language: str = "en") -> str:
    """Like a compiler: `FILE:LINE:COLUMN: error: KEY: text [code]`."""
    place = f"{file}:{finding.span.line}:{finding.span.column}"
    return f"{place}: {finding.severity}: {as_message(finding, language)} [{finding.code}]"


def as_message(finding: Finding, language: str = "en") -> str:
    """`KEY: text`, or only the text where there is no key."""
    key = f"{finding.path}: " if finding.path else ""
    return key + render(finding, language)


_INDEX = re.compile(r"\[\d+\]")
_LANGUAGE = re.compile(r"^description(?:\.[^.\[]+|\[[^\]]+\])")
_SECTIONS = frozenset(
    (
        "organisation",
        "intendedAudience",
        "description",
        "legal",
        "maintenance",
        "localisation",
        "dependsOn",
    )
)


def source(finding: Finding) -> str:
    """Where the standard, or what it refers to, says so; the key's own section if the rule has no other."""
    page = CODES[finding.code].source
    if page != SCHEMA or not finding.path:
        return page
    path = _LANGUAGE.sub("description.lang", _INDEX.sub("", finding.path))
    kind = "section" if path in _SECTIONS else "key"
    return f"{SCHEMA}#{kind}-{path.replace('.', '-').lower()}"
