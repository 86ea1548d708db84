"""One file from one source to an outcome; and the two writes of the Open Catalog API.

Text is validated before a transaction takes its first lock, and a large one in a thread, so that
nobody's file delays another's request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Final, Literal

import orjson
from anyio import CapacityLimiter, to_thread

from app.catalogue import identity, quarantine, records, software
from app.catalogue.entry import (
    ROOT_ID,
    Entry,
    Outcome,
    Provenance,
    Statement,
    Submitted,
    Tier,
)
from app.catalogue.errors import FileRefused, UrlTaken
from app.catalogue.holdings import Written
from app.catalogue.records import Held
from app.catalogue.rendering import Rendering
from app.database import Session
from app.publiccode import Report, urls, validate
from app.publiccode.known import Known, described

LONGEST_VALIDATED_IN_PLACE = 64 * 1024
"""Bytes of the largest file that is validated in the event loop: about ten milliseconds."""

URL_MISSING, URL_TAKEN = "url-missing", "url-taken"
"""Why a file is in quarantine."""

LONGEST_ADDRESS = 500
"""Characters of the longest address that can be stored and looked up."""

MOST_ALIASES = 1000
"""Addresses of one record besides its own."""

_VALIDATORS = CapacityLimiter(2)


class Keep(Enum):
    """Said of what an edit leaves as it is; None would mean "clear it"."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
Kept = Literal[Keep.KEEP]


@dataclass(frozen=True, slots=True)
class SoftwareDraft:
    """A new software as the Open Catalog API's clients post it; addresses are checked."""

    url: str
    publiccode_yml: str
    aliases: tuple[str, ...] = ()
    active: bool = True
    vitality: str | None = None

    @property
    def text(self) -> bytes:
        """The file."""
        return self.publiccode_yml.encode()


@dataclass(frozen=True, slots=True)
class SoftwareEdit:
    """What a client wants changed; an empty `publiccode_yml` keeps the stored text."""

    url: str | Kept = KEEP
    publiccode_yml: str | Kept = KEEP
    aliases: tuple[str, ...] | Kept = KEEP
    active: bool | Kept = KEEP
    vitality: str | Kept | None = KEEP

    @property
    def text(self) -> bytes | None:
        """The new text, if there is one."""
        given = self.publiccode_yml
        return None if given is KEEP or given == "" else given.encode()


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


async def create(
    session: Session,
    draft: SoftwareDraft,
    *,
    catalog_id: str = ROOT_ID,
    report: Report | None = None,
    policy: Policy = RECORD,
    now: datetime,
) -> Entry:
    """Store new software in a catalogue; the text is read now unless its `report` is given.

    An address known there raises UrlTaken, unless its software is inactive and was never
    touched since its creation: then it is created anew, with the new text. What was only known
    of software gives way to its file. When strict, text that is not valid raises FileRefused.
    """
    report = report or await accept(draft.text, policy)
    wanted = addresses(draft.url, *draft.aliases)
    holder = await records.holder(session, catalog_id, wanted)
    is_file = holder is not None and holder.tier is Tier.PUBLISHED
    if holder and is_file:
        is_free = not holder.active and await records.is_untouched(session, holder.software_id)
        if not is_free:
            raise UrlTaken(next(url for url in wanted if url in holder.urls))
    statement = Statement(
        catalog_id=catalog_id,
        source_id=holder.source_id if holder else identity.new_id(),
        raw=draft.text,
        report=report,
        urls=wanted,
        active=draft.active,
        vitality=draft.vitality,
        anew=True,
    )
    return await _write(session, statement, now)


async def revise(
    session: Session,
    held: Held,
    edit: SoftwareEdit,
    *,
    report: Report | None = None,
    policy: Policy = RECORD,
    now: datetime,
) -> Entry:
    """Change what a catalogue says about a software; new text is read now unless `report` is given.

    Raises UrlTaken and, when strict, FileRefused for new text that is not valid. Aliases that are not mentioned stay; the former canonical address is kept only as one of them.
    """
    text = edit.text
    if text is not None and report is None:
        report = await accept(text, policy)
    canonical = held.urls[0] if edit.url is KEEP else urls.normalise(edit.url)
    aliases = held.urls[1:] if edit.aliases is KEEP else addresses(*edit.aliases)
    statement = Statement(
        catalog_id=held.catalog_id,
        source_id=held.source_id,
        raw=held.raw if text is None else text,
        report=report or await _report(held, canonical, policy),
        urls=(canonical, *sorted({*aliases} - {canonical})),
        active=held.active if edit.active is KEEP else edit.active,
        vitality=held.vitality if edit.vitality is KEEP else edit.vitality,
        tier=held.tier if text is None else Tier.PUBLISHED,
    )
    return await _write(session, statement, now)


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


async def _report(held: Held, url: str, policy: Policy) -> Report:
    """That of the text as it stands."""
    if held.tier is Tier.INDEX:
        return described(Known.from_json(orjson.loads(held.raw)), url)
    return await prepare(held.raw, major=policy.major)


async def _write(session: Session, statement: Statement, now: datetime) -> Entry:
    _, software_id = await records.write(session, statement, now=now)
    return await software.get(session, software_id, catalog_id=statement.catalog_id)
