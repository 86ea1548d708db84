"""How SQLite, which nobody tells how many rows there are, looks up a few of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search import facts, mirror
from app.search.similar import similar
from tests.builders import a_file

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

ALL_THAT_IS_ACTIVE = "ix_software_active_tier_created_at_id"
OF_FEW = "software.id IN"


@contextmanager
def noted(database: Database) -> Iterator[dict[str, Any]]:
    """`{statement: its parameters}` of what is asked in the block about a few software."""
    asked: dict[str, Any] = {}

    def note(
        _connection: object, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if OF_FEW in statement:
            asked[statement] = parameters

    engines = [each.sync_engine for each in (database.reading, database.writing)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_few_software_are_found_without_walking_through_all(database: Database) -> None:
    ids: list[str | None] = []
    with noted(database) as asked:
        for name in ("alfa", "beta"):
            url = f"https://git.example.org/{name}"
            content = a_file(url)
            async with transaction(database) as session:
                report = await prepare(content)
                source, now = Source(ROOT_ID, url), datetime.now(UTC)
                ids.append((await submit(session, source, content, report, now=now)).software_id)
        async with reading(database) as session:
            await facts.read(session, [str(number) for number in range(mirror.AT_ONCE)])
            assert await similar(
                session, str(ids[0]), limit=5, choose=lambda tags: tags[0], language="en"
            )
    assert len(asked) > 3
    async with database.reading.connect() as connection:
        for statement, parameters in asked.items():
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert ALL_THAT_IS_ACTIVE not in str(plan.all()), statement
