"""What the network says about the addresses in a description. It never makes a file invalid.

The outside is asked within a budget of time, and its answers are remembered for a while.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from app.publiccode.findings import Path
from app.publiccode.model import Description
from app.remote.client import Client
from app.remote.embeds import oembed_question
from app.remote.forges import raw_file, raw_of_page
from app.remote.visit import Answer, Reason, State, visit, visit_image, visit_repository

MAX_QUESTIONS = 100
AT_ONCE = 8
AT_ONCE_PER_HOST = 2
LIFETIMES = {
    State.OK: timedelta(days=1),
    State.GONE: timedelta(hours=1),
    State.BLOCKED: timedelta(hours=1),
    State.UNKNOWN: timedelta(minutes=10),
}
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Check(StrEnum):
    """What is expected at an address."""

    PAGE = "page"
    REPOSITORY = "repository"
    FILE = "file"
    IMAGE = "image"
    VIDEO = "video"


class Question(NamedTuple):
    check: Check
    url: str


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What came of one address in the file. `url` is what was asked, None if nothing could be."""

    path: Path
    value: str
    check: Check
    url: str | None
    reason: Reason
    status: int | None = None

    @property
    def state(self) -> State:
        return self.reason.state


class LinkCache:
    """Answers, for as long as they may be trusted; the oldest make room for new ones."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._answers: dict[Question, tuple[Answer, datetime]] = {}

    def get(self, question: Question, now: datetime) -> Answer | None:
        answer, expires = self._answers.get(question, (None, now))
        return answer if expires > now else None

    def put(self, question: Question, answer: Answer, now: datetime) -> None:
        self._answers.pop(question, None)
        if len(self._answers) >= self._size:
            del self._answers[next(iter(self._answers))]
        self._answers[question] = answer, now + LIFETIMES[answer.reason.state]


async def check(
    client: Client,
    description: Description,
    *,
    now: datetime,
    budget: float,
    cache: LinkCache,
    base: str | None = None,
) -> list[LinkResult]:
    """One result for each address in `description`, after at most `budget` seconds.

    Paths of files start at `base`, the address of the publiccode.yml, or else at the head of the
    repository. The same address is asked once, however often the file names it, within the limits
    of `client`.
    """
    links = list(_links(description, base))
    questions = dict.fromkeys(link.question for link in links if link.question)
    known = {question: answer for question in questions if (answer := cache.get(question, now))}
    unknown = [question for question in questions if question not in known]
    fresh = await _ask_all(client, unknown[:MAX_QUESTIONS], budget)
    for question, answer in fresh.items():
        cache.put(question, answer, now)
    return [link.answered_by(known | fresh) for link in links]


@dataclass(frozen=True, slots=True)
class _Link:
    path: Path
    value: str
    check: Check
    url: str | None

    @property
    def question(self) -> Question | None:
        return Question(self.check, self.url) if self.url else None

    def answered_by(self, answers: dict[Question, Answer]) -> LinkResult:
        if self.question is None:
            answer = Answer(Reason.NO_ADDRESS)
        else:
            answer = answers.get(self.question, Answer(Reason.OVER_BUDGET))
        return LinkResult(self.path, self.value, self.check, self.url, *answer)


def _links(description: Description, base: str | None) -> Iterator[_Link]:
    for path, value, kind in _values(description):
        if value:
            yield _Link(path, value, kind, _address(kind, value, description.url, base))


def _values(description: Description) -> Iterator[tuple[Path, str | None, Check]]:
    """In the standard's order; what is said of others (`isBasedOn`, contractors) is left out."""
    yield ("url",), description.url, Check.REPOSITORY
    yield ("landingURL",), description.landing_url, Check.PAGE
    yield ("logo",), description.logo, Check.IMAGE
    yield ("monochromeLogo",), description.monochrome_logo, Check.IMAGE
    yield ("roadmap",), description.roadmap, Check.PAGE
    for language, texts in description.description.items():
        here = ("description", language)
        yield (*here, "documentation"), texts.documentation, Check.PAGE
        yield (*here, "apiDocumentation"), texts.api_documentation, Check.PAGE
        for index, screenshot in enumerate(texts.screenshots):
            yield (*here, "screenshots", index), screenshot, Check.IMAGE
        for index, video in enumerate(texts.videos):
            yield (*here, "videos", index), video, Check.VIDEO
    yield ("legal", "authorsFile"), description.legal.authors_file, Check.FILE


def _address(kind: Check, value: str, repository: str | None, base: str | None) -> str | None:
    try:
        url = _file(value, repository, base) if kind in (Check.FILE, Check.IMAGE) else value
        urlsplit(url or "")
        return (kind is Check.VIDEO and oembed_question(value)) or url
    except ValueError:  # such as brackets which do not match
        return None


def _file(value: str, repository: str | None, base: str | None) -> str | None:
    if ABSOLUTE.match(value):
        return raw_of_page(value)
    if base:
        return urljoin(base, quote(value))
    return raw_file(repository, value) if repository else None


async def _ask_all(
    client: Client, questions: Iterable[Question], budget: float
) -> dict[Question, Answer]:
    """The answers which came within `budget` seconds."""
    answers: dict[Question, Answer] = {}
    at_once = asyncio.Semaphore(AT_ONCE)
    per_host = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))

    async def ask(question: Question) -> None:
        async with per_host[urlsplit(question.url).netloc], at_once:
            answers[question] = await _ask(client, question)

    with suppress(TimeoutError):
        async with asyncio.timeout(budget), asyncio.TaskGroup() as group:
            for question in questions:
                group.create_task(ask(question))
    return answers


async def _ask(client: Client, question: Question) -> Answer:
    match question.check:
        case Check.REPOSITORY:
            return await visit_repository(client, question.url)
        case Check.IMAGE:
            return await visit_image(client, question.url)
        case Check.PAGE | Check.FILE | Check.VIDEO:
            return await visit(client, question.url)
