"""`samkod validate`, as people and programs run it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Samkod
from tests.cli.web import here, web_server

HEAVY = {"fastapi", "starlette", "sqlalchemy", "sqlmodel", "alembic", "uvicorn", "httpx2"}


def test_valid_file_ends_with_0_and_nothing_on_the_output(samkod: Samkod, valid_file: str) -> None:
    done = samkod("validate", valid_file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "1 valid\n")


def test_invalid_file_ends_with_1_and_a_line_per_finding(samkod: Samkod, invalid_file: str) -> None:
    done = samkod("validate", invalid_file)
    assert done.returncode == 1
    assert done.stderr == "1 invalid\n"
    place = re.escape(invalid_file)
    lines = done.stdout.splitlines()
    assert all(re.match(rf"{place}:\d+:\d+: (error|warning): ", line) for line in lines)
    assert any(re.match(rf"{place}:\d+:\d+: error: legal\.license", line) for line in lines)


def test_unreadable_file_ends_with_2_and_the_others_are_still_judged(
    samkod: Samkod, valid_file: str, invalid_file: str
) -> None:
    done = samkod("validate", valid_file, "missing.yml", invalid_file)
    assert done.returncode == 2
    assert "samkod: missing.yml: No such file or directory" in done.stderr
    assert done.stderr.endswith("1 valid, 1 invalid, 1 unreadable\n")
    assert invalid_file in done.stdout


def test_publiccode_yml_of_the_folder_is_judged_where_none_is_named(
    samkod: Samkod, valid_file: str
) -> None:
    assert samkod("validate").returncode == 2
    shutil.copy(valid_file, samkod.folder / "publiccode.yml")
    assert samkod("validate").returncode == 0


def test_dash_is_standard_input(samkod: Samkod, valid_file: str) -> None:
    done = samkod("validate", "-", "--format=jsonl", stdin=Path(valid_file).read_bytes())
    assert done.returncode == 0
    assert json.loads(done.stdout)["file"] == "-"


def test_quoted_pattern_stands_for_the_files_it_matches(samkod: Samkod, valid_file: str) -> None:
    for folder in ("b", "a/c"):
        (samkod.folder / folder).mkdir(parents=True)
        shutil.copy(valid_file, samkod.folder / folder / "publiccode.yml")
    done = samkod("validate", "**/publiccode.yml", "--format=jsonl")
    files = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert files == ["a/c/publiccode.yml", "b/publiccode.yml"]
    assert samkod("validate", "**/nothing.yml").returncode == 2


def test_jsonl_has_a_line_per_file(samkod: Samkod, valid_file: str, invalid_file: str) -> None:
    done = samkod("validate", "--format=jsonl", valid_file, invalid_file, "missing.yml")
    valid, invalid, missing = map(json.loads, done.stdout.splitlines())
    assert valid == {"file": valid_file, "valid": True, "results": []}
    assert (invalid["file"], invalid["valid"]) == (invalid_file, False)
    for result in invalid["results"]:
        assert result.keys() >= {"key", "type", "line", "column", "code", "description"}
    assert (missing["valid"], missing["results"]) == (False, [])
    assert missing["error"] == "missing.yml: No such file or directory"
    assert done.returncode == 2


def test_json_is_an_array_as_the_reference_prints_it(
    samkod: Samkod, valid_file: str, invalid_file: str
) -> None:
    assert json.loads(samkod("validate", "--json", valid_file).stdout) == []
    done = samkod("validate", "--json", valid_file, invalid_file)
    assert done.returncode == 1
    for result in json.loads(done.stdout):
        assert result["file"] == invalid_file
        assert result.keys() >= {"key", "description", "line", "column", "type"}


def test_github_annotations_are_escaped(samkod: Samkod, invalid_file: str) -> None:
    awkward = samkod.folder / "100%,a:b.yml"
    shutil.copy(invalid_file, awkward)
    done = samkod("validate", "--github", awkward.name)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning) file=100%25%2Ca%3Ab\.yml,(line=\d+,)?", line), line
    assert any(",title=licence-" in line and "::legal.license: " in line for line in lines)


def test_what_a_file_says_gives_no_orders_to_the_terminal(samkod: Samkod) -> None:
    samkod.folder.joinpath("odd.yml").write_bytes(b'"a\\nb\\e[2J": 1\n')
    done = samkod("validate", "odd.yml")
    assert r"odd.yml:1:1: error: a\nb\x1b[2J: is not a key" in done.stdout


@pytest.mark.parametrize("format", ["text", "json", "jsonl", "github"])
def test_half_a_character_can_be_printed(samkod: Samkod, format: str) -> None:
    samkod.folder.joinpath("odd.yml").write_bytes(b'"a\\ud800": 1\n')
    done = samkod("validate", f"--format={format}", "odd.yml")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_address_is_fetched(samkod: Samkod, invalid_file: str) -> None:
    with web_server(Path(invalid_file).parent) as host:
        address = f"http://{host}/{Path(invalid_file).name}"
        refused = samkod("validate", address)
        assert refused.returncode == 2
        assert host.partition(":")[0] in refused.stderr
        done = samkod("validate", "--format=jsonl", "--allow-private-host", host, address)
        missing = samkod("validate", "--allow-private-host", host, f"http://{host}/none.yml")
    assert done.returncode == 1
    assert json.loads(done.stdout)["file"] == address
    assert (missing.returncode, "answers with status 404" in missing.stderr) == (2, True)


def test_folder_stands_for_the_files_in_it(samkod: Samkod, valid_file: str) -> None:
    for name in ("b/publiccode.yml", "a/c/publiccode.yaml", "other.yml", ".git/publiccode.yml"):
        file = samkod.folder / "folder" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(valid_file, file)
    done = samkod("validate", "folder", "--format=jsonl")
    files = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert files == ["folder/a/c/publiccode.yaml", "folder/b/publiccode.yml"]


def test_folder_without_any_cannot_be_read(samkod: Samkod) -> None:
    (samkod.folder / "empty").mkdir()
    done = samkod("validate", "empty")
    assert (done.returncode, "Is a directory" in done.stderr) == (2, True)


@pytest.mark.parametrize("format", ["json", "jsonl", "sarif"])
def test_fixes_are_told_where_there_is_a_place_for_them(samkod: Samkod, format: str) -> None:
    samkod.folder.joinpath("publiccode.yml").write_text("publiccodeYmlVersion: 0\n")
    assert '"\\"0\\""' in samkod("validate", f"--format={format}").stdout


def test_addresses_are_asked_for_where_told_to(samkod: Samkod, valid_file: str) -> None:
    with web_server(samkod.folder) as host:
        file = here(valid_file, host).replace("/kerbside/plan", "/publiccode.yml")
        samkod.folder.joinpath("publiccode.yml").write_text(file, "utf-8")
        silent = samkod("validate", "--format=jsonl")
        refused = samkod("validate", "--format=jsonl", "--external-checks")
        asking = samkod.having(SAMKOD_ALLOW_PRIVATE_HOSTS=host, SAMKOD_LINK_CHECK_SECONDS="20")
        asked = asking("validate", "--format=jsonl", "--external-checks")
        lines = asking("validate", "--external-checks").stdout.splitlines()
    assert "externalChecks" not in json.loads(silent.stdout)
    assert {*states(refused.stdout).values()} == {("blocked", "refused")}
    assert states(asked.stdout)["url"] == ("gone", "not-found")
    assert states(asked.stdout)["roadmap"] == ("ok", "found")
    assert asked.returncode == 0
    assert any("warning: url: " in line and "[address-gone]" in line for line in lines)


def states(line: str) -> dict[str, tuple[str, str]]:
    checks = json.loads(line)["externalChecks"]
    return {check["key"]: (check["state"], check["reason"]) for check in checks}


def test_validating_a_file_waits_for_no_web_framework(valid_file: str) -> None:
    script = (
        "import sys; from app.cli import program;"
        f"program(['validate', {valid_file!r}], standalone_mode=False);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert HEAVY.isdisjoint(done.stdout.split())


def test_version_1_may_be_declared_where_it_is_switched_on(
    samkod: Samkod, valid_file: str, tmp_path: Path
) -> None:
    text = Path(valid_file).read_text(encoding="utf-8")
    coming = tmp_path / "coming.yml"
    coming.write_text(
        re.sub(r"publiccodeYmlVersion: .*", 'publiccodeYmlVersion: "1"', text), encoding="utf-8"
    )
    assert samkod("validate", str(coming)).returncode == 1
    assert samkod("validate", "--major=1", str(coming)).returncode == 0
