"""Who may write."""

from datetime import UTC, datetime, timedelta

import httpx2
import orjson
import pyseto
import pytest
from fastapi import FastAPI

from app.api.refusals import CatalogForbidden, TokenRefused
from app.api.scopes import Writer
from app.api.security import Sealer, create_token, make_key, permit
from app.catalogue import catalogs, tokens
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.main import create_app
from app.settings import Settings
from tests.services import KEY, TOKEN

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOFTWARE = {"url": "https://git.example.org/a/b", "publiccodeYml": "name: B"}
REFUSED = b'{"title":"token authentication failed","status":401}'


def test_a_token_names_its_subject() -> None:
    key = make_key()
    token = create_token(key, subject="crawler", expires_at=None, now=NOW)

    assert token.startswith("v2.local.")
    assert Sealer(key).open(token, NOW + timedelta(days=36_500)).subject == "crawler"


def test_a_token_expires() -> None:
    key = make_key()
    token = create_token(key, subject=None, expires_at=NOW + timedelta(hours=1), now=NOW)

    assert Sealer(key).open(token, NOW + timedelta(minutes=59)).subject is None
    with pytest.raises(TokenRefused):
        Sealer(key).open(token, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "claims",
    [
        {"nbf": "2026-11-23T13:00:00Z"},
        {"exp": "2026-11-23T12:30:00+01:00"},
        {"exp": "2026-11-24T00:00:00"},
        {"exp": "tomorrow"},
        {"exp": 4_000_000_000},
        {"scope": ["software:write"]},
        {"catalogs": "se"},
        {"catalogs": [1]},
        [],
        "sub",
    ],
)
def test_claims_must_hold_and_make_sense(claims: object) -> None:
    sealer = Sealer(KEY)

    with pytest.raises(TokenRefused):
        sealer.open(sealer.seal(claims), NOW)  # type: ignore[arg-type]  # on purpose


def test_tokens_of_other_servers_with_the_same_key_are_valid() -> None:
    foreign = pyseto.encode(
        pyseto.Key.new(version=2, purpose="local", key=b"test-key-of-thirty-two-bytes-abc"),
        orjson.dumps({"iss": "elsewhere", "iat": "2021-05-01T10:00:00+02:00"}),
    ).decode()

    key = "dGVzdC1rZXktb2YtdGhpcnR5LXR3by1ieXRlcy1hYmM="
    assert Sealer(key).open(foreign, NOW).subject is None


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64 at all!", "ü" * 44])
def test_a_bad_key_stops_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="PASETO_KEY must be the base64 of 32 bytes"):
        Sealer(key)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer v2.local.AAAA",
        "Bearer v2.local.",
        "Bearer v4.local.AAAA",
        "Bearer v2.public.AAAA",
        f"bearer {TOKEN}",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-4]}AAAA",
        f"Bearer {TOKEN}.Zm9vdGVy",
        f"Bearer {create_token(make_key(), subject='x', expires_at=None, now=NOW)}",
        f"Bearer {create_token(KEY, subject='x', expires_at=NOW - timedelta(days=9), now=NOW)}",
        "Bearer \xfc".encode("latin-1"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/software"), ("PATCH", "/v1/software/x"), ("POST", "/v1/x"), ("PUT", "/")],
)
async def test_writing_needs_a_token_before_anything_else(
    client: httpx2.AsyncClient, method: str, path: str, authorization: str | bytes | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    response = await client.request(method, path, headers=headers)  # type: ignore[arg-type]  # bytes are taken, too

    assert response.status_code == 401
    assert response.content == REFUSED
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_quarantine_needs_a_token_to_read(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    response = await client.get("/v1/quarantine")

    assert response.status_code == 401
    assert response.json()["type"] == "/docs/problems/token-refused"
    assert (await writer.get("/v1/quarantine")).status_code == 200


async def test_without_a_key_nobody_writes(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, paseto_key=None, log_level="error"))
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://samkod.test", headers=headers
        ) as client,
    ):
        assert (await client.post("/v1/software", json={})).status_code == 401
        assert (await client.get("/v1/software")).status_code == 200


def test_keys_rotate() -> None:
    old, new, other = make_key(), make_key(), make_key()
    before = create_token(old, subject="before", expires_at=None, now=NOW)
    after = create_token(f"{new}, {old}", subject="after", expires_at=None, now=NOW)

    both = Sealer(f"{new}\n{old}")
    assert (both.open(before, NOW).subject, both.open(after, NOW).subject) == ("before", "after")
    assert Sealer(new).open(after, NOW).subject == "after"
    with pytest.raises(TokenRefused):
        Sealer(f"{new},{other}").open(before, NOW)


def test_expiry_can_be_let_pass_for_old_tokens() -> None:
    token = create_token(KEY, subject="old", expires_at=NOW, now=NOW - timedelta(days=400))

    assert Sealer(KEY, enforce_expiry=False).open(token, NOW).subject == "old"


@pytest.mark.parametrize(
    ("scopes", "scope", "may"),
    [
        ([], "software:write", True),
        (["software:write"], "software:write", True),
        (["software:write"], "publishers:write", False),
        (["webhooks:write"], "webhooks:read", True),
        (["webhooks:read"], "webhooks:write", False),
        (["software:write", "events:read"], "events:read", True),
        (["admin"], "catalogs:write", True),
    ],
)
def test_a_token_may_do_what_its_scopes_say(scopes: list[str], scope: str, may: bool) -> None:
    token = create_token(KEY, subject=None, expires_at=None, now=NOW, scopes=scopes)

    assert Sealer(KEY).open(token, NOW).may(scope) is may


def test_an_empty_scope_is_no_power_rather_than_all() -> None:
    sealer = Sealer(KEY)

    assert not sealer.open(sealer.seal({"scope": ""}), NOW).may("software:write")


async def test_a_missing_scope_is_named(app: FastAPI, client: httpx2.AsyncClient) -> None:
    headers = bearer(
        create_token(KEY, subject="x", expires_at=None, now=NOW, scopes=["logs:write"])
    )

    response = await client.post("/v1/software", json=SOFTWARE, headers=headers)

    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "title": "token not sufficient",
        "detail": "token lacks the scope software:write",
        "status": 403,
    }
    assert (await client.get("/v1/quarantine", headers=headers)).json()["detail"] == (
        "token lacks the scope quarantine:read"
    )


async def test_a_token_for_a_catalogue_writes_to_no_other(
    app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    root = bearer(create_token(KEY, subject="x", expires_at=None, now=NOW, catalogs=["∅"]))
    other = bearer(create_token(KEY, subject="x", expires_at=None, now=NOW, catalogs=["se"]))

    refused = await client.post("/v1/software", json=SOFTWARE, headers=other)
    assert refused.status_code == 403
    assert refused.json()["detail"] == f"token lacks the catalog {ROOT_ID}"
    created = await client.post("/v1/software", json=SOFTWARE, headers=root)
    assert created.status_code == 200
    path = f"/v1/software/{created.json()['id']}"
    assert (await client.patch(path, json={}, headers=other)).status_code == 403
    assert (await client.delete(path, headers=other)).status_code == 403
    assert (await client.patch(path, json={"vitality": "1"}, headers=root)).status_code == 200
    assert (await client.delete(path, headers=root)).status_code == 204


async def test_a_catalogue_is_meant_by_either_of_its_names(database: Database) -> None:
    async with transaction(database) as session:
        draft = catalogs.CatalogDraft(name="Sverige", alternative_id="se")
        id = (await catalogs.create(session, draft, now=NOW)).id
    async with reading(database) as session:
        for name in ("se", id):
            writer = Writer(None, catalogs=frozenset({name, "gone"}))
            await permit(session, writer, id)
            for another in (ROOT_ID, None):
                with pytest.raises(CatalogForbidden):
                    await permit(session, writer, another)


async def test_a_revoked_token_is_refused_at_once(
    app: FastAPI, client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    """One with a `jti`, and one of another maker, without."""
    sealer = Sealer(KEY)
    for token in (
        create_token(KEY, subject="lost", expires_at=None, now=NOW),
        sealer.seal({"sub": "elsewhere"}),
    ):
        assert (await client.get("/v1/quarantine", headers=bearer(token))).status_code == 200
        async with transaction(app.state.database) as session:
            assert await tokens.revoke(session, sealer.id_of(token), now=NOW)
            assert not await tokens.revoke(session, sealer.id_of(token), now=NOW)
        for method in ("POST", "GET"):
            refused = await client.request(method, "/v1/quarantine", headers=bearer(token))
            assert refused.status_code == 401
    assert (await writer.get("/v1/quarantine")).status_code == 200


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
