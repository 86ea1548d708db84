"""Whether something is there: a page, a repository, an image. Answers are words, not exceptions.

Only what is surely gone counts as gone. Who turns us away (403, 429) may well serve people, and
who does not answer now may do so tomorrow.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from app.remote.client import Client, Fetched
from app.remote.errors import (
    Refused,
    RemoteError,
    TimedOut,
    TooManyRedirects,
    UnknownHost,
    Unreachable,
)

# What git's smart and dumb transports answer first. https://git-scm.com/docs/http-protocol
GIT_REFS = re.compile(rb"001e# service=git-upload-pack|[0-9a-f]{40,64}\t")
IMAGE_SIGNATURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b")  # svgz is gzip
IMAGE_START = 4096  # an SVG file may open with a licence


class State(StrEnum):
    OK = "ok"
    GONE = "gone"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not-found"
    NO_SUCH_HOST = "no-such-host"
    NOT_A_REPOSITORY = "not-a-repository"
    NOT_AN_IMAGE = "not-an-image"
    FORBIDDEN = "forbidden"
    TOO_MANY_REQUESTS = "too-many-requests"
    REFUSED = "refused"  # by us: not a public address of the web
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    UNUSABLE_REPLY = "unusable-reply"
    NO_ADDRESS = "no-address"  # a path in a repository whose files we do not know how to reach
    OVER_BUDGET = "over-budget"  # no answer within the time or the number of questions allowed

    @property
    def state(self) -> State:
        return STATES.get(self, State.UNKNOWN)


STATES = {
    Reason.FOUND: State.OK,
    Reason.NOT_FOUND: State.GONE,
    Reason.NO_SUCH_HOST: State.GONE,
    Reason.NOT_A_REPOSITORY: State.GONE,
    Reason.NOT_AN_IMAGE: State.GONE,
    Reason.FORBIDDEN: State.BLOCKED,
    Reason.TOO_MANY_REQUESTS: State.BLOCKED,
    Reason.REFUSED: State.BLOCKED,
}
BY_STATUS = {
    401: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    407: Reason.FORBIDDEN,
    410: Reason.NOT_FOUND,
    429: Reason.TOO_MANY_REQUESTS,
    451: Reason.FORBIDDEN,
}
# The first that fits.
BY_ERROR: tuple[tuple[type[RemoteError], Reason], ...] = (
    (Refused, Reason.REFUSED),
    (UnknownHost, Reason.NO_SUCH_HOST),
    (TimedOut, Reason.TIMED_OUT),
    (Unreachable, Reason.UNREACHABLE),
    (TooManyRedirects, Reason.TOO_MANY_REDIRECTS),
    (RemoteError, Reason.UNUSABLE_REPLY),
)


class Answer(NamedTuple):
    reason: Reason
    status: int | None = None


async def visit(client: Client, url: str) -> Answer:
    """Whether anything is served at `url`."""
    return await _visit(client, url, lambda _: Reason.FOUND, first=1)


async def visit_image(client: Client, url: str) -> Answer:
    return await _visit(client, url, _judge_image, first=IMAGE_START)


async def visit_repository(client: Client, url: str) -> Answer:
    """Whether a repository can be cloned from `url`.

    Git's no counts only where the page itself is there: for what does not exist, forges ask git
    for a password.
    """
    refs = f"{url.rstrip('/')}/info/refs?service=git-upload-pack"
    repository = await _visit(client, refs, _judge_refs, first=64)
    if repository.reason is Reason.FOUND:
        return repository
    page = await visit(client, url)
    if page.reason is not Reason.FOUND:
        return page
    if repository.reason is Reason.NOT_FOUND:
        return Answer(Reason.NOT_A_REPOSITORY, repository.status)
    return repository


async def _visit(
    client: Client, url: str, judge: Callable[[Fetched], Reason], *, first: int
) -> Answer:
    try:
        reply = await client.fetch(url, first=first)
    except RemoteError as error:
        return Answer(next(reason for kind, reason in BY_ERROR if isinstance(error, kind)))
    if reply.is_success:
        return Answer(judge(reply), reply.status)
    return Answer(BY_STATUS.get(reply.status, Reason.UNUSABLE_REPLY), reply.status)


def _judge_refs(reply: Fetched) -> Reason:
    return Reason.FOUND if GIT_REFS.match(reply.body) else Reason.NOT_A_REPOSITORY


def _judge_image(reply: Fetched) -> Reason:
    media_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_drawn = reply.body.startswith(IMAGE_SIGNATURES) or b"<svg" in reply.body
    is_image = media_type != "text/html" and (is_drawn or media_type.startswith("image/"))
    return Reason.FOUND if is_image else Reason.NOT_AN_IMAGE
