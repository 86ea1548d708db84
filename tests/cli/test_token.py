"""`samkod token create`: what it prints opens the door, for as long as was asked."""

from datetime import UTC, datetime, timedelta

import pytest

from app.api.refusals import TokenRefused
from app.api.security import Sealer, make_key
from app.cli import development_key
from tests.cli.conftest import Samkod


@pytest.fixture
def key() -> str:
    return make_key()


def test_token_names_its_subject_and_holds_for_a_year(samkod: Samkod, key: str) -> None:
    done = samkod.having(PASETO_KEY=key)("token", "create", "--subject", "crawler")
    assert (done.returncode, done.stderr) == (0, "")
    token, sealer, now = done.stdout.rstrip("\n"), Sealer(key), datetime.now(UTC)
    assert sealer.open(token, now).subject == "crawler"
    assert sealer.open(token, now + timedelta(days=364)).subject == "crawler"
    with pytest.raises(TokenRefused):
        sealer.open(token, now + timedelta(days=366))


def test_token_can_be_short_lived_or_hold_for_ever(samkod: Samkod, key: str) -> None:
    command, sealer, now = samkod.having(PASETO_KEY=key), Sealer(key), datetime.now(UTC)
    short = command("token", "create", "--expires", "12h").stdout.strip()
    with pytest.raises(TokenRefused):
        sealer.open(short, now + timedelta(hours=13))
    for_ever = command("token", "create", "--expires", "never").stdout.strip()
    assert sealer.open(for_ever, now + timedelta(days=40_000)).subject == "operator"


@pytest.mark.parametrize("lifetime", ["", "0d", "-1d", "12", "1y", "1d2h", "forever"])
def test_odd_lifetime_is_refused(samkod: Samkod, key: str, lifetime: str) -> None:
    done = samkod.having(PASETO_KEY=key)("token", "create", "--expires", lifetime)
    assert (done.returncode, done.stdout) == (2, "")
    assert "never" in done.stderr


def test_key_of_the_demo_is_used_where_no_other_is_set(samkod: Samkod, key: str) -> None:
    development_key.keep(samkod.folder / "data", key)
    done = samkod("token", "create")
    assert Sealer(key).open(done.stdout.strip(), datetime.now(UTC)).subject == "operator"


def test_without_a_key_there_is_no_token(samkod: Samkod) -> None:
    done = samkod("token", "create")
    assert (done.returncode, done.stdout) == (2, "")
    assert "PASETO_KEY" in done.stderr


def test_misspelled_key_is_refused_in_plain_words(samkod: Samkod) -> None:
    done = samkod.having(PASETO_KEY="secret")("token", "create")
    assert (done.returncode, done.stdout) == (2, "")
    assert "32 bytes" in done.stderr
    assert "Traceback" not in done.stderr


def test_token_can_be_limited_to_scopes_and_catalogues(samkod: Samkod, key: str) -> None:
    limits = ("--scope", "software:write", "--scope", "logs:write", "--catalog", "se")
    done = samkod.having(PASETO_KEY=key)("token", "create", *limits, "--catalog", "no")
    writer = Sealer(key).open(done.stdout.strip(), datetime.now(UTC))
    assert writer.scopes == frozenset({"software:write", "logs:write"})
    assert writer.catalogs == frozenset({"se", "no"})


def test_unknown_scope_is_refused_and_the_known_ones_are_named(samkod: Samkod, key: str) -> None:
    done = samkod.having(PASETO_KEY=key)("token", "create", "--scope", "software:destroy")
    assert (done.returncode, done.stdout) == (2, "")
    assert "software:write" in done.stderr


def test_token_is_made_with_the_first_of_several_keys(samkod: Samkod, key: str) -> None:
    done = samkod.having(PASETO_KEY=f"{key},{make_key()}")("token", "create")
    assert Sealer(key).open(done.stdout.strip(), datetime.now(UTC)).subject == "operator"


def test_token_is_revoked_by_itself_or_by_its_id(samkod: Samkod, key: str) -> None:
    command = samkod.having(PASETO_KEY=key, DATABASE_URL="sqlite:///catalogue.db")
    token = command("token", "create", "--expires", "never").stdout.strip()
    id = Sealer(key).id_of(token)
    assert command("token", "revoke", token).stdout == f"{id} is revoked.\n"
    again = command("token", "revoke", id)
    assert (again.returncode, again.stdout) == (0, f"{id} was revoked before.\n")


def test_token_of_another_key_cannot_be_revoked(samkod: Samkod, key: str) -> None:
    token = samkod.having(PASETO_KEY=key)("token", "create").stdout.strip()
    done = samkod.having(PASETO_KEY=make_key())("token", "revoke", token)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not sealed with our key" in done.stderr
