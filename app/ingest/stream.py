"""Many texts from one crawler, a line of JSON each: stored some at a time, told of when committed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from app.catalogue import documents
from app.catalogue.entry import ROOT_ID, Outcome, Submitted
from app.database import Session
from app.ingest.submission import Policy, Source, declared_url, is_usable, prepare, put, submit
from app.publiccode import Report

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
            yield await _store(batch, writing, policy=policy, now=now())
            batch = []
    if batch:
        yield await _store(batch, writing, policy=policy, now=now())


async def _store(
    batch: list[tuple[int, Offered | Refused]],
    writing: Callable[[], AbstractAsyncContextManager[Session]],
    *,
    policy: Policy,
    now: datetime,
) -> list[LineOutcome]:
    """Texts are read before the first lock is taken."""
    reports = {
        number: await prepare(line.raw, major=policy.major)
        for number, line in batch
        if isinstance(line, Offered)
    }
    outcomes = []
    async with writing() as session:
        for number, line in batch:
            if isinstance(line, Refused):
                outcomes.append(LineOutcome(number, Outcome.REJECTED, line.reason))
                continue
            report = reports[number]
            if policy.strict and not report.valid:
                outcomes.append(
                    LineOutcome(number, Outcome.REJECTED, "invalid", report, line.source_id)
                )
                continue
            done = await _submit(session, line, report, now)
            outcomes.append(
                LineOutcome(
                    number, done.outcome, done.reason, report, done.source_id, done.software_id
                )
            )
    return outcomes


async def _submit(session: Session, line: Offered, report: Report, now: datetime) -> Submitted:
    """By the name of its source if it has one, else by its address, else into quarantine."""
    if line.source_id is not None:
        source = Source(ROOT_ID, line.source_id)
        return await submit(session, source, line.raw, report, url=line.url, now=now)
    url = line.url or declared_url(report)
    if url is not None and is_usable(url):
        return await put(session, url, line.raw, report, now=now)
    source = Source(ROOT_ID, documents.content_hash(line.raw))
    return await submit(session, source, line.raw, report, now=now)
