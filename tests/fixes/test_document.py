"""docs/fixes.md says what is fixed."""

import re
from pathlib import Path

from app.publiccode.repairs import PLANNERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "fixes.md"


def test_every_code_that_is_fixed_is_explained() -> None:
    table = DOCUMENT.read_text("utf-8").partition("**Findings**")[2]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    assert sorted(code for row in rows for code in re.findall(r"`([\w-]+)`", row)) == sorted(
        PLANNERS
    )
