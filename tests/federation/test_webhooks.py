"""What a webhook is told, how it can know that it was us, and what we make of its answer."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from app.catalogue.deliveries import Claimed, Verdict
from app.catalogue.webhooks import DeliveryState
from app.federation.webhooks import ATTEMPTS, deliver, message, pause
from app.remote.client import Client, open_client
from tests.federation.receivers import Answer, receiving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PHRASE = "correct horse battery"
ENCODED = "whsec_" + base64.b64encode(b"twenty-four bytes of key").decode()
UPDATE = Claimed(
    id="d1",
    attempt=1,
    event_id="e1",
    event_type="update",
    subject="/software/s1",
    happened_at=NOW - timedelta(seconds=2),
    webhook_id="w1",
    url="https://receiver.example.org/hook",
    secret=PHRASE,
    format="default",
)
WAITING, DELIVERED, FAILED = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.FAILED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client(
        allow_private_hosts=frozenset({"127.0.0.1"}), user_agent="Samkod/test"
    ) as client:
        yield client


async def delivered(client: Client, claimed: Claimed, url: str, jitter: float = 0.5) -> Verdict:
    return await deliver(
        client, replace(claimed, url=url), clock=lambda: NOW, jitter=lambda: jitter
    )


def test_default_body_and_signature_are_those_of_the_open_catalog_api() -> None:
    sent = message(UPDATE, NOW)

    assert sent.body == b'{"event":"update","subject":"/software/s1"}'
    expected = hmac.new(PHRASE.encode(), sent.body, hashlib.sha256).hexdigest()
    assert sent.headers == {
        "Content-Type": "application/json",
        "X-Webhook-Signature": expected,
    }


@pytest.mark.parametrize("format", ["default", "standard-webhooks", "github"])
def test_without_a_secret_nothing_is_signed(format: str) -> None:
    headers = message(replace(UPDATE, format=format, secret=None), NOW).headers

    assert not {"X-Webhook-Signature", "webhook-signature", "Authorization"} & headers.keys()


def test_github_is_asked_to_dispatch() -> None:
    sent = message(replace(UPDATE, format="github", secret=PHRASE), NOW)

    assert sent.headers["Authorization"] == f"Bearer {PHRASE}"
    assert sent.headers["Accept"] == "application/vnd.github+json"
    assert sent.body == (
        b'{"event_type":"software.update",'
        b'"client_payload":{"event":"update","subject":"/software/s1"}}'
    )


def test_standard_webhooks_have_the_id_of_the_event() -> None:
    sent = message(replace(UPDATE, format="standard-webhooks"), NOW)

    assert sent.headers["webhook-id"] == "e1"
    assert sent.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert sent.body == (
        b'{"type":"software.update","timestamp":"2026-11-23T11:59:58Z",'
        b'"data":{"event":"update","subject":"/software/s1"}}'
    )


@pytest.mark.parametrize(
    ("secret", "known_to_the_receiver"),
    [
        (ENCODED, ENCODED),
        (PHRASE, base64.b64encode(PHRASE.encode()).decode()),
        ("whsec_not base64!", base64.b64encode(b"whsec_not base64!").decode()),
    ],
)
def test_the_official_library_verifies(secret: str, known_to_the_receiver: str) -> None:
    sent = message(
        replace(UPDATE, format="standard-webhooks", secret=secret), now := datetime.now(UTC)
    )

    told = Webhook(known_to_the_receiver).verify(sent.body, sent.headers)
    assert told["data"] == {"event": "update", "subject": "/software/s1"}
    assert abs(int(sent.headers["webhook-timestamp"]) - now.timestamp()) <= 1


def test_pauses_double_up_to_half_a_day_and_last_three_days_on_average() -> None:
    assert pause(1, 1.0) == timedelta(seconds=10)
    assert pause(2, 1.0) == timedelta(seconds=20)
    assert pause(13, 1.0) == timedelta(seconds=40_960)
    assert pause(ATTEMPTS, 1.0) == timedelta(hours=12)
    assert pause(5, 0.0) == timedelta(0)
    average = sum((pause(attempt, 0.5) for attempt in range(1, ATTEMPTS)), timedelta(0))
    assert timedelta(days=2.5) < average < timedelta(days=3.5)


async def test_what_arrives_is_what_was_signed(client: Client) -> None:
    with receiving(Answer(200)) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url("/hook?key=1"))

    assert verdict == Verdict(state=DELIVERED, status=200)
    (received,) = receiver.received
    assert received.path == "/hook?key=1"
    assert received.headers["User-Agent"] == "Samkod/test"
    assert received.headers["Content-Type"] == "application/json"
    digest = hmac.new(PHRASE.encode(), received.body, hashlib.sha256)
    assert received.headers["X-Webhook-Signature"] == digest.hexdigest()


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_whoever_does_not_take_it_is_asked_again(client: Client, status: int) -> None:
    with receiving(Answer(status)) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url())

    assert verdict == Verdict(
        state=WAITING,
        status=status,
        error=f"answered {status}",
        due_at=NOW + timedelta(seconds=5),
    )


async def test_whoever_asks_for_time_gets_it(client: Client) -> None:
    with receiving(Answer(429, {"Retry-After": "3600"})) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url())

    assert verdict.due_at == NOW + timedelta(hours=1)


async def test_the_last_attempt_is_the_last(client: Client) -> None:
    with receiving(Answer(500)) as receiver:
        verdict = await delivered(client, replace(UPDATE, attempt=ATTEMPTS), receiver.url())

    assert verdict.state is FAILED


async def test_gone_is_gone(client: Client) -> None:
    with receiving(Answer(410)) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url())

    assert (verdict.state, verdict.gone) == (FAILED, True)


async def test_redirects_are_not_followed(client: Client) -> None:
    with receiving(Answer(307, {"Location": "/elsewhere"})) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url())

    assert (verdict.state, verdict.status) == (WAITING, 307)
    assert [each.path for each in receiver.received] == ["/hook"]


async def test_a_reply_is_not_unpacked(client: Client) -> None:
    with receiving(Answer(200, {"Content-Encoding": "nonsense"})) as receiver:
        verdict = await delivered(client, UPDATE, receiver.url())

    assert verdict.state is DELIVERED


async def test_nobody_there_is_asked_again(client: Client) -> None:
    with receiving() as receiver:
        url = receiver.url()

    verdict = await delivered(client, UPDATE, url)
    assert (verdict.state, verdict.status) == (WAITING, None)
    assert verdict.error is not None


async def test_private_addresses_are_not_asked_at_all() -> None:
    async with open_client() as client:
        with receiving() as receiver:
            for url in (receiver.url(), "http://127.0.0.1/", "http://169.254.169.254/", "ftp://x/"):
                verdict = await delivered(client, UPDATE, url)
                assert (verdict.state, verdict.status) == (FAILED, None)
        assert receiver.received == []
