"""What peers tell us by webhook: verified, and then no more than a reason to look there.

Two formats of the Open Catalog API are understood: `default`, and `standard-webhooks`
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
Nothing that a body says is believed, but for the name of what to ask the peer for.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from standardwebhooks import Webhook, WebhookVerificationError

from app.federation import runs
from app.federation.driver import Mode
from app.federation.drivers import DRIVERS
from app.federation.peers import Followed
from app.federation.runs import Run
from app.federation.tables import PeerMessage
from app.federation.webhooks import ENCODED_SECRET

SIGNATURE = "x-webhook-signature"
STANDARD_ID = "webhook-id"
SHORTEST_KEY = 24
"""Bytes, as the specification of the standard has it."""

SHORTEST_TEXT = 16
"""Characters, as the Open Catalog API has it for all formats."""

LONGEST_ID = 200
REPEATABLE = timedelta(minutes=11)
"""For how long a message could be sent again: it may be dated five minutes ahead, and five ago."""

SOFTWARE = "/software/"


class SignatureRefused(Exception):
    """Nobody who knows the secret sent this, or not now."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The webhook is not signed by this peer: {reason}.")


@dataclass(frozen=True, slots=True)
class Notice:
    """A verified message: its id, where the format has one, and the software it names, if it does."""

    id: str | None
    software_id: str | None


def weakness(secret: str) -> str | None:
    """What is wrong with a secret that a peer shall sign with, completing “*it* …”; None if nothing."""
    if not secret.startswith(ENCODED_SECRET):
        return f"has fewer than {SHORTEST_TEXT} characters" if len(secret) < SHORTEST_TEXT else None
    try:
        key = base64.b64decode(secret.removeprefix(ENCODED_SECRET), validate=True)
    except ValueError:
        return f"is not Base64 behind {ENCODED_SECRET}"
    return f"is a key of fewer than {SHORTEST_KEY} bytes" if len(key) < SHORTEST_KEY else None


def read(headers: Mapping[str, str], body: bytes, secret: str) -> Notice:
    """What the peer that shares this secret with us wants us to look at. Raises SignatureRefused.

    Names in `headers` are in lower case. Whether a message came before is for the caller to know.
    """
    if STANDARD_ID in headers:
        _verify_standard(headers, body, secret)
    elif SIGNATURE in headers:
        _verify_default(headers[SIGNATURE], body, secret)
    else:
        raise SignatureRefused(f"it has neither {STANDARD_ID} nor {SIGNATURE}")
    return Notice(headers.get(STANDARD_ID), _subject(body))


async def take(
    session: AsyncSession, peer: Followed, notice: Notice, *, now: datetime
) -> Run | None:
    """Look there: at the software that the notice names, where that can be asked for, or at all news.

    None where the same message came before, and for a peer that is not followed just now.
    """
    driver = DRIVERS.get(peer.kind)
    if driver is None or not peer.enabled:
        return None
    if notice.id and await _is_known(session, peer.id, notice.id, now):
        return None
    can = driver.capabilities
    if can.targeted and notice.software_id:
        return await runs.ask_for(
            session, peer.id, Mode.TARGETED, targets=[notice.software_id], now=now
        )
    mode = Mode.INCREMENTAL if can.incremental else Mode.FULL
    return await runs.ask_for(session, peer.id, mode, now=now)


async def _is_known(session: AsyncSession, peer_id: str, id: str, now: datetime) -> bool:
    """Whether this message came before; from now on it did."""
    await session.execute(delete(PeerMessage).where(col(PeerMessage.at) < now - REPEATABLE))
    try:
        async with session.begin_nested():
            session.add(PeerMessage(peer_id=peer_id, id=id, at=now))
    except IntegrityError:
        return True
    return False


def _verify_default(signature: str, body: bytes, secret: str) -> None:
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        raise SignatureRefused("the signature is another")


def _verify_standard(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    if len(headers[STANDARD_ID]) > LONGEST_ID:
        raise SignatureRefused("its id is too long")
    reasons = []
    for key in _keys(secret):
        try:
            Webhook(key).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            reasons.append(str(error))
        else:
            return
    raise SignatureRefused(reasons[-1])


def _keys(secret: str) -> Iterator[str | bytes]:
    """As the standard derives the key, and as servers of the Open Catalog API do: from the text."""
    if secret.startswith(ENCODED_SECRET):
        yield secret
    yield secret.encode()


def _subject(body: bytes) -> str | None:
    """The id in `/software/{id}`, which the formats keep in different places; None for an endless one."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    subject = _member(_member(told, "data") or told, "subject")
    if isinstance(subject, str) and subject.startswith(SOFTWARE):
        id = subject.removeprefix(SOFTWARE)
        return id if 0 < len(id) <= LONGEST_ID else None
    return None


def _member(told: object, name: str) -> object:
    return told.get(name) if isinstance(told, dict) else None
