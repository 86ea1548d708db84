"""docs/rules.md says what the code says, and `samkod rules` says it too."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import program
from app.publiccode.codes import CODES, GROUPS
from app.publiccode.rulebook import to_markdown

COMMITTED = Path(__file__).parents[2] / "docs" / "rules.md"


def samkod(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(program, ["rules", *arguments])
    return result.exit_code, result.output


def test_the_document_is_current() -> None:
    assert COMMITTED.read_text("utf-8") == to_markdown(), "Run `make fix`."


def test_every_code_has_one_chapter() -> None:
    headings = [line for line in to_markdown().splitlines() if line.startswith("### ")]
    assert headings == [f"### {code}" for code in CODES]
    assert sum(len(group) for group in GROUPS.values()) == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_in_sentences(code: str) -> None:
    about = CODES[code]
    for text in (about.explanation, about.remedy):
        assert text[0].isupper() or text.startswith("`"), text
        assert text.endswith((".", ")")), text
    assert about.source.startswith("https://")


def test_the_command_prints_the_document() -> None:
    assert samkod() == (0, to_markdown())


def test_the_command_explains_one_code_in_a_language() -> None:
    status, printed = samkod("licence-unknown", "--lang", "sv")
    assert status == 0
    assert "är inget SPDX-uttryck: ”…”; menade du ”…”?" in printed
    assert "license: EUPL-1.2" in printed


def test_the_command_helps_with_a_misspelt_code() -> None:
    status, printed = samkod("license-unknown")
    assert status == 2
    assert "Did you mean licence-unknown?" in printed


def test_the_command_knows_when_the_document_is_out_of_date(tmp_path: Path) -> None:
    document = tmp_path / "rules.md"
    assert samkod("--write", str(document)) == (0, "")
    assert samkod("--check", str(document)) == (0, "")
    document.write_text(document.read_text("utf-8").replace("# Rules", "# Laws"), "utf-8")
    status, printed = samkod("--check", str(document))
    assert status == 1
    assert "-# Laws" in printed
