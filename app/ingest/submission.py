"""One file from one source to an outcome.

Text is validated before a transaction takes its first lock, and a large one in a thread, so that
nobody's file delays another's request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from anyio import CapacityLimiter, to_thread

from app.catalogue import quarantine, records
from app.catalogue.entry import (
    ROOT_ID,
    Outcome,
    Provenance,
    Statement,
    Submitted,
    Tier,
)
from app.catalogue.errors import FileRefused, UrlTaken
from app.catalogue.holdings import Written
from app.catalogue.rendering import Rendering
from app.database import Session
from app.publiccode import Report, urls, validate

LONGEST_VALIDATED_IN_PLACE = 64 * 1024
"""Bytes of the largest file that is validated in the event loop: about ten milliseconds."""

URL_MISSING, URL_TAKEN = "url-missing", "url-taken"
"""Why a file is in quarantine."""

LONGEST_ADDRESS = 500
"""Characters of the longest address that can be stored and looked up."""

MOST_ALIASES = 1000
"""Addresses of one record besides its own."""

_VALIDATORS = CapacityLimiter(2)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file comes from: the catalogue, and its name there.

    A file that comes `alone`, not as one of a collection with lasting names, updates whatever
    record holds its address: its name says nothing about which software it describes.
    """

    catalog_id: str
    source_id: str
    alone: bool = False
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked of files: the highest major version they may declare, and to be valid."""

    major: int = 0
    strict: bool = False


RECORD = Policy()
"""Files are stored with their report, whatever it says."""


async def prepare(data: bytes, *, major: int = 0) -> Report:
    """Validate, without keeping the event loop from other requests."""
    if len(data) <= LONGEST_VALIDATED_IN_PLACE:
        return validate(data, major=major)
    return await to_thread.run_sync(partial(validate, data, major=major), limiter=_VALIDATORS)


async def accept(data: bytes, policy: Policy) -> Report:
    """The report of a text that the policy lets in. Raises FileRefused for others."""
    report = await prepare(data, major=policy.major)
    if policy.strict and not report.valid:
        raise FileRefused(report)
    return report


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that was read and validated; its address is the one in it, unless a `url` is given.

    `checked` is the fingerprint of the validator, for whoever wants to be spared it next time, and
    `rendering` what was made of its description ahead. In the index tier, what is known instead of a file.
    """

    source: Source
    raw: bytes
    report: Report
    url: str | None = None
    checked: str = ""
    aliases: tuple[str, ...] = ()
    active: bool = True
    vitality: str | None = None
    tier: Tier = Tier.PUBLISHED
    rendering: Rendering | None = None

    @property
    def declared(self) -> str | None:
        """The address that is claimed, usable or not."""
        return self.url or declared_url(self.report)

    def addresses(self) -> tuple[str, ...]:
        """The addresses under which the file can be stored; none without a canonical one."""
        declared = self.declared
        if not declared or not is_usable(declared):
            return ()
        return addresses(declared, *filter(is_usable, self.aliases))

    def statement(self) -> Statement:
        """What is said, and by which source."""
        return Statement(
            catalog_id=self.source.catalog_id,
            source_id=None if self.source.alone else self.source.source_id,
            raw=self.raw,
            report=self.report,
            urls=self.addresses(),
            active=self.active,
            vitality=self.vitality,
            checked=self.checked,
            provenance=self.source.provenance,
            tier=self.tier,
            rendering=self.rendering,
        )


async def submit(
    session: Session,
    source: Source,
    data: bytes,
    report: Report,
    *,
    url: str | None = None,
    now: datetime,
) -> Submitted:
    """Store what this source says now: a record if it has a free address, else quarantine."""
    [submitted] = await submit_all(session, [Submission(source, data, report, url)], now=now)
    return submitted


async def submit_all(
    session: Session, submissions: Sequence[Submission], *, now: datetime
) -> list[Submitted]:
    """As `submit`, of many, in their order."""
    statements = [each.statement() for each in submissions]
    storable = [at for at, each in enumerate(statements) if each.urls or each.source_id is not None]
    written = await records.write_all(session, [statements[at] for at in storable], now=now)
    became = dict(zip(storable, written, strict=True))
    submitted = [_submitted(each, became.get(at)) for at, each in enumerate(submissions)]
    await _keep(session, submissions, submitted, now)
    return submitted


def _submitted(submission: Submission, written: Written | None) -> Submitted:
    outcome = written.outcome if written else Outcome.QUARANTINED
    reason = None
    if outcome is Outcome.QUARANTINED:
        taken = written is not None and isinstance(written.refusal, UrlTaken)
        reason = URL_TAKEN if taken else URL_MISSING
    return Submitted(
        outcome,
        submission.source.source_id,
        submission.report,
        software_id=written.software_id if written else None,
        reason=reason,
    )


async def _keep(
    session: Session,
    submissions: Sequence[Submission],
    submitted: Sequence[Submitted],
    now: datetime,
) -> None:
    """Put into quarantine what could not be stored, and release what now could be."""
    last = {
        (each.source.catalog_id, each.source.source_id): (each, done)
        for each, done in zip(submissions, submitted, strict=True)
    }
    waiting = [(each, done.reason) for each, done in last.values() if done.reason]
    await set_aside(session, waiting, now=now)
    released = [source for source, (_, done) in last.items() if not done.reason]
    await quarantine.release(session, released)


async def set_aside(
    session: Session, waiting: Sequence[tuple[Submission, str]], *, now: datetime
) -> None:
    """Put these into quarantine, each for its reason; one of each source."""
    files = [
        quarantine.Waiting(
            each.source.catalog_id,
            each.source.source_id,
            each.raw,
            each.report,
            reason,
            each.declared,
        )
        for each, reason in waiting
    ]
    await quarantine.put(session, files, now=now)


async def put(
    session: Session,
    url: str,
    data: bytes,
    report: Report,
    *,
    catalog_id: str = ROOT_ID,
    now: datetime,
) -> Submitted:
    """Store the text of the software at this address, which is made if it is not there yet.

    Of software that is there, all but the text stays.
    """
    statement = Statement(
        catalog_id=catalog_id, source_id=None, raw=data, report=report, urls=addresses(url)
    )
    [written] = await records.write_all(session, [statement], now=now)
    return Submitted(written.outcome, written.source_id, report, software_id=written.software_id)


def addresses(*given: str) -> tuple[str, ...]:
    """The addresses in their normalised spelling, each once, in their order."""
    return tuple(dict.fromkeys(urls.normalise(each) for each in given))


def declared_url(report: Report) -> str | None:
    """The address that a file gives itself."""
    return report.description.url if report.description else None


def is_usable(url: str) -> bool:
    """Whether software can be known under this address: it names a host, and is not endless."""
    is_short = len(urls.normalise(url)) <= LONGEST_ADDRESS
    return is_short and urls.is_url(url) and bool(urls.key(url))
