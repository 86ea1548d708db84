"""Bearer tokens: PASETO v2.local, as the Open Catalog API has them. Who may write, and who did.

Tokens that were made for other servers of that API with the same key are valid here, except that
`exp` and `nbf` are enforced. A route names the scope it needs, and checks the catalogue it
writes to:

    from app.api.scopes import Writer
    from app.api.security import allowed, permit

    async def create(writer: Annotated[Writer, Depends(allowed("software:write"))], …) -> Response:
        await permit(session, writer, catalog_id)
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import uuid4

import orjson
import pyseto
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problems
from app.api.refusals import CatalogForbidden, DatabaseUnreachable, ScopeMissing, TokenRefused
from app.api.scopes import Writer, claimed, writer_of
from app.catalogue import catalogs, tokens
from app.catalogue.errors import CatalogNotFound
from app.database import Database, Session, reading
from app.pagination import rfc3339

KEY_BYTES = 32
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that need no token, except on the few routes that ask for a writer themselves."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A token that we sealed and that is valid now; `id` is what it is revoked by."""

    id: str
    writer: Writer


class Sealer:
    """Makes tokens with the first of its keys, and opens those that any of them has sealed.

    So keys rotate: put the new one in front, and drop the old one when its tokens are over.
    """

    def __init__(self, keys: str, *, enforce_expiry: bool = True) -> None:
        """`keys` are separated by commas or blanks.

        Raises ValueError when one of them is not the base64 of 32 bytes.
        """
        self._keys = [_key(each) for each in re.split(r"[\s,]+", keys.strip(", \t\r\n"))]
        self._enforce_expiry = enforce_expiry

    def seal(self, claims: Mapping[str, Any]) -> str:
        """A token that says `claims`."""
        return pyseto.encode(self._keys[0], orjson.dumps(claims)).decode()

    def open(self, token: str, now: datetime) -> Writer:
        """Raises TokenRefused when the token is not ours, or not valid at `now`."""
        return self.read(token, now).writer

    def read(self, token: str, now: datetime) -> Opened:
        """As `open`, and with the id. Raises TokenRefused."""
        payload = self._payload(token)
        try:
            claims = _claims(payload)
            if _is_valid(claims, now, enforce_expiry=self._enforce_expiry):
                return Opened(_id(claims, payload), writer_of(claims))
        except (ValueError, TypeError, AttributeError) as error:
            raise TokenRefused from error
        raise TokenRefused

    def id_of(self, token: str) -> str:
        """What this token of ours is revoked by, valid or not. Raises TokenRefused."""
        payload = self._payload(token)
        try:
            return _id(_claims(payload), payload)
        except (ValueError, AttributeError) as error:
            raise TokenRefused from error

    def _payload(self, token: str) -> bytes:
        for key in self._keys:
            with suppress(ValueError, pyseto.PysetoError):
                return cast("bytes", pyseto.decode(key, token).payload)
        raise TokenRefused


class Authentication:
    """Refuses what needs a token and has none, before anything is routed or read.

    `free` matches what changes nothing although it is not GET, as in `POST /v1/fix`, and
    `unreachable` the errors by which a driver says that its database is gone.
    """

    def __init__(
        self,
        app: ASGIApp,
        free: re.Pattern[str],
        unreachable: tuple[type[Exception], ...],
    ) -> None:
        self.app = app
        self.free = free
        self.unreachable = unreachable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_guarded(scope):
            request = Request(scope)
            if refusal := await self._refusal(request):
                await problems.response(request, refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _refusal(self, request: Request) -> Exception | None:
        try:
            request.state.writer = await authenticate(request, datetime.now(UTC))
        except TokenRefused as refusal:
            return refusal
        except self.unreachable:
            return DatabaseUnreachable()
        return None

    def _is_guarded(self, scope: Scope) -> bool:
        method: str = scope["method"]
        return method not in READING and not self.free.fullmatch(f"{method} {scope['path']}")


async def authenticate(request: Request, now: datetime) -> Writer:
    """Who sent this request. Without a key nobody can: the service is read-only.

    Raises TokenRefused. The scheme is case-sensitive, as in the Open Catalog API.
    """
    header = request.headers.get("authorization", "")
    sealer: Sealer | None = request.app.state.sealer
    if sealer is None or not header.startswith("Bearer "):
        raise TokenRefused
    opened = sealer.read(header.removeprefix("Bearer ").strip(), now)
    database: Database = request.app.state.database
    async with reading(database) as session:
        if await tokens.is_revoked(session, opened.id):
            raise TokenRefused
    return opened.writer


def make_key() -> str:
    """A new random key, as `PASETO_KEY` wants it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def create_token(
    key: str,
    *,
    subject: str | None,
    expires_at: datetime | None,
    now: datetime,
    scopes: Collection[str] = (),
    catalogs: Collection[str] = (),
) -> str:
    """A token for `subject`, valid from `now` until `expires_at`, or for ever.

    Without `scopes` it may do everything, without `catalogs` in all of them. Raises ValueError
    when `key` is not the base64 of 32 bytes.
    """
    claims = {
        "iss": "samkod",
        "sub": subject,
        "iat": rfc3339(now),
        "exp": rfc3339(expires_at) if expires_at else None,
        "jti": str(uuid4()),
        **claimed(scopes, catalogs),
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
    known: Writer | None = getattr(request.state, "writer", None)
    return known or await authenticate(request, datetime.now(UTC))


WriterDep = Annotated[Writer, Depends(_writer)]
"""Who writes, whatever they may do. Routes ask for more: see `allowed`."""


def allowed(scope: str) -> Callable[[Writer], Awaitable[Writer]]:
    """A dependency for `Depends`: the writer, who has this scope (one of `scopes.SCOPES`).

    A token without it is answered 403, with the scope by name. Routes that only read ask for
    `kind:read` where reading needs a token, too.
    """

    async def scoped(writer: WriterDep) -> Writer:
        if not writer.may(scope):
            raise ScopeMissing(scope)
        return writer

    return scoped


def allowed_everywhere(scope: str) -> Callable[[Writer], Awaitable[Writer]]:
    """As `allowed`, for what concerns all catalogues: a token that is limited to some is refused."""

    async def unlimited(writer: Annotated[Writer, Depends(allowed(scope))]) -> Writer:
        if writer.catalogs is not None:
            raise CatalogForbidden(None)
        return writer

    return unlimited


async def permit(session: Session, writer: Writer, catalog_id: str | None) -> None:
    """Raises CatalogForbidden unless the token is good for the catalogue with this id.

    `catalog_id` is ROOT_ID for what belongs to the root, and None for what belongs to no
    catalogue, such as a bundle: that is not for tokens which are limited to some.
    """
    held = await catalogs_of(session, writer)
    if held is not None and catalog_id not in held:
        raise CatalogForbidden(catalog_id)


async def catalogs_of(session: Session, writer: Writer) -> frozenset[str] | None:
    """The ids of the catalogues that this token is good for; None means all.

    A catalogue that was named when the token was made and is gone now, or not there yet, is
    passed over.
    """
    if writer.catalogs is None:
        return None
    held = set()
    for name in writer.catalogs:
        with suppress(CatalogNotFound):
            held.add(await catalogs.resolve(session, name))
    return frozenset(held)


def _key(text: str) -> pyseto.KeyInterface:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise ValueError(f"PASETO_KEY must be the base64 of {KEY_BYTES} bytes.")
    return pyseto.Key.new(version=2, purpose="local", key=secret)


def _claims(payload: bytes) -> dict[str, Any]:
    """Raises ValueError, also for a NUL: PostgreSQL could not even look for that name."""
    if rb"\u0000" in payload:
        raise ValueError("A claim has a NUL.")
    claims: dict[str, Any] = orjson.loads(payload)
    return claims


def _id(claims: Mapping[str, Any], payload: bytes) -> str:
    """The `jti`; for tokens of other makers, which may have none, a digest of what they say."""
    return str(claims.get("jti") or f"sha256:{hashlib.sha256(payload).hexdigest()}")


def _is_valid(claims: Mapping[str, Any], now: datetime, *, enforce_expiry: bool) -> bool:
    expires = claims.get("exp") if enforce_expiry else None
    begins = claims.get("nbf")
    return (expires is None or now < _moment(expires)) and (
        begins is None or _moment(begins) <= now
    )


def _moment(claim: str) -> datetime:
    moment = datetime.fromisoformat(claim)
    if moment.tzinfo is None:
        raise ValueError("A time without an offset says nothing.")
    return moment
