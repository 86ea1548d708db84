"""What sessions promise, the same on both engines."""

from datetime import UTC, datetime

import pytest

from app.catalogue import changes
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from tests.builders import a_file

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_reader_sees_one_state_while_others_write(database: Database) -> None:
    report = await prepare(a_file())
    async with reading(database) as session:
        before = await changes.head(session)
        session.expire_all()
        async with transaction(database) as writing:
            await submit(writing, Source(ROOT_ID, "a.yml"), a_file(), report, now=NOON)

        assert await changes.since(session, 0, 10) == []
        assert await changes.head(session) == before

    async with reading(database) as session:
        assert (await changes.head(session)).sequence == before.sequence + 1
