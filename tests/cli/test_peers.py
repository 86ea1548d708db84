"""`samkod peers`: whom the catalogue harvests, from a shell."""

import pytest

from app.api.security import make_key
from tests.cli.conftest import Samkod

LIST = "https://forge.example.org/list.json"


@pytest.fixture
def with_key(samkod: Samkod) -> Samkod:
    return samkod.having(PASETO_KEY=make_key())


def test_a_peer_is_added_listed_and_removed(with_key: Samkod) -> None:
    added = with_key(
        "peers",
        "add",
        LIST,
        "--kind",
        "json",
        "--arg",
        "$..url",
        "--every",
        "10m",
        "--trust",
        "owner",
    )
    assert (added.returncode, added.stderr) == (0, "")

    listed = with_key("peers", "list").stdout
    assert added.stdout.strip() in listed
    assert "never" in listed
    assert with_key("peers", "runs", LIST).stdout == ""

    assert with_key("peers", "remove", "forge.example.org").returncode == 0
    assert added.stdout.strip() not in with_key("peers", "list").stdout


def test_what_cannot_be_followed_is_told(with_key: Samkod) -> None:
    with_key("peers", "add", LIST, "--kind", "json")

    for arguments, reason in (
        (("add", LIST, "--kind", "json"), "Another peer has the same uri."),
        (("add", LIST, "--kind", "telepathy"), "is none of"),
        (
            ("add", "https://a:b@forge.example.org/c", "--kind", "json"),
            "credentials, which belong in secret",
        ),
        (("confirm", LIST), "It was never listed as a whole."),
        (("add", "ftp://forge.example.org", "--kind", "json"), "url is invalid"),
        (("add", LIST, "--kind", "json", "--every", "9w"), "schedule is not from"),
        (("add", LIST, "--kind", "json", "--priority", "1001"), "priority is not from -1000 to"),
        (("add", LIST, "--kind", "json", "--trust", "blind"), "trust is invalid"),
        (("add", LIST, "--kind", "json", "--webhook-secret", "x"), "has fewer than 16"),
        (("add", LIST, "--kind", "json", "--name", "\udcff"), "is not UTF-8"),
        (("remove", "nobody"), "No peer with id nobody."),
    ):
        done = with_key("peers", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert reason in done.stderr


def test_a_secret_needs_a_key(samkod: Samkod, with_key: Samkod) -> None:
    command = ("peers", "add", LIST, "--kind", "json", "--secret", "not for everybody")

    assert "PASETO_KEY" in samkod(*command).stderr
    assert with_key(*command).returncode == 0
