"""The real command, in a process and a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "app" / "sample"
SECONDS_BEFORE_GIVING_UP = 60


@dataclass(frozen=True)
class Samkod:
    """Runs `samkod` in `folder`; `environment` is all that it knows of ours, besides the path."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self._command(arguments),
            input=stdin.decode("utf-8", "surrogateescape"),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=SECONDS_BEFORE_GIVING_UP,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """The command as long as the block lasts; it is killed where it has not ended."""
        with subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def having(self, **environment: str) -> "Samkod":
        return Samkod(self.folder, self.environment | environment)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [str(Path(sys.executable).with_name("samkod")), *arguments]

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment}


@pytest.fixture
def samkod(tmp_path: Path) -> Samkod:
    return Samkod(tmp_path)


@pytest.fixture
def valid_file() -> str:
    return str(SAMPLE / "kerbside.yml")


@pytest.fixture
def invalid_file() -> str:
    return str(SAMPLE / "unfinished.yml")
