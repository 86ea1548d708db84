"""Who may write."""

from datetime import UTC, datetime, timedelta

import httpx2
import orjson
import pyseto
import pytest

from app.api.refusals import TokenRefused
from app.api.security import Sealer, create_token, make_key
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import KEY, TOKEN

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
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
