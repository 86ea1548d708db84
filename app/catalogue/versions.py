"""The texts that records had before: nothing that was ever given to us is lost while it is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from itertools import takewhile

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue import bulk
from app.catalogue.entry import Tier
from app.catalogue.tables import Record, RecordVersion

MOST_LINES_COMPARED = 5_000
"""Of both texts together: comparing takes time that grows with the square."""


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a record; the highest number is the current one."""

    number: int
    raw: bytes
    content_hash: str
    valid: bool
    at: datetime


def copied(record: Record) -> RecordVersion:
    """The record's present text, before it gets another; `keep` gives it its number."""
    return RecordVersion(
        record_id=record.id,
        number=0,
        raw=record.raw,
        content_hash=record.content_hash,
        valid=record.valid,
        at=record.updated_at,
    )


async def keep(session: AsyncSession, outdated: Sequence[RecordVersion]) -> None:
    """Put these texts away: several of one record in their order."""
    newest = select(col(RecordVersion.record_id), func.max(RecordVersion.number)).group_by(
        col(RecordVersion.record_id)
    )
    records = [version.record_id for version in outdated]
    rows = await bulk.among(session, newest, col(RecordVersion.record_id), records)
    last = dict(rows)
    for version in outdated:
        version.number = last[version.record_id] = last.get(version.record_id, 0) + 1
    session.add_all(outdated)


async def of_record(session: AsyncSession, record: Record) -> list[Version]:
    """Every text of a record, oldest first, the current one last; of the index tier, earlier ones."""
    rows = await session.execute(
        select(RecordVersion)
        .where(col(RecordVersion.record_id) == record.id)
        .order_by(col(RecordVersion.number))
    )
    earlier = [
        Version(row.number, row.raw, row.content_hash, row.valid, row.at) for row in rows.scalars()
    ]
    if record.tier == Tier.INDEX:
        return earlier
    present = Version(
        len(earlier) + 1, record.raw, record.content_hash, record.valid, record.updated_at
    )
    return [*earlier, present]


def difference(before: Version, after: Version) -> str:
    """The unified diff of two texts; of long ones, all that is between their first and last
    difference."""
    old, new = (each.raw.decode("utf-8", "replace").splitlines() for each in (before, after))
    earlier, later = (f"publiccode.yml (version {each.number})" for each in (before, after))
    if len(old) + len(new) <= MOST_LINES_COMPARED:
        lines = unified_diff(old, new, earlier, later, lineterm="")
        return "".join(f"{line}\n" for line in lines)
    same = _alike(old, new)
    tail = _alike(old[same:][::-1], new[same:][::-1])
    gone, come = old[same : len(old) - tail], new[same : len(new) - tail]
    heading = f"@@ -{same + 1},{len(gone)} +{same + 1},{len(come)} @@"
    body = [*(f"-{line}" for line in gone), *(f"+{line}" for line in come)]
    return "".join(f"{line}\n" for line in (f"--- {earlier}", f"+++ {later}", heading, *body))


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """How many lines both begin with."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    )
