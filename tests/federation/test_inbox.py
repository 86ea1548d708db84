"""Which webhooks of peers are listened to, and what is taken from them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from app.catalogue.deliveries import Claimed
from app.federation.inbox import Notice, SignatureRefused, read
from app.federation.webhooks import message

PHRASE = "correct horse battery"
ENCODED = "whsec_" + base64.b64encode(b"twenty-four bytes of key").decode()
BODY = b'{"event":"update","subject":"/software/s1"}'


def sent(format: str, secret: str, *, at: datetime) -> tuple[dict[str, str], bytes]:
    """As we send it ourselves."""
    claimed = Claimed(
        id="d1",
        attempt=1,
        event_id="e1",
        event_type="update",
        subject="/software/s1",
        happened_at=at,
        webhook_id="w1",
        url="https://receiver.example.org/hook",
        secret=secret,
        format=format,
    )
    message_ = message(claimed, at)
    return {name.lower(): value for name, value in message_.headers.items()}, message_.body


def standard(key: bytes, body: bytes = BODY, *, at: datetime, id: str = "m1") -> dict[str, str]:
    signature = Webhook(key).sign(id, at, body.decode())
    stamp = str(int(at.timestamp()))
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signature}


@pytest.mark.parametrize("secret", [PHRASE, ENCODED], ids=["text", "encoded"])
@pytest.mark.parametrize(
    ("format", "id"), [("default", None), ("standard-webhooks", "e1")], ids=["default", "standard"]
)
def test_what_we_send_we_understand(format: str, id: str | None, secret: str) -> None:
    headers, body = sent(format, secret, at=datetime.now(UTC))

    assert read(headers, body, secret) == Notice(id, "s1")


def test_both_derivations_of_the_standard_key_are_taken() -> None:
    now = datetime.now(UTC)

    for key in (ENCODED.encode(), b"twenty-four bytes of key"):
        assert read(standard(key, at=now), BODY, ENCODED).software_id == "s1"


@pytest.mark.parametrize("apart", [timedelta(minutes=-6), timedelta(minutes=6)], ids=str)
def test_a_message_of_another_time_is_refused(apart: timedelta) -> None:
    headers = standard(PHRASE.encode(), at=datetime.now(UTC) + apart)

    with pytest.raises(SignatureRefused, match="too"):
        read(headers, BODY, PHRASE)


OTHERS = hmac.new(b"other", BODY, hashlib.sha256).hexdigest()
FORGED: dict[str, dict[str, str]] = {
    "unsigned": {},
    "blank": {"x-webhook-signature": ""},
    "no-hex": {"x-webhook-signature": "é" * 64},
    "another-secret": {"x-webhook-signature": OTHERS},
    "only-an-id": {"webhook-id": "m1"},
}
CHANGED: dict[str, tuple[str, str]] = {
    "another-id": ("webhook-id", "m2"),
    "endless-id": ("webhook-id", "m" * 1000),
    "no-number": ("webhook-timestamp", "nan"),
    "endless-number": ("webhook-timestamp", "1e400"),
    "no-signature": ("webhook-signature", "v1"),
    "no-base64": ("webhook-signature", "v1,a"),
    "another-version": ("webhook-signature", "v2,AAAA"),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_what_nobody_signed_is_refused(headers: Mapping[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        read(headers, BODY, PHRASE)


@pytest.mark.parametrize(("name", "value"), CHANGED.values(), ids=CHANGED)
def test_a_changed_header_is_refused(name: str, value: str) -> None:
    headers = standard(PHRASE.encode(), at=datetime.now(UTC)) | {name: value}

    with pytest.raises(SignatureRefused):
        read(headers, BODY, PHRASE)


@pytest.mark.parametrize("body", [BODY + b" ", b"\xff"], ids=["longer", "no-text"])
def test_a_changed_body_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureRefused):
        read(standard(PHRASE.encode(), at=datetime.now(UTC)), body, PHRASE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"no json",
        b'{"subject":7}',
        b'{"subject":"/publishers/p1"}',
        b'{"data":[1]}',
        b'{"subject":"/software/%s"}' % (b"s" * 201),
    ],
    ids=["empty", "list", "no-json", "number", "publisher", "no-object", "endless-id"],
)
def test_a_body_that_names_no_software_asks_to_look_at_all(body: bytes) -> None:
    headers = {"x-webhook-signature": hmac.new(PHRASE.encode(), body, hashlib.sha256).hexdigest()}

    assert read(headers, body, PHRASE) == Notice(None, None)
