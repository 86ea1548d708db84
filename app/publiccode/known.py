"""Software without a publiccode.yml: what its forge or a list tells, and how far that describes it.

It is put in the standard's terms only where it means the same. That is never a valid description:
its report says what a file would still have to tell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.publiccode import urls, vocabulary
from app.publiccode.findings import Report, Severity, Span
from app.publiccode.languages import is_language
from app.publiccode.model import Description, Legal, Texts
from app.publiccode.normalise import to_yaml
from app.publiccode.rules import LONGEST_LONG_DESCRIPTION, LONGEST_SHORT_DESCRIPTION
from app.publiccode.validate import validate

UNDETERMINED = "und"
"""The language of a text whose language nobody tells."""

LONGEST_NAME = 300
LONGEST_ADDRESS = 2000
MOST_TOPICS = 50

_NO_TEXT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a forge or a list tells of software that has no publiccode.yml, in its own words."""

    name: str
    description: str | None = None
    license: str | None = None
    """An SPDX identifier."""
    topics: tuple[str, ...] = ()
    programming_language: str | None = None
    homepage: str | None = None
    organisation: str | None = None
    language: str | None = None
    """In which the description is written, as a BCP 47 tag."""
    active_at: datetime | None = None
    archived: bool = False
    based_on: str | None = None
    """The address of what it was forked from."""

    def tidied(self) -> "Known":
        """The same in lines of a length that can be read, without what is no text.

        Activity counts to the day, so that not every commit is news.
        """
        topics = (_line(topic, LONGEST_NAME) for topic in self.topics[:MOST_TOPICS])
        return Known(
            name=_line(self.name, LONGEST_NAME) or "",
            description=_line(self.description, LONGEST_LONG_DESCRIPTION),
            license=_line(self.license, LONGEST_NAME),
            topics=tuple(topic for topic in topics if topic),
            programming_language=_line(self.programming_language, LONGEST_NAME),
            homepage=_line(self.homepage, LONGEST_ADDRESS),
            organisation=_line(self.organisation, LONGEST_NAME),
            language=_line(self.language, LONGEST_NAME),
            active_at=self.active_at and _day(self.active_at),
            archived=self.archived,
            based_on=_line(self.based_on, LONGEST_ADDRESS),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, without what is not known."""
        told = {
            "name": self.name,
            "description": self.description,
            "license": self.license,
            "topics": list(self.topics),
            "programmingLanguage": self.programming_language,
            "homepage": self.homepage,
            "organisation": self.organisation,
            "language": self.language,
            "activeAt": self.active_at and self.active_at.isoformat(),
            "archived": self.archived,
            "basedOn": self.based_on,
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Known":
        """What `to_json` gave."""
        active_at = told.get("activeAt")
        return cls(
            name=told.get("name", ""),
            description=told.get("description"),
            license=told.get("license"),
            topics=tuple(told.get("topics", ())),
            programming_language=told.get("programmingLanguage"),
            homepage=told.get("homepage"),
            organisation=told.get("organisation"),
            language=told.get("language"),
            active_at=active_at and datetime.fromisoformat(active_at),
            archived=told.get("archived", False),
            based_on=told.get("basedOn"),
        )


def described(known: Known, url: str | None) -> Report:
    """What is known as a description, without what the standard would not take.

    The findings say what is missing and have no place in any text. It declares no version: there is
    no file, so it is never valid.
    """
    claimed = Description(
        version="0",
        name=known.name or None,
        url=url,
        landing_url=known.homepage if _is_elsewhere(known.homepage, url) else None,
        categories=tuple(sorted({*known.topics} & {*vocabulary.categories()})),
        development_status="obsolete" if known.archived else None,
        description=_texts(known),
        is_based_on=(known.based_on,) if known.based_on else (),
        legal=Legal(license=known.license, repo_owner=known.organisation),
    )
    report = validate(to_yaml(claimed).encode())
    return Report(
        findings=tuple(
            replace(finding, span=Span(), reference_line=0)
            for finding in report.findings
            if finding.severity is Severity.ERROR and not finding.extra
        ),
        description=report.description and replace(report.description, version=None),
    )


def _texts(known: Known) -> Mapping[str, Texts]:
    """The description in its language; a long one as a whole, and its beginning."""
    text = known.description
    if not text:
        return {}
    language = known.language if known.language and is_language(known.language) else UNDETERMINED
    if len(text) <= LONGEST_SHORT_DESCRIPTION:
        return {language: Texts(short_description=text)}
    begin = text[: LONGEST_SHORT_DESCRIPTION - 1]
    short = f"{begin.rpartition(' ')[0] or begin}…"
    return {language: Texts(short_description=short, long_description=text)}


def _is_elsewhere(homepage: str | None, url: str | None) -> bool:
    return homepage is not None and urls.key(homepage) != urls.key(url or "")


def _line(text: str | None, longest: int) -> str | None:
    return _NO_TEXT.sub(" ", (text or "")[:longest]).strip() or None


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
