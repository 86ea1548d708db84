"""Many texts from one crawler, a line of JSON each: stored some at a time, told of when committed."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from app.catalogue import documents
from app.catalogue.entry import ROOT_ID, Outcome
from app.database import Database, Session
from app.ingest.reports import reports
from app.ingest.submission import Policy, Source, Submission, submit_all
from app.publiccode import Report
from app.publiccode.fingerprint import fingerprint

LINES_PER_COMMIT = 50


@dataclass(frozen=True, slots=True)
class Offered:
    """A text, and by what it is to be known again: its source's name, else its address."""

    raw: bytes
    url: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that holds no text to store; `reason` is a word for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of the line with this number, counted from 1."""

    line: int
    outcome: Outcome
    reason: str | None = None
    report: Report | None = None
    source_id: str | None = None
    software_id: str | None = None


async def ingest(
    database: Database,
    lines: AsyncIterator[tuple[int, Offered | Refused]],
    writing: Callable[[], AbstractAsyncContextManager[Session]],
    *,
    policy: Policy,
    now: Callable[[], datetime],
) -> AsyncIterator[list[LineOutcome]]:
    """Store the numbered lines in the root; yields what became of them, a commit at a time.

    Lines are asked for only when those before them are stored. When the policy is strict, texts that are not
    valid are rejected.
    """
    batch: list[tuple[int, Offered | Refused]] = []
    async for line in lines:
        batch.append(line)
        if len(batch) == LINES_PER_COMMIT:
            yield await _store(database, batch, writing, policy=policy, now=now())
            batch = []
    if batch:
        yield await _store(database, batch, writing, policy=policy, now=now())


async def _store(
    database: Database,
    batch: Sequence[tuple[int, Offered | Refused]],
    writing: Callable[[], AbstractAsyncContextManager[Session]],
    *,
    policy: Policy,
    now: datetime,
) -> list[LineOutcome]:
    """Texts are read before the first lock is taken."""
    offered = [(number, line) for number, line in batch if isinstance(line, Offered)]
    made = await reports(database, [line.raw for _, line in offered], major=policy.major)
    outcomes = {
        number: LineOutcome(number, Outcome.REJECTED, line.reason)
        for number, line in batch
        if isinstance(line, Refused)
    }
    submissions: dict[int, Submission] = {}
    for (number, line), (report, rendering) in zip(offered, made, strict=True):
        if policy.strict and not report.valid:
            outcomes[number] = LineOutcome(
                number, Outcome.REJECTED, "invalid", report, line.source_id
            )
        else:
            submissions[number] = Submission(
                _source(line),
                line.raw,
                report,
                line.url,
                checked=fingerprint(policy.major),
                rendering=rendering,
            )
    async with writing() as session:
        stored = await submit_all(session, list(submissions.values()), now=now)
    for number, done in zip(submissions, stored, strict=True):
        outcomes[number] = LineOutcome(
            number, done.outcome, done.reason, done.report, done.source_id, done.software_id
        )
    return [outcomes[number] for number, _ in batch]


def _source(line: Offered) -> Source:
    """By its name if it has one; else its address tells, or its text, should it have none."""
    if line.source_id is not None:
        return Source(ROOT_ID, line.source_id)
    return Source(ROOT_ID, documents.content_hash(line.raw), alone=True)
