"""Keyset pages: the cursor as clients of the Open Catalog API see it, and what a page holds."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import orjson

T = TypeVar("T")

_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?Z")


class CursorInvalid(ValueError):
    """A cursor that we never gave out."""

    def __init__(self) -> None:
        super().__init__("wrong cursor format in page[after] or page[before]")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list ordered by (created_at, id); the row it was taken from may be gone."""

    created_at: datetime
    id: str

    def encode(self) -> str:
        """Padded base64 of `["<RFC 3339 time>","<id>"]`, as the Open Catalog API has it."""
        return base64.b64encode(orjson.dumps([rfc3339(self.created_at), self.id])).decode()

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Raises CursorInvalid for anything that `encode` cannot have made.

        No id has a NUL: PostgreSQL would not even compare it.
        """
        try:
            match orjson.loads(base64.b64decode(text, validate=True)):
                case [str(created_at), str(id)] if "\0" not in id:
                    return cls(parse_rfc3339(created_at), id)
                case _:
                    raise CursorInvalid
        except (binascii.Error, ValueError) as error:
            raise CursorInvalid from error


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is asked for; `after` wins over `before`."""

    size: int = 25
    after: Cursor | None = None
    before: Cursor | None = None

    @property
    def backward(self) -> bool:
        """Whether the page is read towards the beginning of the list."""
        return self.after is None and self.before is not None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in list order, and the cursors of the pages on either side, if there are any."""

    items: list[T]
    previous: Cursor | None
    next: Cursor | None


def rfc3339(moment: datetime) -> str:
    """UTC with `Z`, and a fraction only where there is one, without trailing zeros."""
    moment = moment.astimezone(UTC)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def rfc3339_or_null(moment: datetime | None) -> str | None:
    """The same of what may not have been yet."""
    return rfc3339(moment) if moment else None


def parse_rfc3339(text: str) -> datetime:
    """`YYYY-MM-DDTHH:MM:SS[.fraction]Z` only; digits beyond microseconds are cut.

    Raises ValueError, also for offsets other than `Z`: the Open Catalog API refuses them.
    """
    parts = _TIME.fullmatch(text)
    whole, fraction = parts.groups(default="") if parts else ("", "")
    try:
        moment = datetime.fromisoformat(whole)
    except ValueError as error:
        raise ValueError("invalid date time format (RFC 3339 needed)") from error
    return moment.replace(microsecond=int(fraction[:6].ljust(6, "0")), tzinfo=UTC)
