"""`samkod reindex`: the words of a catalogue made anew."""

from tests.cli.conftest import Samkod
from tests.ingest.folders import fill


def test_it_says_how_many_are_done(samkod: Samkod, database_url: str) -> None:
    fill(samkod.folder / "files", 3)
    command = samkod.having(DATABASE_URL=database_url)
    assert command("ingest", "files").returncode == 0

    done = command("reindex")

    assert (done.returncode, done.stdout, done.stderr) == (0, "3 software indexed.\n", "")


def test_a_database_that_cannot_be_opened_is_refused(samkod: Samkod) -> None:
    done = samkod.having(DATABASE_URL="mysql://nobody:secret@host/name")("reindex")

    assert done.returncode == 2
    assert "secret" not in done.stderr
