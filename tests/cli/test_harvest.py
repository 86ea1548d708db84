"""`samkod harvest`: a catalogue on this machine takes over what another one has."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.files import publiccode_yml
from tests.cli.conftest import Samkod
from tests.contract.conftest import Service, running, settings_for


@pytest.fixture
def other(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Service]:
    """Another catalogue, with two software."""
    folder = tmp_path / "other"
    folder.mkdir()
    database = f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'catalogue.db')}"
    with running(settings_for(database, data_dir=folder, export_seconds=0)) as service:
        for number in range(2):
            url = f"https://git.example.org/comune/{number}"
            service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})
        yield service


def test_what_another_catalogue_has_is_here_after_a_harvest(samkod: Samkod, other: Service) -> None:
    here = samkod.having(
        SAMKOD_PUBLIC_URL="https://here.example.org", SAMKOD_ALLOW_PRIVATE_HOSTS="127.0.0.1"
    )
    here("peers", "add", other.address, "--kind", "changes", "--name", "Other")

    first, again = here("harvest"), here("harvest", "Other")

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "Other: succeeded; 2 seen, 2 created\n"
    assert again.stdout == "Other: succeeded; nothing\n"
    assert here("harvest", "--full").stdout == "Other: succeeded; 2 seen, 2 unchanged\n"
    exported = here("export", "--format", "jsonl").stdout
    assert exported.count("Acqua chiara") >= 2
    assert "2 created" in here("peers", "runs", "Other").stdout


def test_a_harvest_that_fails_says_why(samkod: Samkod) -> None:
    here = samkod.having(SAMKOD_PUBLIC_URL="https://here.example.org")
    here("peers", "add", "http://127.0.0.1:9/", "--kind", "changes", "--name", "Other")

    done = here("harvest")

    assert (done.returncode, done.stdout) == (1, "Other: failed; nothing\n")
    assert "127.0.0.1" in done.stderr


def test_nobody_can_be_harvested_who_is_not_followed(samkod: Samkod) -> None:
    done = samkod("harvest", "nobody")

    assert (done.returncode, done.stdout) == (2, "")
    assert "nobody" in done.stderr
