"""What became of each message to a webhook, for those who may know."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi import FastAPI

from app.catalogue import deliveries, events, webhooks
from app.catalogue.deliveries import Verdict
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import Debounce, DeliveryState, WebhookDraft

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOBODY = "5e1ab0c2-7b31-4f0e-9f6a-3d1f0a4b8c55"


@pytest.fixture
async def hook(app: FastAPI) -> str:
    """A webhook, to which three messages were sent, the last in vain."""
    async with transaction(app.state.database, debounce=Debounce(timedelta(0))) as session:
        draft = WebhookDraft(url="https://receiver.example.org/")
        hook = (await webhooks.create(session, draft, entity_type="software", now=NOW)).id
        for seconds in range(3):
            then = NOW + timedelta(seconds=seconds)
            await events.record(session, ChangeType.UPDATE, "software", f"s{seconds}", now=then)
        claimed = await deliveries.claim(
            session,
            now=NOW + timedelta(seconds=9),
            lease=timedelta(minutes=1),
            limit=9,
            limit_per_webhook=9,
        )
        for each in claimed[:2]:
            verdict = Verdict(state=DeliveryState.DELIVERED, status=204)
            await deliveries.settle(session, each, verdict, now=NOW)
        failed = Verdict(state=DeliveryState.FAILED, status=500, error="answered 500")
        await deliveries.settle(session, claimed[2], failed, now=NOW)
    return hook


async def test_deliveries_are_listed_newest_first_by_the_page(
    writer: httpx2.AsyncClient, hook: str
) -> None:
    path = f"/v1/webhooks/{hook}/deliveries"
    first = (await writer.get(f"{path}?page[size]=2")).json()
    second = (await writer.get(path + first["links"]["next"])).json()

    told = [(each["subject"], each["state"]) for each in first["data"] + second["data"]]
    assert told == [
        ("/software/s2", "failed"),
        ("/software/s1", "delivered"),
        ("/software/s0", "delivered"),
    ]
    assert first["data"][0]["error"] == "answered 500"
    assert second["links"]["next"] is None


async def test_a_failed_delivery_can_be_made_again(writer: httpx2.AsyncClient, hook: str) -> None:
    path = f"/v1/webhooks/{hook}/deliveries"
    failed = (await writer.get(path)).json()["data"][0]

    again = await writer.post(f"{path}/{failed['id']}/redeliver")

    assert again.status_code == 200
    assert again.json()["id"] != failed["id"]
    assert again.json()["eventId"] == failed["eventId"]
    assert (again.json()["state"], again.json()["attempts"]) == ("waiting", 0)
    assert (await writer.get(path)).json()["data"][0] == again.json()


async def test_nobody_else_may_look(client: httpx2.AsyncClient, hook: str) -> None:
    assert (await client.get(f"/v1/webhooks/{hook}/deliveries")).status_code == 401


async def test_what_is_not_there_is_not_found(writer: httpx2.AsyncClient, hook: str) -> None:
    for method, path in (
        ("GET", f"/v1/webhooks/{NOBODY}/deliveries"),
        ("POST", f"/v1/webhooks/{NOBODY}/deliveries/{NOBODY}/redeliver"),
        ("POST", f"/v1/webhooks/{hook}/deliveries/{NOBODY}/redeliver"),
    ):
        assert (await writer.request(method, path)).status_code == 404
