"""Fill catalogues with invented software, by the same code that takes in files."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import text

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database
from app.ingest.submission import Source, Submission, prepare, submit_all

AT_ONCE = 500
SINCE = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When the first lot is stored; each following one comes a second later."""


async def fill(databases: Sequence[Database], files: Iterable[dict[str, Any]]) -> None:
    """Store the files in each of these catalogues, and let the engines count what they have."""
    for number, lot in enumerate(_lots(files)):
        submissions = [await submission(content) for content in lot]
        for database in databases:
            async with transaction(database) as session:
                await submit_all(session, submissions, now=SINCE + timedelta(seconds=number))
    for database in databases:
        async with database.writing.begin() as connection:
            await connection.execute(text("ANALYZE"))


async def submission(content: dict[str, Any]) -> Submission:
    """A file that is read and validated (JSON is YAML)."""
    raw = orjson.dumps(content)
    return Submission(Source(ROOT_ID, content["url"]), raw, await prepare(raw))


def _lots(files: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    remaining = iter(files)
    while lot := list(islice(remaining, AT_ONCE)):
        yield lot
