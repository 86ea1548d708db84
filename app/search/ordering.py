"""The orders of results, and the places in them that cursors name."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_
from sqlmodel import col

from app.catalogue.tables import Software
from app.pagination import CursorInvalid, parse_rfc3339, rfc3339
from app.search.query import Sort

Key: TypeAlias = int | str | datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A result's key in its order, and its id, which decides between equals."""

    sort: Sort
    key: Key
    id: str

    def encode(self) -> str:
        """Base64 of `["updated", "2026-11-23T12:00:00Z", "<id>"]`."""
        key = rfc3339(self.key) if isinstance(self.key, datetime) else self.key
        return base64.urlsafe_b64encode(orjson.dumps([self.sort, key, self.id])).decode()

    @classmethod
    def decode(cls, text: str, sort: Sort) -> "Place":
        """Raises CursorInvalid for what we never gave out for this order."""
        try:
            match orjson.loads(base64.urlsafe_b64decode(text)):
                case [str(name), key, str(id)] if name == sort and "\0" not in id:
                    return cls(sort, ORDERS[sort].read(key), id)
                case _:
                    raise CursorInvalid
        except (binascii.Error, ValueError) as error:
            raise CursorInvalid from error


@dataclass(frozen=True, slots=True)
class Order:
    """A key that every software has; `read` takes it from a cursor, raising ValueError."""

    descending: bool
    read: Callable[[Any], Key]
    key: Callable[[ColumnElement[Any]], SQLColumnExpression[Any]]
    """From the score, which only one order needs."""

    def by(self, key: SQLColumnExpression[Any], *, backward: bool) -> list[ColumnElement[Any]]:
        """How to sort; backward from the end of the list."""
        descending = self.descending is not backward
        return [
            key.desc() if descending else key.asc(),
            col(Software.id).desc() if backward else col(Software.id).asc(),
        ]

    def beyond(
        self, place: Place, key: SQLColumnExpression[Any], *, backward: bool
    ) -> ColumnElement[bool]:
        """What comes after a place, or before it when we go backward."""
        further = key < place.key if self.descending is not backward else key > place.key
        id = col(Software.id)
        return or_(further, and_(key == place.key, id < place.id if backward else id > place.id))


def _number(value: Any) -> int:  # noqa: ANN401 - whatever the cursor holds
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise CursorInvalid
    return value


def _text(value: Any) -> str:  # noqa: ANN401 - whatever the cursor holds
    if not isinstance(value, str) or "\0" in value:
        raise CursorInvalid
    return value


ORDERS = {
    Sort.RELEVANCE: Order(True, _number, lambda score: score),
    Sort.NAME: Order(False, _text, lambda _: col(Software.sort_name)),
    Sort.UPDATED: Order(
        True, lambda value: parse_rfc3339(_text(value)), lambda _: col(Software.updated_at)
    ),
    Sort.RELEASED: Order(True, _text, lambda _: func.coalesce(Software.release_date, "")),
    Sort.VITALITY: Order(True, _number, lambda _: func.coalesce(Software.vitality, -1)),
}
