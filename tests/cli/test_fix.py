"""`samkod fix`, as people and programs run it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Samkod

FIXES = Path(__file__).parents[1] / "fixes"
BEFORE = FIXES / "version_outdated.before.yml"
AFTER = FIXES / "version_outdated.after.yml"
UNFIXABLE = FIXES / "version_of_another_major_is_left.before.yml"


@pytest.fixture
def file(samkod: Samkod) -> Path:
    return Path(shutil.copy(BEFORE, samkod.folder / "publiccode.yml"))


def test_the_fixed_file_is_printed_and_what_was_done_told(samkod: Samkod, file: Path) -> None:
    done = samkod("fix")
    assert (done.returncode, done.stdout) == (0, AFTER.read_text())
    assert done.stderr == (
        "publiccode.yml: publiccodeYmlVersion is now “0” [version-outdated]\n"
        "publiccode.yml: 1 fixed\n"
    )
    assert file.read_bytes() == BEFORE.read_bytes()


def test_line_ends_are_written_as_they_are(samkod: Samkod, file: Path) -> None:
    file.write_bytes(BEFORE.read_bytes().replace(b"\n", b"\r\n"))
    assert samkod("fix", "--write").returncode == 0
    assert file.read_bytes() == AFTER.read_bytes().replace(b"\n", b"\r\n")


def test_the_difference_can_be_applied(samkod: Samkod, file: Path) -> None:
    file.write_bytes(BEFORE.read_bytes().rstrip(b"\n") + b"\ninputTypes: []")
    done = samkod("fix", "--diff", "publiccode.yml")
    assert done.returncode == 0
    git = shutil.which("git")
    assert git
    subprocess.run([git, "apply", "-"], input=done.stdout.encode(), cwd=samkod.folder, check=True)
    assert file.read_bytes() == AFTER.read_bytes().rstrip(b"\n")


def test_files_are_changed_in_place_and_keep_their_permissions(samkod: Samkod, file: Path) -> None:
    file.chmod(0o640)
    samkod.folder.joinpath("link.yml").symlink_to(file)
    done = samkod("fix", "-w", "link.yml")
    assert (done.returncode, done.stdout) == (0, "")
    assert file.read_bytes() == AFTER.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640
    assert {each.name for each in samkod.folder.iterdir()} == {"link.yml", "publiccode.yml"}


def test_checking_ends_with_1_where_a_file_would_change(samkod: Samkod, file: Path) -> None:
    assert samkod("fix", "--check", "publiccode.yml").returncode == 1
    assert file.read_bytes() == BEFORE.read_bytes()
    assert samkod("fix", "--check", str(AFTER)).returncode == 0


def test_errors_that_are_left_end_with_1(samkod: Samkod) -> None:
    done = samkod("fix", str(UNFIXABLE))
    assert (done.returncode, done.stdout) == (1, UNFIXABLE.read_text())
    assert done.stderr.endswith(": 0 fixed, 1 error left\n")


def test_what_cannot_be_read_or_written_ends_with_2(samkod: Samkod, file: Path) -> None:
    done = samkod("fix", "--write", "missing.yml", "-", "publiccode.yml")
    assert done.returncode == 2
    assert "samkod: missing.yml: No such file or directory" in done.stderr
    assert "samkod: - is no file that could be changed" in done.stderr
    assert file.read_bytes() == AFTER.read_bytes()


def test_too_long_files_stay_as_they_are(samkod: Samkod) -> None:
    long = samkod.folder / "long.yml"
    long.write_bytes(BEFORE.read_bytes() + b"#" * 2 * 1024 * 1024)
    before = long.stat().st_mtime_ns
    assert samkod("fix", "--write", "long.yml").returncode == 2
    assert long.stat().st_mtime_ns == before


@pytest.mark.parametrize("arguments", [["a.yml", "b.yml"], ["--diff", "--write"]], ids=" ".join)
def test_contradictory_commands_are_refused(samkod: Samkod, arguments: list[str]) -> None:
    assert samkod("fix", *arguments).returncode == 2
