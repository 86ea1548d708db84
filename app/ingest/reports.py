"""The reports of many files at once; those of files that are known are not made again."""

from collections.abc import Sequence
from typing import NamedTuple

from app.catalogue import documents, records
from app.catalogue.rendering import Rendering
from app.database import Database, reading
from app.ingest.reader import Reader
from app.publiccode import Report
from app.publiccode.fingerprint import fingerprint


class Reported(NamedTuple):
    """A file's report and, unless that is known, what its description is stored as."""

    report: Report
    rendering: Rendering | None = None


async def reports(
    database: Database, files: Sequence[bytes], *, major: int, reader: Reader | None = None
) -> list[Reported]:
    """What is to be said of each file, in their order, before any lock is taken."""
    hashes = [documents.content_hash(file) for file in files]
    async with reading(database) as session:
        known = await records.reports(session, hashes, checked=fingerprint(major))
    found = {content_hash: Reported(report) for content_hash, report in known.items()}
    new = {at: file for at, file in zip(hashes, files, strict=True) if at not in found}
    read = await (reader or Reader()).read(list(new.values()), major=major)
    for content_hash, (report, words) in zip(new, read, strict=True):
        described = report.description
        found[content_hash] = Reported(report, Rendering(described, words) if described else None)
    return [found[content_hash] for content_hash in hashes]
