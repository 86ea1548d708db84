"""JUnit's XML, which most CI servers show as test results: a suite for each file.

An error is a failed test, a warning one that passed with something to say, and a file without
findings a single test. https://github.com/testmoapp/junitxml
"""

import html
import re
from collections.abc import Iterable, Iterator

from app.publiccode.codes import Severity
from app.publiccode.findings import Finding, Report
from app.publiccode.formats.verdict import Verdict
from app.publiccode.results import as_message, as_text

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets"""


def document(verdicts: Iterable[Verdict], language: str) -> Iterator[str]:
    """The document, a suite at a time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="publiccode.yml">'
    for verdict in verdicts:
        yield "\n".join(_suite(verdict, language))
    yield "</testsuites>"


def _suite(verdict: Verdict, language: str) -> Iterator[str]:
    file = verdict.file
    if verdict.report is None:
        yield _start(file, tests=1, failures=0, errors=1)
        yield _case(file, "readable", f"<error{_attributes(message=verdict.unread or '')}/>")
    else:
        yield from _cases(file, verdict.report, language)
    yield "</testsuite>"


def _cases(file: str, report: Report, language: str) -> Iterator[str]:
    findings = report.findings
    failures = sum(finding.severity is Severity.ERROR for finding in findings)
    yield _start(file, tests=len(findings) or 1, failures=failures, errors=0)
    for finding in findings:
        name = f"{finding.path} [{finding.code}]".lstrip()
        yield _case(file, name, _outcome(finding, file, language))
    if not findings:
        yield _case(file, "valid", "")


def _outcome(finding: Finding, file: str, language: str) -> str:
    text = _escaped(as_text(finding, file, language))
    if finding.severity is Severity.ERROR:
        message = as_message(finding, language)
        return f"<failure{_attributes(type=finding.code, message=message)}>{text}</failure>"
    return f"<system-out>{text}</system-out>"


def _start(file: str, **counts: int) -> str:
    return f"<testsuite{_attributes(name=file, **counts)}>"


def _case(file: str, name: str, outcome: str) -> str:
    return f"<testcase{_attributes(classname=file, name=name)}>{outcome}</testcase>"


def _attributes(**given: str | int) -> str:
    return "".join(f' {name}="{_escaped(str(value))}"' for name, value in given.items())


def _escaped(text: str) -> str:
    """Text for XML; what may not stand there at all is spelled out, as in `\\x1b`."""
    text = _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    text = html.escape(text)
    for space in "\t\n\r":
        text = text.replace(space, f"&#{ord(space)};")
    return text
