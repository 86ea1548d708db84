"""How far the log of changes reaches, as a session sees it."""

from datetime import UTC, datetime

import pytest

from app.catalogue import changes
from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from tests.builders import a_file

pytestmark = pytest.mark.anyio


async def store(database: Database, name: str) -> None:
    url = f"https://git.example.org/{name}"
    content = a_file(url=url)
    async with transaction(database) as session:
        now = datetime.now(UTC)
        await submit(session, Source(ROOT_ID, url), content, await prepare(content), now=now)


async def test_session_that_reads_knows_the_head_of_the_state_it_sees(database: Database) -> None:
    await store(database, "first")
    async with reading(database) as session:
        before = await changes.head(session)
        await store(database, "second")
        assert await changes.head(session) == before
        await session.rollback()
        assert (await changes.head(session)).sequence == before.sequence + 1


async def test_session_that_writes_knows_what_it_has_changed(database: Database) -> None:
    await store(database, "first")
    async with transaction(database) as session:
        before = await changes.head(session)
        changes.append_words(session, datetime.now(UTC))
        await changes.number(session, now=datetime.now(UTC))
        assert (await changes.head(session)).sequence == before.sequence + 1
