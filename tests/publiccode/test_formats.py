"""Findings in each form, for files of every kind."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from app.publiccode import Finding, Fix, Report, Span, validate
from app.publiccode.formats import Format, Verdict, write

SAMPLE = Path(__file__).parents[2] / "app" / "sample"
VALID = Verdict("a/valid.yml", validate((SAMPLE / "kerbside.yml").read_bytes()))
INVALID = Verdict("b/invalid.yml", validate((SAMPLE / "unfinished.yml").read_bytes()))
MISSING = Verdict("c/missing.yml", None, "c/missing.yml: No such file or directory")
NASTY = Verdict(
    '/d e/<ä>&"%.yml',
    Report((Finding("key-unknown", "a\nb\x1b[2J\ud800\uffff::]]>&<!--", {"near": "\x07"}),)),
)
FIXABLE = Verdict(
    "f/fixable.yml",
    Report(
        (
            Finding(
                "country-lowercase",
                "intendedAudience.countries[0]",
                {"instead": "IT"},
                Span(3, 5, 3, 7),
                fix=Fix(Span(3, 5, 3, 7), "IT"),
            ),
        )
    ),
)
ALL = [VALID, INVALID, MISSING, NASTY, FIXABLE]


def written(format: Format, verdicts: Iterable[Verdict] = ALL, language: str = "en") -> str:
    return "\n".join(write(format, verdicts, language)) + "\n"


def test_text_has_a_line_per_finding() -> None:
    lines = written(Format.TEXT, [VALID, INVALID, MISSING]).splitlines()
    assert all(re.match(r"b/invalid\.yml:\d+:\d+: (error|warning): ", line) for line in lines)
    assert INVALID.report is not None
    assert len(lines) == len(INVALID.report.findings)


def test_json_lists_the_findings_of_all_files() -> None:
    results = json.loads(written(Format.JSON, [VALID, INVALID, MISSING]))
    assert {result["file"] for result in results} == {"b/invalid.yml"}
    assert results[0].keys() >= {"key", "description", "line", "column", "type", "code"}


def test_json_lines_have_an_object_per_file() -> None:
    valid, invalid, missing, *_ = map(json.loads, written(Format.JSONL).splitlines())
    assert valid == {"file": "a/valid.yml", "valid": True, "results": []}
    assert (invalid["valid"], bool(invalid["results"])) == (False, True)
    assert missing["error"] == "c/missing.yml: No such file or directory"


def test_json_lines_tell_what_the_network_says_where_it_was_asked() -> None:
    answer = {"key": "url", "url": "https://git.example.org/x", "state": "gone"}
    verdict = Verdict("a.yml", VALID.report, external_checks=[answer])
    assert json.loads(written(Format.JSONL, [verdict]))["externalChecks"] == [answer]


def test_github_annotations_stay_on_their_lines() -> None:
    lines = written(Format.GITHUB).splitlines()
    command = re.compile(r"::(error|warning) file=[^:,]+(,\w+=[^:,]+)*::.*")
    assert [line for line in lines if not command.fullmatch(line)] == []
    assert lines[-1].startswith(
        "::warning file=f/fixable.yml,line=3,endLine=3,col=5,endColumn=7,title=country-lowercase::"
    )


def test_sarif_follows_its_schema() -> None:
    log = json.loads(written(Format.SARIF))
    Sarif.model_validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(urlsplit(rule["helpUri"]).scheme == "https" for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]


def test_sarif_names_files_as_relative_references() -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif_run(ALL)["results"]
    }
    assert uris == {"b/invalid.yml", "file:///d%20e/%3C%C3%A4%3E%26%22%25.yml", "f/fixable.yml"}


def test_sarif_says_which_files_could_not_be_read() -> None:
    (invocation,) = sarif_run(ALL)["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert "No such file" in notification["message"]["text"]
    assert sarif_run([VALID])["invocations"][0]["executionSuccessful"] is True


def test_sarif_carries_fixes() -> None:
    (result,) = sarif_run([FIXABLE])["results"]
    region = {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 7}
    assert result["locations"][0]["physicalLocation"]["region"] == region
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "IT"}}]


def sarif_run(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    (run,) = json.loads(written(Format.SARIF, verdicts))["runs"]
    assert isinstance(run, dict)
    return run


def test_junit_has_a_suite_per_file() -> None:
    suites = {suite.get("name"): counts(suite) for suite in junit(ALL)}
    assert suites["a/valid.yml"] == (1, 0, 0)
    assert suites["c/missing.yml"] == (1, 0, 1)
    assert suites["f/fixable.yml"] == (1, 0, 0)
    assert INVALID.report is not None
    errors = [finding for finding in INVALID.report.findings if finding.severity == "error"]
    assert suites["b/invalid.yml"] == (len(INVALID.report.findings), len(errors), 0)


def test_junit_counts_what_it_lists() -> None:
    for suite in junit(ALL):
        listed = (suite.findall(f"testcase{each}") for each in ("", "/failure", "/error"))
        assert tuple(map(len, listed)) == counts(suite)


def test_junit_keeps_awkward_texts() -> None:
    (suite,) = junit([NASTY])
    assert suite.get("name") == NASTY.file
    (case,) = suite
    assert case.get("name") == "a\nb\\x1b[2J\\ud800\\uffff::]]>&<!-- [key-unknown]"


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.text(st.characters()))
def test_no_text_breaks_a_form(text: str) -> None:
    finding = Finding("key-unknown", text, {"near": text})
    verdicts = [Verdict(f"a{text}".replace("\0", ""), Report((finding,))), Verdict("b", None, text)]
    junit(verdicts)
    sarif_run(verdicts)
    assert len(written(Format.GITHUB, verdicts).split("\n")) == 3
    assert len(written(Format.JSONL, verdicts).split("\n")) == 3


@pytest.mark.parametrize("format", Format)
def test_texts_are_in_the_language_asked_for(format: Format) -> None:
    english, swedish = (written(format, [INVALID], language) for language in ("en", "sv"))
    assert english != swedish


def junit(verdicts: Iterable[Verdict]) -> Element:
    return fromstring(written(Format.JUNIT, verdicts).encode())  # noqa: S314 - our own text


def counts(suite: Element) -> tuple[int, ...]:
    return tuple(int(suite.get(name) or 0) for name in ("tests", "failures", "errors"))
