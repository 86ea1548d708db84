"""The report: versions, order, what is said once and what is only extra."""

from datetime import date
from pathlib import Path

import pytest

from app.publiccode import Report, Severity, validate
from app.publiccode.codes import CODES
from app.publiccode.messages import ENGLISH
from app.publiccode.results import as_result, as_text
from app.publiccode.validate import MAX_FINDINGS

CONFORMANCE = Path(__file__).parents[1] / "conformance"
MINIMAL = (CONFORMANCE / "valid" / "minimal.yml").read_text(encoding="utf-8")


def judged(text: str, major: int = 0) -> Report:
    return validate(text.encode(), major=major)


def said(report: Report) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in report.findings if not finding.extra]


def extra(report: Report) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in report.findings if finding.extra]


@pytest.mark.parametrize(
    "version", ["0.2", "0.2.0", "0.2.1", "0.2.2", "0.3", "0.3.0", "0.4", "0.4.0", "0.5.0", "0.5"]
)
def test_old_versions_are_accepted_with_a_warning(version: str) -> None:
    report = judged(MINIMAL.replace('"0"', f"'{version}'"))
    assert report.valid
    assert report.version == version
    assert said(report) == [("publiccodeYmlVersion", "version-outdated")]


@pytest.mark.parametrize("version", ["0", "0.7", "0.7.0"])
def test_current_versions_are_accepted_silently(version: str) -> None:
    assert judged(MINIMAL.replace('"0"', f"'{version}'")).findings == ()


@pytest.mark.parametrize(
    "version", ["0.1", "0.6", "0.6.0", "0.7.1", "0.8", "1", "1.0", "2", "", " 0", "v0"]
)
def test_other_versions_are_not(version: str) -> None:
    report = judged(MINIMAL.replace('"0"', f'"{version}"'))
    assert said(report) == [("publiccodeYmlVersion", "version-unsupported")]


def test_version_1_is_switched_on() -> None:
    text = MINIMAL.replace('"0"', '"1"')
    assert not judged(text).valid
    assert judged(text, major=1).findings == ()


@pytest.mark.parametrize(
    ("addition", "path"),
    [
        ("monochromeLogo: a.svg\n", "monochromeLogo"),
        ("inputTypes: [text/csv]\n", "inputTypes"),
        ("outputTypes: [text/csv]\n", "outputTypes"),
        ("supports: []\n", "supports"),
        ("IT: {}\n", "IT"),
        ("it: {}\n", "it"),
    ],
)
def test_version_1_has_fewer_keys(addition: str, path: str) -> None:
    text = MINIMAL.replace('"0"', '"1"') + addition
    assert said(judged(text, major=1)) == [(path, "key-unknown")]
    assert judged(MINIMAL + addition, major=1).valid


@pytest.mark.parametrize("key", ["repoOwner", "authorsFile"])
def test_version_1_has_fewer_keys_in_sections(key: str) -> None:
    text = MINIMAL.replace("  license:", f"  {key}: AUTHORS\n  license:")
    assert judged(text, major=1).valid
    report = judged(text.replace('"0"', '"1"'), major=1)
    assert said(report) == [(f"legal.{key}", "key-unknown")]


def test_version_1_has_no_generic_name() -> None:
    text = MINIMAL.replace('"0"', '"1"').replace("    features", "    genericName: x\n    features")
    assert said(judged(text, major=1)) == [("description.en.genericName", "key-unknown")]


def test_lower_case_countries_only_warn_in_version_1_too() -> None:
    text = MINIMAL.replace('"0"', '"1"') + "intendedAudience: {countries: [se]}\n"
    report = judged(text, major=1)
    assert report.valid
    assert said(report) == [("intendedAudience.countries[0]", "country-lowercase")]


def test_all_unknown_keys_are_reported_and_one_is_what_the_reference_reports() -> None:
    report = judged(MINIMAL + "foo: 1\nlandingUrl: https://a.example/\nbar: 2\n")
    assert said(report) == [("foo", "key-unknown")]
    assert extra(report) == [("landingUrl", "key-unknown"), ("bar", "key-unknown")]
    assert report.findings[1].params == {"near": "landingURL"}


def test_the_reference_reads_in_the_standards_order() -> None:
    report = judged(MINIMAL.replace("name: Tidal", "legal_: x\nname: [x]") + "logo: [x]\n")
    assert said(report) == [("name", "type-wrong")]
    assert extra(report) == [("logo", "type-wrong"), ("legal_", "key-unknown")]


def test_a_value_that_cannot_be_read_is_not_missing_as_well() -> None:
    text = MINIMAL.replace("  type: community", "  type: [community]")
    assert said(judged(text)) == [("maintenance.type", "type-wrong")]
    assert extra(judged(text)) == []


def test_faults_beside_an_unreadable_value_are_extra() -> None:
    report = judged(MINIMAL.replace("license: EUPL-1.2", "license: EUPL 1.2\n  repoOwner: []"))
    assert said(report) == [("legal.repoOwner", "type-wrong")]
    assert extra(report) == [("legal.license", "licence-unknown")]


def test_behind_a_fault_of_the_text_everything_is_extra() -> None:
    report = judged(MINIMAL.replace("stable", "done") + "name: Ebb\n")
    assert said(report) == [("", "key-twice")]
    assert extra(report) == [("developmentStatus", "development-status-unknown")]


def test_extra_findings_do_not_make_a_file_invalid() -> None:
    report = judged(MINIMAL.replace("EUPL-1.2", "GPL-3.0") + "usedBy: [a, a, ' ']\n")
    assert report.valid
    assert extra(report) == [
        ("usedBy[1]", "item-twice"),
        ("usedBy[2]", "item-empty"),
        ("legal.license", "licence-deprecated"),
    ]


def test_contracts_only_end_when_a_day_is_given() -> None:
    text = MINIMAL.replace(
        "  type: community", "  type: contract\n  contractors: [{name: A, until: 2026-01-31}]"
    ).encode()
    assert validate(text).findings == ()
    assert validate(text, today=date(2026, 1, 31)).findings == ()
    (finding,) = validate(text, today=date(2026, 2, 1)).findings
    assert (finding.code, finding.extra) == ("contract-ended", True)


def test_a_report_has_an_end() -> None:
    report = judged(MINIMAL + "categories:\n" + "  - x\n" * 5000)
    assert len(report.findings) == MAX_FINDINGS + 1
    assert report.findings[-1].code == "findings-too-many"
    assert not report.valid


def test_languages_in_keys_are_written_as_the_reference_does() -> None:
    text = MINIMAL.replace("  en:", "  en-GB:").replace("    features:\n      - Berth plan\n", "")
    text = text.replace("    shortDescription", "    genericName: x\n    shortDescription")
    assert said(judged(text)) == [
        ("description[en-GB].features", "too-few-items"),
        ("description.en-GB.genericName", "key-deprecated"),
    ]


def test_line_numbers_are_true_in_spans_and_the_references_in_results() -> None:
    text = "# Tidal\r\n" + MINIMAL.replace("\n", "\r\n").replace('"0"', '"0.4" # old')
    text = text.replace("stable", "'#stable' # '")
    report = judged(text)
    assert [finding.span.line for finding in report.findings] == [2, 7]
    results = [as_result(finding) for finding in report.findings]
    assert [(result["line"], result["trueLine"]) for result in results] == [(3, 2), (9, 7)]
    assert as_text(report.findings[1], "x.yml").startswith("x.yml:7:1: error: developmentStatus: ")


def test_a_result_has_the_references_members_and_ours() -> None:
    (finding,) = judged(MINIMAL.replace("EUPL-1.2", "EUPL 1.2")).findings
    assert as_result(finding) == {
        "key": "legal.license",
        "type": "error",
        "line": 18,
        "column": 3,
        "code": "licence-unknown",
        "description": as_result(finding)["description"],
        "endLine": 18,
        "endColumn": 20,
        "source": "https://spdx.org/licenses/",
    }
    assert "EUPL-1.2" in as_result(finding)["description"]


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("name", "key-name"),
        ("description[sv-FI].features", "key-description-lang-features"),
        ("maintenance.contacts[0].name", "key-maintenance-contacts-name"),
    ],
)
def test_results_link_into_the_standard(path: str, anchor: str) -> None:
    report = judged(
        MINIMAL.replace("name: Tidal\n", "")
        .replace("  en:", "  sv-FI:")
        .replace("    features:\n      - Berth plan\n", "")
        .replace("- name: Harbour Office of Westerstrand", "- phone: '1'")
    )
    sources = {finding.path: as_result(finding)["source"] for finding in report.findings}
    assert sources[path] == f"https://yml.publiccode.tools/schema.core.html#{anchor}"


def test_every_code_is_explained() -> None:
    assert CODES.keys() <= ENGLISH.keys()
    for code, entry in CODES.items():
        assert code == code.lower()
        assert entry.explanation.endswith(".")
        assert entry.remedy.endswith((".", "`"))
        assert entry.source.startswith("https://")
        assert entry.severity in Severity
