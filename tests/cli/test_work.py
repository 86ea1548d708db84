"""`samkod work`: delivers what another process has lined up, until a signal ends it."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from app.catalogue import events, webhooks
from app.catalogue.entry import ChangeType
from app.catalogue.transaction import transaction
from app.catalogue.webhooks import Debounce, WebhookDraft
from app.database import Database
from tests.cli.conftest import Samkod
from tests.federation.receivers import receiving, wait_until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_it_delivers_until_it_is_told_to_end(
    samkod: Samkod, database: Database, database_url: str, ending: signal.Signals
) -> None:
    settings = {"DATABASE_URL": database_url, "SAMKOD_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    with receiving() as receiver, samkod.having(**settings).running("work") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Samkod is at work.\n"
        now = datetime.now(UTC)
        async with transaction(database, debounce=Debounce(timedelta(0))) as session:
            draft = WebhookDraft(url=receiver.url())
            await webhooks.create(session, draft, entity_type="software", now=now)
            await events.record(session, ChangeType.CREATE, "software", "s1", now=now)
        wait_until(receiver.has(1))
        process.send_signal(ending)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert len(receiver.received) == 1


def test_an_odd_database_is_refused_in_plain_words(samkod: Samkod) -> None:
    done = samkod.having(DATABASE_URL="mysql://root:hunter2@host/name")("work")
    assert done.returncode == 2
    assert "sqlite://" in done.stderr
    assert "hunter2" not in done.stderr
