"""The two writes of the Open Catalog API: new software, and a change to what a catalogue says of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal

import orjson

from app.catalogue import identity, records, software
from app.catalogue.entry import ROOT_ID, Entry, Statement, Tier
from app.catalogue.errors import UrlTaken
from app.catalogue.records import Held
from app.database import Session
from app.ingest.submission import RECORD, Policy, accept, addresses, prepare
from app.publiccode import Report, urls
from app.publiccode.known import Known, described


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

    Raises UrlTaken and, when strict, FileRefused for new text that is not valid. Aliases that are not
    mentioned stay; the former canonical address is kept only as one of them.
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


async def _report(held: Held, url: str, policy: Policy) -> Report:
    """That of the text as it stands."""
    if held.tier is Tier.INDEX:
        return described(Known.from_json(orjson.loads(held.raw)), url)
    return await prepare(held.raw, major=policy.major)


async def _write(session: Session, statement: Statement, now: datetime) -> Entry:
    _, software_id = await records.write(session, statement, now=now)
    return await software.get(session, software_id, catalog_id=statement.catalog_id)
