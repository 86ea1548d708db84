"""Repositories as forges list them, each with the publiccode.yml in its root, if it has one.

What the kinds of forges have in common; how each is asked, its driver knows (`Forge`).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from app.federation.driver import (
    CursorLost,
    HarvestedRecord,
    Mode,
    Page,
    Source,
    Task,
    Unavailable,
    Web,
    ask_if_there,
)
from app.federation.paging import Pages
from app.remote.client import Limits
from app.remote.errors import BadReply, TooLarge, TooManyRedirects

FILES = ("publiccode.yml", "publiccode.yaml")
"""The first that there is counts. https://yml.publiccode.tools/schema.core.html"""

FILE_LIMITS = Limits(max_bytes=512 * 1024)
"""A valid one has less than 100,000 characters; a page holds a hundred."""

API = re.compile(r"/api/v\d+\Z")
OF_ALL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})
"""Replies that are about us, not about the one file which was asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """`site` is the address of a forge; of its `parts`, in its own names, the empty one is all."""

    site: str
    parts: tuple[str, ...]

    def address(self, name: str) -> str:
        """Of the repository of this full name, which a forge cannot lay on another's ground."""
        return f"{self.site}/{name.strip('/')}"

    def move(self, asked: str, name: str) -> str | None:
        """The former address, if a repository of this name now is elsewhere than where we asked.

        `asked` is a whole name, or the first half of one.
        """
        former = asked if "/" in asked else f"{asked}/{name.rpartition('/')[2]}"
        return self.address(former) if asked and former.lower() != name.lower() else None


def place(source: Source) -> Place:
    """The arguments name the parts; without them, the path of the address does.

    The address may be that of the API as well.
    """
    site = API.sub("", source.url.rstrip("/"))
    if source.args:
        return Place(site, tuple(dict.fromkeys(each.strip("/ ") for each in source.args)))
    parts = urlsplit(site)
    return Place(f"{parts.scheme}://{parts.netloc}", (parts.path.strip("/"),))


@dataclass(frozen=True, slots=True)
class Told:
    """What a forge tells of a repository: a record without a text, and where its `files` would be.

    They are asked for with the `headers`.
    """

    record: HarvestedRecord
    files: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turned:
    """One page of a list, asked for at `url`; `next` is the number of the one behind it."""

    url: str
    told: Sequence[Told]
    next: int | None


class Forge(Protocol):
    """How one kind of forge is asked. Everything may raise PeerFault and RemoteError."""

    @property
    def first(self) -> int:
        """The number of the first page of every part."""
        ...

    async def turn(self, part: str, number: int) -> Turned:
        """Public repositories only; what has changed since is not left out."""
        ...

    async def find(self, id: str) -> Told | None:
        """None if there is surely no public repository of this id."""
        ...

    async def complete(self, told: Told) -> Told:
        """With what the forge tells only of one repository at a time."""
        ...


async def harvest(forge: Forge, parts: Sequence[str], web: Web, task: Task) -> AsyncIterator[Page]:
    """All repositories, or those that were active since, or those that are asked for.

    A cursor is the number of the page to be read next, and its part.
    """
    if task.mode is Mode.TARGETED:
        for id in task.targets:
            yield Page(records=(await _targeted(forge, web, id),))
        return
    number: int | None
    start, number = _position(task.cursor, parts, forge.first)
    for part, following in zip(parts[start:], [*parts[start + 1 :], None], strict=True):
        pages = Pages()
        while number is not None:
            turned = await forge.turn(part, number)
            pages.turn(turned.url, [told.record.source_id for told in turned.told])
            records = await _read(forge, web, _fresh(turned.told, task))
            number = turned.next
            yield Page(records=records, cursor=_cursor(number, part, following, forge.first))
        number = forge.first


async def _targeted(forge: Forge, web: Web, id: str) -> HarvestedRecord:
    """What nobody finds twice is gone."""
    told = await forge.find(id) or await forge.find(id)
    if told is None:
        return HarvestedRecord(source_id=id, deleted=True)
    (record,) = await _read(forge, web, [told])
    return record


def _fresh(told: Iterable[Told], task: Task) -> Iterable[Told]:
    if task.mode is not Mode.INCREMENTAL or task.since is None:
        return told
    since = task.since
    return [each for each in told if each.record.modified is None or each.record.modified >= since]


async def _read(forge: Forge, web: Web, told: Iterable[Told]) -> tuple[HarvestedRecord, ...]:
    """In their order; `web` sees to it that not too many are asked for at once."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_read_one(forge, web, each)) for each in told]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return tuple(task.result() for task in tasks)


async def _read_one(forge: Forge, web: Web, told: Told) -> HarvestedRecord:
    """What is `known` stands where there surely is no file.

    Where that cannot be told, the record only says that the repository is still there, so that one
    broken repository does not end the run, and nothing that was read before is lost.
    """
    try:
        told = await forge.complete(told)
        for file in told.files:
            reply = await ask_if_there(web, file, headers=told.headers, limits=FILE_LIMITS)
            if reply is not None:
                return replace(told.record, text=reply.body, is_first_hand=True)
    except Unavailable as fault:
        if fault.status in OF_ALL:
            raise
        return replace(told.record, known=None)
    except (BadReply, TooLarge, TooManyRedirects):
        return replace(told.record, known=None)
    return told.record


def _position(cursor: str | None, parts: Sequence[str], first: int) -> tuple[int, int]:
    """Raises CursorLost if there is no such part any more."""
    if cursor is None:
        return 0, first
    number, _, part = cursor.partition(" ")
    if part not in parts or not (number.isascii() and number.isdigit()):
        raise CursorLost(cursor, "is not where a run can go on")
    return parts.index(part), int(number)


def _cursor(number: int | None, part: str, following: str | None, first: int) -> str | None:
    """Of the end there is none."""
    if number is not None:
        return f"{number} {part}"
    return None if following is None else f"{first} {following}"
