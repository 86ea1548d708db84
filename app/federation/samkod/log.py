"""The change log of another Samkod, from a place in it up to its end."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from app.federation.driver import CursorLost, Page, PageRepeated, Source, Unreadable, Web
from app.federation.replies import Json, json_of, objects
from app.federation.samkod.asking import LIMITS, address, fetch, object_of, successful, tier
from app.federation.samkod.records import page_of
from app.remote.client import Limits

CHANGES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Following:
    """All changes up to `sequence` of a log are known."""

    epoch: str
    sequence: int

    def cursor(self) -> str:
        return f"follow {self.epoch} {self.sequence}"


def place_of(cursor: str | None) -> Following | None:
    """None for the cursor of a snapshot, and where there is none."""
    match (cursor or "").split(" "):
        case ["follow", epoch, sequence] if sequence.isdecimal():
            return Following(epoch, int(sequence))
    return None


async def follow(source: Source, web: Web, place: Following) -> AsyncIterator[Page]:
    """Pages of the log with all that is said, up to its end."""
    asked = {"include": "records", "limit": CHANGES_AT_ONCE}
    async for url, last, said in pages(source, web, place, asked, LIMITS):
        yield page_of(source, said, Following(place.epoch, last).cursor(), url)


async def pages(
    source: Source, web: Web, place: Following, asked: Mapping[str, object], limits: Limits
) -> AsyncIterator[tuple[str, int, list[Json]]]:
    """The address of each, the number of its last change, and what is said; up to the end of the log."""
    while True:
        url, said = await changes(source, web, place, asked, limits)
        last, pending = _number(said, "lastSeq", url), _number(said, "pending", url)
        leads_on = last > place.sequence
        if not leads_on and (last < place.sequence or pending or said.get("results")):
            raise PageRepeated(url, "does not lead any further")
        yield url, last, objects(said.get("results"), url)
        if not pending:
            return
        place = Following(place.epoch, last)


async def changes(
    source: Source, web: Web, place: Following, asked: Mapping[str, object], limits: Limits
) -> tuple[str, Json]:
    """Where it was asked, and the answer. Raises CursorLost."""
    query = {"since": place.sequence, "epoch": place.epoch, **asked, **tier(source)}
    url = address(source, "changes", query)
    reply = await fetch(source, web, url, limits=limits)
    if reply.status in (HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY):
        raise CursorLost(url, "is no place in this log: it is forgotten, or was never there")
    return url, object_of(json_of(successful(reply)), url)


def _number(said: Json, name: str, url: str) -> int:
    match said.get(name):
        case int(number):
            return number
    raise Unreadable(url, "is not a page of a change log")
