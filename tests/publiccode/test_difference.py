"""Differences as other programs read them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.publiccode.difference import MOST_LINES_COMPARED, difference

LONG = "".join(f"{number}\n" for number in range(MOST_LINES_COMPARED))


def test_lines_are_told_apart() -> None:
    assert difference("a\nb\nc\n", "a\nB\nc\n", "publiccode.yml") == (
        "--- a/publiccode.yml\n+++ b/publiccode.yml\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )
    assert difference("a\n", "a\n", "publiccode.yml") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\r\nb\r\n", "a\r\nB\r\n"),
        ("a\nb", "a\nB"),
        ("a\nb\n", "a\nb"),
        ("a\x0bb\x85c\u2028d\n", "a\x0bb\x85C\u2028d\n"),
        (LONG, LONG.replace("\n77\n", "\n") + "last"),
        (LONG, LONG.replace("\n77\n", "\n77\n78\n")),
    ],
    ids=["carriage returns", "no end", "lost end", "other breaks", "long", "long with addition"],
)
def test_git_can_apply_it(before: str, after: str, tmp_path: Path) -> None:
    file = tmp_path / "publiccode.yml"
    file.write_bytes(before.encode())
    git = shutil.which("git")
    assert git

    subprocess.run(
        [git, "apply", "--unidiff-zero", "-"],
        input=difference(before, after, file.name).encode(),
        cwd=tmp_path,
        check=True,
    )

    assert file.read_bytes() == after.encode()
