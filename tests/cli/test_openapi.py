"""`samkod openapi`: printed, written and compared."""

import json

from tests.cli.conftest import Samkod


def test_description_is_printed(samkod: Samkod) -> None:
    done = samkod("openapi")
    assert done.returncode == 0
    assert json.loads(done.stdout)["openapi"].startswith("3.1")


def test_written_description_is_up_to_date_until_it_is_touched(samkod: Samkod) -> None:
    file = samkod.folder / "openapi" / "openapi.json"
    assert samkod("openapi", "--write", str(file)).returncode == 0
    same = samkod("openapi", "--check", str(file))
    assert (same.returncode, same.stdout) == (0, "")
    file.write_text(
        file.read_text(encoding="utf-8").replace("/v1/status", "/v1/stat"), encoding="utf-8"
    )
    different = samkod("openapi", "--check", str(file))
    assert different.returncode == 1
    assert '+    "/v1/status": {' in different.stdout
    assert "--write" in different.stderr


def test_missing_description_cannot_be_compared(samkod: Samkod) -> None:
    assert samkod("openapi", "--check", "openapi.json").returncode == 2
