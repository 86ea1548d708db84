"""kill -9 between a commit and its delivery: the webhook still hears of it, from the next process."""

from datetime import UTC, datetime
from functools import partial

import httpx2
import pytest
from standardwebhooks import Webhook

from app.catalogue import webhooks
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import WebhookDraft
from app.database import Database
from tests.federation.receivers import SECONDS_TO_WAIT, Receiver, receiving, wait_until
from tests.services import AUTHORIZATION, Service, serving

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)
SHARED_KEY = "whsec_dHdlbnR5LWZvdXIgYnl0ZXMgb2Yga2V5"
COUNT = 5
ENVIRONMENT = {"WEBHOOK_DEBOUNCE_MS": "5000", "SAMKOD_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}


async def test_what_was_committed_is_told_after_a_crash(
    database: Database, database_url: str
) -> None:
    with receiving() as receiver:
        async with transaction(database) as session:
            draft = WebhookDraft(url=receiver.url(), secret=SHARED_KEY, format="standard-webhooks")
            await webhooks.create(session, draft, entity_type="software", now=NOW)
        with serving(database_url, **ENVIRONMENT) as service:
            created = [_create(service, number) for number in range(COUNT)]
            service.process.kill()
            service.process.wait()
        assert receiver.received == []
        with serving(database_url, **ENVIRONMENT):
            wait_until(partial(_all_told, receiver, created))

    ids = [each.headers["webhook-id"] for each in receiver.received]
    assert len(set(ids)) == COUNT


def _create(service: Service, number: int) -> str:
    software = {"url": f"https://git.example.org/me/{number}", "publiccodeYml": "name: First"}
    response = httpx2.post(
        f"{service.address}/v1/software",
        json=software,
        headers=AUTHORIZATION,
        timeout=SECONDS_TO_WAIT,
    )
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
