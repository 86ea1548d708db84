"""`samkod peers`: whom the catalogue harvests, from a shell."""

import json

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


def test_a_peer_is_shown_and_changed(with_key: Samkod) -> None:
    added = with_key(
        "peers", "add", LIST, "--kind", "json", "--arg", "$..url", "--secret", "hush", "--disabled"
    )
    before = json.loads(with_key("peers", "show", LIST).stdout)
    assert (before["id"], before["enabled"], before["hasSecret"]) == (
        added.stdout.strip(),
        False,
        True,
    )

    changes = ("--name", "Lista", "--enabled", "--every", "12h", "--priority", "3")
    changed = with_key("peers", "change", LIST, *changes)
    assert (changed.returncode, changed.stdout, changed.stderr) == (0, "", "")
    after = json.loads(with_key("peers", "show", "Lista").stdout)
    new = {"name": "Lista", "enabled": True, "schedule": 12 * 3600, "priority": 3}
    untimed = {"dueAt": None, "updatedAt": None}
    assert after | untimed == before | new | untimed

    assert with_key("peers", "change", "Lista", "--secret", "").returncode == 0
    assert not json.loads(with_key("peers", "show", "Lista").stdout)["hasSecret"]


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
        (("add", LIST, "--kind", "json", "--every", "30s"), "is no time such as 10m"),
        (("change", LIST), "Say what shall be changed."),
        (("change", LIST, "--kind", "telepathy"), "is none of"),
        (("change", LIST, "--trust", "blind"), "trust is invalid"),
        (("change", LIST, "--url", "https://a:b@forge.example.org/c"), "credentials"),
        (("change", "nobody", "--disabled"), "No peer with id nobody."),
        (("show", "nobody"), "No peer with id nobody."),
        (("remove", "nobody"), "No peer with id nobody."),
    ):
        done = with_key("peers", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert reason in done.stderr


def test_one_of_several_with_a_name_is_told_by_its_uri(with_key: Samkod) -> None:
    for list_of in ("one", "two"):
        with_key("peers", "add", f"https://forge.example.org/{list_of}.json", "--kind", "json")

    refused = with_key("peers", "show", "forge.example.org")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "2 peers are called forge.example.org" in refused.stderr
    assert with_key("peers", "show", "https://forge.example.org/two.json").returncode == 0


def test_a_secret_needs_a_key(samkod: Samkod, with_key: Samkod) -> None:
    command = ("peers", "add", LIST, "--kind", "json", "--secret", "not for everybody")

    assert "PASETO_KEY" in samkod(*command).stderr
    assert with_key(*command).returncode == 0
