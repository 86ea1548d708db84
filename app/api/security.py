"""Bearer tokens: PASETO v2.local, as the Open Catalog API has them. Who may write, and who did.

Tokens that were made for other servers of that API with the same key are valid here, except that
`exp` and `nbf` are enforced.
"""

import base64
import binascii
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import orjson
import pyseto
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problems
from app.api.refusals import TokenRefused
from app.pagination import rfc3339

KEY_BYTES = 32
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that need no token, except on the few routes that ask for a writer themselves."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who holds a valid token; `subject` is its `sub` claim."""

    subject: str | None


class Sealer:
    """Opens and makes tokens with one key."""

    def __init__(self, key: str) -> None:
        """Raises ValueError when `key` is not the base64 of 32 bytes."""
        try:
            secret = base64.b64decode(key.strip(), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != KEY_BYTES:
            raise ValueError(f"PASETO_KEY must be the base64 of {KEY_BYTES} bytes.")
        self._key = pyseto.Key.new(version=2, purpose="local", key=secret)

    def seal(self, claims: Mapping[str, Any]) -> str:
        """A token that says `claims`."""
        return pyseto.encode(self._key, orjson.dumps(claims)).decode()

    def open(self, token: str, now: datetime) -> Writer:
        """Raises TokenRefused when the token is not ours, or not valid at `now`."""
        try:
            claims = orjson.loads(cast("bytes", pyseto.decode(self._key, token).payload))
            if _is_valid(claims, now):
                return Writer(subject=claims.get("sub"))
        except (ValueError, TypeError, AttributeError, pyseto.PysetoError) as error:
            raise TokenRefused from error
        raise TokenRefused


class Authentication:
    """Refuses what needs a token and has none, before anything is routed or read.

    `free` holds the (method, path) pairs which change nothing although they are not GET.
    """

    def __init__(
        self, app: ASGIApp, sealer: Sealer | None, free: Collection[tuple[str, str]]
    ) -> None:
        self.app = app
        self.sealer = sealer
        self.free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_guarded(scope):
            request = Request(scope)
            try:
                authenticate(request, self.sealer, datetime.now(UTC))
            except TokenRefused as refusal:
                await problems.response(request, refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_guarded(self, scope: Scope) -> bool:
        method: str = scope["method"]
        return method not in READING and (method, scope["path"]) not in self.free


def authenticate(request: Request, sealer: Sealer | None, now: datetime) -> Writer:
    """Who sent this request. Without a key nobody can: the service is read-only.

    Raises TokenRefused. The scheme is case-sensitive, as in the Open Catalog API.
    """
    header = request.headers.get("authorization", "")
    if sealer is None or not header.startswith("Bearer "):
        raise TokenRefused
    return sealer.open(header.removeprefix("Bearer ").strip(), now)


def make_key() -> str:
    """A new random key, as `PASETO_KEY` wants it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def create_token(
    key: str, *, subject: str | None, expires_at: datetime | None, now: datetime
) -> str:
    """A token for `subject`, valid from `now` until `expires_at`, or for ever.

    Raises ValueError when `key` is not the base64 of 32 bytes.
    """
    claims = {
        "iss": "samkod",
        "sub": subject,
        "iat": rfc3339(now),
        "exp": rfc3339(expires_at) if expires_at else None,
    }
    return Sealer(key).seal({name: claim for name, claim in claims.items() if claim is not None})


_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    bearerFormat="PASETO v2.local",
    description="A token made by `samkod token create`.",
)


async def _writer(
    request: Request,
    _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Writer:
    return authenticate(request, request.app.state.sealer, datetime.now(UTC))


WriterDep = Annotated[Writer, Depends(_writer)]
"""Who writes. Routes that only read ask for it where reading needs a token, too."""


def _is_valid(claims: Mapping[str, Any], now: datetime) -> bool:
    expires, begins = claims.get("exp"), claims.get("nbf")
    return (expires is None or now < _moment(expires)) and (
        begins is None or _moment(begins) <= now
    )


def _moment(claim: str) -> datetime:
    moment = datetime.fromisoformat(claim)
    if moment.tzinfo is None:
        raise ValueError("A time without an offset says nothing.")
    return moment
