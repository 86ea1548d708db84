"""Telling a webhook of an event: what is sent, how it is signed, and when to try again.

The formats are those of the Open Catalog API; `standard-webhooks` is
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import orjson

from app.catalogue.deliveries import Claimed, Verdict
from app.catalogue.webhooks import DeliveryState
from app.pagination import rfc3339
from app.remote.client import Client, Limits
from app.remote.errors import Refused, RemoteError
from app.remote.waiting import asked_to_wait, backoff

LIMITS = Limits(connect=10, read=10, total=10)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=12)
ATTEMPTS = 24
"""Three days on average: 11 hours until the pauses have grown to their longest, then 10 of those."""

ENCODED_SECRET = "whsec_"  # noqa: S105 - a prefix, not a secret
"""Before a secret that is Base64 of the key."""


@dataclass(frozen=True, slots=True)
class Message:
    """The request that tells a webhook of an event."""

    headers: dict[str, str]
    body: bytes


async def deliver(
    client: Client, claimed: Claimed, *, clock: Callable[[], datetime], jitter: Callable[[], float]
) -> Verdict:
    """Make one attempt. `jitter` is a random number from 0 to 1, for the pause before the next.

    Redirects are not followed: the subscriber should say where the webhook is.
    """
    sent = message(claimed, clock())
    try:
        reply = await client.fetch(
            claimed.url,
            method="POST",
            headers=sent.headers,
            content=sent.body,
            first=0,
            limits=LIMITS,
        )
    except Refused as error:
        return Verdict(state=DeliveryState.FAILED, error=str(error))
    except RemoteError as error:
        return _try_again(claimed, clock() + pause(claimed.attempt, jitter()), error=str(error))
    if reply.is_success:
        return Verdict(state=DeliveryState.DELIVERED, status=reply.status)
    if reply.status == HTTPStatus.GONE:
        return Verdict(
            state=DeliveryState.FAILED, status=reply.status, error="is gone for good", gone=True
        )
    now = clock()
    due_at = now + max(pause(claimed.attempt, jitter()), asked_to_wait(reply, now))
    return _try_again(claimed, due_at, status=reply.status, error=f"answered {reply.status}")


def message(claimed: Claimed, now: datetime) -> Message:
    """What is sent `now`, in the format that the subscriber has chosen."""
    told = {"event": claimed.event_type, "subject": claimed.subject}
    match claimed.format:
        case "github":
            return _for_github(claimed, told)
        case "standard-webhooks":
            return _standard(claimed, told, now)
        case _:
            return _default(claimed, told)


def pause(attempt: int, jitter: float) -> timedelta:
    """How long to wait after a failed attempt."""
    return backoff(attempt, jitter, first=FIRST_PAUSE, longest=LONGEST_PAUSE)


def _try_again(
    claimed: Claimed, due_at: datetime, *, status: int | None = None, error: str
) -> Verdict:
    state = DeliveryState.WAITING if claimed.attempt < ATTEMPTS else DeliveryState.FAILED
    return Verdict(state=state, status=status, error=error, due_at=due_at)


def _default(claimed: Claimed, told: dict[str, str]) -> Message:
    """The secret is taken as it is, as all servers of the Open Catalog API take it."""
    body = orjson.dumps(told)
    headers = {"Content-Type": "application/json"}
    if claimed.secret:
        digest = hmac.new(claimed.secret.encode(), body, hashlib.sha256)
        headers["X-Webhook-Signature"] = digest.hexdigest()
    return Message(headers, body)


def _for_github(claimed: Claimed, told: dict[str, str]) -> Message:
    """Starts a workflow: the URL is that of a repository's dispatches, the secret a GitHub token.

    https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
    """
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    if claimed.secret:
        headers["Authorization"] = f"Bearer {claimed.secret}"
    body = orjson.dumps({"event_type": _event_name(claimed), "client_payload": told})
    return Message(headers, body)


def _standard(claimed: Claimed, told: dict[str, str], now: datetime) -> Message:
    timestamp = str(int(now.timestamp()))
    body = orjson.dumps(
        {"type": _event_name(claimed), "timestamp": rfc3339(claimed.happened_at), "data": told}
    )
    headers = {
        "Content-Type": "application/json",
        "webhook-id": claimed.event_id,
        "webhook-timestamp": timestamp,
    }
    if claimed.secret:
        signed = f"{claimed.event_id}.{timestamp}.".encode() + body
        digest = hmac.new(_standard_key(claimed.secret), signed, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return Message(headers, body)


def _event_name(claimed: Claimed) -> str:
    """`software.update` and the like."""
    return f"{claimed.subject.split('/')[1]}.{claimed.event_type}"


def _standard_key(secret: str) -> bytes:
    """What `whsec_` introduces is base64; any other secret is taken as it is."""
    if secret.startswith(ENCODED_SECRET):
        try:
            return base64.b64decode(secret.removeprefix(ENCODED_SECRET), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()
