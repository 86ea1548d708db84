"""Schemathesis asks every operation of our description, rightly and wrongly, on each engine.

No answer may be a fault of ours, or have a status, a media type or a shape which is not described.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import Service, token

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
HOOKS = "tests.contract.schemathesis_hooks"
ROOT = Path(__file__).parents[2]
SECONDS = 35
HANG_LIMIT = 600


@pytest.mark.long
def test_every_answer_is_as_described(service: Service, tmp_path: Path) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program
    options = {
        "--checks": ",".join(CHECKS),
        "--header": f"Authorization: Bearer {token()}",
        "--phases": "examples,coverage,fuzzing",
        "--max-examples": "5",
        "--max-time": str(SECONDS),
        "--seed": "4",
    }
    words = [word for option in options.items() for word in option]

    done = subprocess.run(
        [program, "run", f"{service.address}/openapi.json", *words, "--no-shrink", "--no-color"],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=HANG_LIMIT,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
