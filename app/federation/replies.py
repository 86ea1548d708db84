"""What is in replies of others, taken for nothing but what it is."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlsplit

import orjson

from app.federation.driver import Unreadable
from app.remote.client import Fetched

Json: TypeAlias = Mapping[str, object]

_HIGH, _LOW = (rf"\\u[dD]{third}[0-9a-fA-F]{{2}}" for third in ("[89abAB]", "[c-fC-F]"))
_WHOLE = rf"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])|{_HIGH}{_LOW})*+"
HALVES = re.compile(rf"({_WHOLE})({_HIGH}|{_LOW})?")
"""A JSON text up to the next escape that stands for half a character, which is none."""

MOST_HALVES = 10_000


def json_of(reply: Fetched) -> object:
    """Its body as JSON. Raises Unreadable."""
    return json_from(reply.body, reply.url)


def json_from(body: bytes, where: str) -> object:
    """JSON in which what is no text stands as U+FFFD: half a character, bytes that are not UTF-8.

    So one bad title does not hide the others. Raises Unreadable.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        try:
            return orjson.loads(
                HALVES.sub(_mended, body.decode("utf-8-sig", "replace"), MOST_HALVES)
            )
        except orjson.JSONDecodeError:
            raise Unreadable(where, f"is not JSON: {error}") from error


def _mended(part: re.Match[str]) -> str:
    return f"{part[1]}\\ufffd" if part[2] else part[1]


def objects(found: object, where: str) -> list[Json]:
    """The objects of a list; what else is in it is passed over. Raises Unreadable for anything else."""
    if not isinstance(found, list):
        raise Unreadable(where, "is not a list")
    return [each for each in found if isinstance(each, dict)]


def text(said: Json, *names: str) -> str | None:
    """What stands under the first of these names that has any text; numbers are spelled out."""
    for name in names:
        match said.get(name):
            case str(word) if word.strip():
                return word.strip()
            case bool():
                continue
            case int(number):
                return str(number)
    return None


def texts(said: Json, *names: str) -> tuple[str, ...]:
    """All texts under these names, each once, be there one or a list."""
    return tuple(dict.fromkeys(_texts(said, names)))


def address(written: str | None) -> str | None:
    """An address on the web; None for what is none, or cannot be taken apart."""
    found = (written or "").strip()
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.hostname else None


def child(said: Json, name: str) -> Json:
    """The object under this name; one without members where there is none."""
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def moment(written: str | None) -> datetime | None:
    """A date or time as ISO 8601 has it, in UTC unless it says otherwise; None for anything else."""
    try:
        at = datetime.fromisoformat(written or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _texts(said: Json, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        found = said.get(name)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, str) and each.strip():
                yield each.strip()
