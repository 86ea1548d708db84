""".pre-commit-hooks.yaml and action.yml do what they say, with the command as it is."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Samkod
from tests.cli.web import here, web_server
from tests.publiccode.plain_values import plain_values

ROOT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in plain_values((ROOT / ".pre-commit-hooks.yaml").read_bytes())
}
ACTION: dict[str, Any] = plain_values((ROOT / "action.yml").read_bytes())
DEFAULTS = {name: about["default"] for name, about in ACTION["inputs"].items()}
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{\s*(\S+)\s*\}\}")


def test_pre_commit_understands_the_hooks() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert set(HOOKS) == {"publiccode", "publiccode-fix"}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=lambda hook: hook["id"])
def test_hooks_are_for_files_of_that_name(hook: dict[str, Any]) -> None:
    files = re.compile(hook["files"])
    for name in ("publiccode.yml", "publiccode.yaml", "docs/publiccode.yml"):
        assert files.search(name), name
    for name in ("publiccode.yml.orig", "publiccode-yml", "notpubliccode.yml", "public.yml"):
        assert not files.search(name), name


def test_hook_judges_the_files_it_is_given(
    samkod: Samkod, valid_file: str, invalid_file: str
) -> None:
    assert run_hook(samkod, "publiccode", valid_file, valid_file).returncode == 0
    done = run_hook(samkod, "publiccode", valid_file, invalid_file)
    assert (done.returncode, invalid_file in done.stdout) == (1, True)


def test_fixing_hook_changes_files(samkod: Samkod, valid_file: str) -> None:
    file = samkod.folder / "publiccode.yml"
    text = Path(valid_file).read_text("utf-8")
    file.write_text(text.replace('publiccodeYmlVersion: "0"', "publiccodeYmlVersion: 0"), "utf-8")
    assert run_hook(samkod, "publiccode-fix", file.name).returncode == 0
    assert file.read_text("utf-8") == text


def run_hook(samkod: Samkod, name: str, *files: str) -> "subprocess.CompletedProcess[str]":
    command, *arguments = shlex.split(HOOKS[name]["entry"])
    assert command == "samkod"
    return samkod(*arguments, *HOOKS[name].get("args", []), *files)


def test_action_uses_its_inputs_and_no_others() -> None:
    used = {
        expression
        for step in STEPS.values()
        for value in step["env"].values()
        for expression in EXPRESSION.findall(value)
    }
    assert used == {"github.action_path", *(f"inputs.{name}" for name in DEFAULTS)}


def test_no_input_of_the_action_is_part_of_a_script() -> None:
    """It would be run as one."""
    assert [step["name"] for step in STEPS.values() if "${{" in step["run"]] == []


def test_action_installs_itself(tmp_path: Path) -> None:
    """With the environment that is there, since pip would go to the network."""
    bin = tmp_path / "samkod" / "bin"
    bin.mkdir(parents=True)
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 0\n")
    (bin / "python").write_text('#!/bin/sh\necho "$@"\n')
    for program in (tmp_path / "python3", bin / "python"):
        program.chmod(0o755)
    done = run_step(
        "Install Samkod",
        tmp_path,
        {"github.action_path": str(ROOT)},
        PATH=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert done.stdout.split() == [
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        str(ROOT),
    ]


def test_action_annotates_the_files(tmp_path: Path, valid_file: str, invalid_file: str) -> None:
    for folder, file in (("a b", valid_file), ("c", invalid_file)):
        (tmp_path / folder).mkdir()
        shutil.copy(file, tmp_path / folder / "publiccode.yml")
    done = validate(tmp_path, files="a b/publiccode.yml\n\n**/publiccode.yml\n")
    assert done.returncode == 1
    assert all(
        line.startswith("::error file=c/publiccode.yml,") for line in done.stdout.split("\n")[:-1]
    )
    assert validate(tmp_path, files="a b").returncode == 0
    assert validate(tmp_path).returncode == 2


def test_action_speaks_languages(tmp_path: Path, invalid_file: str) -> None:
    shutil.copy(invalid_file, tmp_path / "publiccode.yml")
    assert "SPDX-uttryck" in validate(tmp_path, language="sv").stdout


def test_action_asks_the_network_where_told_to(tmp_path: Path, valid_file: str) -> None:
    with web_server(tmp_path) as host:
        (tmp_path / "publiccode.yml").write_text(here(valid_file, host), "utf-8")
        silent = validate(tmp_path)
        done = validate(tmp_path, host, **{"external-checks": "true"})
    assert (silent.returncode, silent.stdout) == (0, "")
    assert done.returncode == 0
    assert any("title=address-gone::url: " in line for line in done.stdout.splitlines())


def validate(
    folder: Path, may_be_asked: str = "", **inputs: str
) -> "subprocess.CompletedProcess[str]":
    installed = folder / "samkod" / "bin"
    installed.mkdir(parents=True, exist_ok=True)
    if not (installed / "samkod").exists():
        (installed / "samkod").symlink_to(Path(sys.executable).with_name("samkod"))
    given = {f"inputs.{name}": value for name, value in (DEFAULTS | inputs).items()}
    return run_step("Validate", folder, given, SAMKOD_ALLOW_PRIVATE_HOSTS=may_be_asked)


def run_step(
    name: str, folder: Path, values: dict[str, str], **environment: str
) -> "subprocess.CompletedProcess[str]":
    """As the runner does: `bash` with these options, and the step's environment filled in."""
    step = STEPS[name]
    assert step["shell"] == "bash"
    given = {
        key: EXPRESSION.sub(lambda found: values[found[1]], value)
        for key, value in step["env"].items()
    }
    runner = {"RUNNER_TEMP": str(folder), "HOME": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=runner | environment | given,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
