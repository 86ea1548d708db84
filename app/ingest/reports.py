"""The reports of many files at once; those of files that are known are not made again."""

from collections.abc import Sequence

from app.catalogue import documents, records
from app.database import Database, reading
from app.ingest.reader import Reader
from app.ingest.reading import Read
from app.publiccode.fingerprint import fingerprint


async def reports(
    database: Database, files: Sequence[bytes], *, major: int, reader: Reader | None = None
) -> list[Read]:
    """What is to be said of each file, in their order, before any lock is taken."""
    hashes = [documents.content_hash(file) for file in files]
    async with reading(database) as session:
        known = await records.reports(session, hashes, checked=fingerprint(major))
    found = {content_hash: Read(report) for content_hash, report in known.items()}
    new = {at: file for at, file in zip(hashes, files, strict=True) if at not in found}
    read = await (reader or Reader()).read(list(new.values()), major=major)
    found.update(zip(new, read, strict=True))
    return [found[content_hash] for content_hash in hashes]
