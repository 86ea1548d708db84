"""Agreement with the reference on the shared corpus, which stands beside the repository or is skipped."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.publiccode import validate
from app.publiccode.results import as_result

ROOT = Path(__file__).parents[2]
CORPUS = (ROOT / os.environ.get("SAMKOD_SHARED", "../shared") / "corpus").resolve()

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")


def files() -> Iterator[tuple[dict[str, str], bytes]]:
    for record in json.loads((CORPUS / "verdicts.json").read_text(encoding="utf-8")):
        yield {"file": record["file"]}, (CORPUS / "real" / record["file"]).read_bytes()


def probes() -> Iterator[tuple[dict[str, str], bytes]]:
    for line in (CORPUS / "probes.jsonl").read_text(encoding="utf-8").split("\n"):
        if line:
            record: dict[str, Any] = json.loads(line)
            encoded = record.get("input_base64")
            data = base64.b64decode(encoded) if encoded else record["input"].encode()
            yield {"id": record["id"]}, data


@pytest.mark.parametrize(
    ("kind", "level", "valid", "findings"),
    [
        ("files", "key", 1.0, 0.99),
        ("files", "line", 1.0, 0.98),
        ("probes", "key", 0.995, 0.985),
        ("probes", "line", 0.995, 0.97),
    ],
)
def test_results_agree_with_the_reference(
    kind: str, level: str, valid: float, findings: float, tmp_path: Path
) -> None:
    lines = []
    for name, data in files() if kind == "files" else probes():
        report = validate(data)
        results = [as_result(finding) for finding in report.findings]
        lines.append(json.dumps({**name, "valid": report.valid, "results": results}))
    jsonl = tmp_path / "results.jsonl"
    jsonl.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, str(CORPUS / "compare.py"), "--jsonl", str(jsonl), "--set", kind]
    command += ["--level", level, "--min-valid", str(valid), "--min-findings", str(findings)]
    compare = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert compare.returncode == 0, compare.stdout
