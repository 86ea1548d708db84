"""The reports of many files at once; those of files that are known are not made again."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from app.catalogue import documents, records
from app.catalogue.rendering import Rendering, rendered
from app.database import Database, reading
from app.ingest.submission import prepare
from app.publiccode import Report
from app.publiccode.fingerprint import fingerprint


class Read(NamedTuple):
    """A file's report and, unless that is known, what its description is stored as."""

    report: Report
    rendering: Rendering | None = None


async def reports(database: Database, files: Sequence[bytes], *, major: int) -> list[Read]:
    """What is to be said of each file, in their order, before any lock is taken."""
    hashes = [documents.content_hash(file) for file in files]
    async with reading(database) as session:
        known = await records.reports(session, hashes, checked=fingerprint(major))
    found = []
    for content_hash, file in zip(hashes, files, strict=True):
        if report := known.get(content_hash):
            found.append(Read(report))
        else:
            report = await prepare(file, major=major)
            described = report.description
            found.append(Read(report, rendered(described) if described else None))
        await asyncio.sleep(0)  # others may have their turn between two files
    return found
