"""kill -9 between a commit and its delivery: the webhook still hears of it, from the next process."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import httpx2
import pytest
from standardwebhooks import Webhook

from app.api.security import create_token, make_key
from app.catalogue import webhooks
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import WebhookDraft
from app.database import Database
from tests.federation.receivers import SECONDS_TO_WAIT, Receiver, receiving, wait_until

pytestmark = pytest.mark.anyio

KEY = make_key()
NOW = datetime.now(UTC)
TOKEN = create_token(KEY, subject="tests", expires_at=None, now=NOW)
SHARED_KEY = "whsec_dHdlbnR5LWZvdXIgYnl0ZXMgb2Yga2V5"
COUNT = 5


@contextmanager
def serving(database_url: str) -> Iterator[tuple["subprocess.Popen[bytes]", httpx2.Client]]:
    """The service in a process of its own, which is killed at the latest when the block ends."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "PASETO_KEY": KEY,
        "WEBHOOK_DEBOUNCE_MS": "5000",
        "SAMKOD_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "SAMKOD_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        fd = str(listening.fileno())
        with subprocess.Popen(  # noqa: S603 - our own application
            [*command, "--fd", fd, "--log-level", "warning"],
            env=environment,
            pass_fds=[listening.fileno()],
        ) as process:
            address = "http://{}:{}".format(*listening.getsockname())
            headers = {"Authorization": f"Bearer {TOKEN}"}
            try:
                with httpx2.Client(
                    base_url=address, headers=headers, timeout=SECONDS_TO_WAIT
                ) as client:
                    yield process, client
            finally:
                process.kill()


async def test_what_was_committed_is_told_after_a_crash(
    database: Database, database_url: str
) -> None:
    with receiving() as receiver:
        async with transaction(database) as session:
            draft = WebhookDraft(url=receiver.url(), secret=SHARED_KEY, format="standard-webhooks")
            await webhooks.create(session, draft, entity_type="software", now=NOW)
        with serving(database_url) as (process, client):
            created = [_create(client, number) for number in range(COUNT)]
            process.kill()
            process.wait()
        assert receiver.received == []
        with serving(database_url) as (_, client):
            assert client.get("/livez").is_success
            wait_until(partial(_all_told, receiver, created))

    ids = [each.headers["webhook-id"] for each in receiver.received]
    assert len(set(ids)) == COUNT


def _create(client: httpx2.Client, number: int) -> str:
    software = {"url": f"https://git.example.org/me/{number}", "publiccodeYml": "name: First"}
    response = client.post("/v1/software", json=software)
    assert response.status_code == 200, response.text
    return f"/software/{response.json()['id']}"


def _all_told(receiver: Receiver, subjects: list[str]) -> bool:
    """Whether each was told, signed; what was told is known by its id, and counted once."""
    told = {}
    for each in list(receiver.received):
        event = Webhook(SHARED_KEY).verify(each.body, dict(each.headers))
        assert event["type"] == "software.create"
        told[each.headers["webhook-id"]] = event["data"]["subject"]
    return sorted(told.values()) == sorted(subjects)
