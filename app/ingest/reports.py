"""The reports of many files at once; those of files that are known are not made again."""

import asyncio
from collections.abc import Sequence

from app.catalogue import documents, records
from app.database import Database, reading
from app.ingest.submission import prepare
from app.publiccode import Report
from app.publiccode.fingerprint import fingerprint


async def reports(database: Database, files: Sequence[bytes], *, major: int) -> list[Report]:
    """The report of each file, in their order, before any lock is taken."""
    hashes = [documents.content_hash(file) for file in files]
    async with reading(database) as session:
        known = await records.reports(session, hashes, checked=fingerprint(major))
    made = []
    for content_hash, file in zip(hashes, files, strict=True):
        made.append(known.get(content_hash) or await prepare(file, major=major))
        await asyncio.sleep(0)  # others may have their turn between two files
    return made
