"""Ask a catalogue as a request does, with columns of its own, and store what is to be found."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.find import SearchResult, find
from app.search.mirror import Mirror
from app.search.query import SearchQuery


async def search(database: Database, now: datetime, **query: object) -> SearchResult:
    """What the query finds, in the first language of each software."""
    async with reading(database) as session:
        return await find(
            session,
            Mirror(),
            SearchQuery.model_validate(query),
            choose=lambda tags: tags[0],
            now=now,
        )


async def store(database: Database, files: Mapping[str, bytes], begin: datetime) -> None:
    """Take the files in, each a minute after the one before, in transactions of their own."""
    for number, (name, data) in enumerate(files.items()):
        async with transaction(database) as session:
            now = begin + timedelta(minutes=number)
            await submit(session, Source(ROOT_ID, name), data, await prepare(data), now=now)
