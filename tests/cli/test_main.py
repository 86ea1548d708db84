"""`samkod` itself."""

import re
import subprocess
import sys

from tests.cli.conftest import Samkod


def test_help_names_every_command(samkod: Samkod) -> None:
    done = samkod("--help")
    assert done.returncode == 0
    for command in ("serve", "validate", "ingest", "token", "openapi"):
        assert command in done.stdout


def test_version_is_printed(samkod: Samkod) -> None:
    assert re.fullmatch(r"samkod \d+\.\d+\.\d+\n", samkod("--version").stdout)


def test_command_can_be_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("samkod ")
