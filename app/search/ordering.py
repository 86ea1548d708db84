"""The orders of results, and the places in them that cursors name."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray

from app.pagination import CursorInvalid, parse_rfc3339, rfc3339
from app.search.arrays import LongIntegers, Numbers, smallest
from app.search.columns import Columns, microseconds, moment
from app.search.query import Sort
from app.search.values import Values

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
    """A key that every software has, and the whole number that stands for it."""

    descending: bool
    read: Callable[[Any], Key]
    """From a cursor; raises ValueError."""
    key: Callable[[Columns, int, int], Key]
    """Of a software, by its number and its score, which only one order needs."""
    numbers: Callable[[Columns, Numbers, LongIntegers], LongIntegers]
    """The same of many, as numbers in the order of the keys."""
    number: Callable[[Columns, Any], int]
    """Where a key from a cursor would be among those numbers."""

    def page(
        self,
        columns: Columns,
        found: Numbers,
        scores: LongIntegers,
        size: int,
        *,
        after: Place | None,
        backward: bool,
    ) -> Numbers:
        """The indexes in `found` of the first ones behind a place, the nearest first.

        Backward they are those before it.
        """
        sign, turn = -1 if self.descending is not backward else 1, -1 if backward else 1
        keys, ids = sign * self.numbers(columns, found, scores), columns.one["id"]

        def ties(places: Numbers) -> LongIntegers:
            return turn * _ranked(ids.values, ids.codes[found[places]])

        if after is None:
            return smallest(keys, ties, size)
        key = sign * self.number(columns, after.key)
        level = np.flatnonzero(keys == key)
        further = level[ties(level) > turn * _place(ids.values, after.id)]
        behind = np.concatenate([np.flatnonzero(keys > key), further])
        return behind[smallest(keys[behind], lambda places: ties(behind[places]), size)]


def _ranked(values: Values, codes: NDArray[np.int32]) -> LongIntegers:
    """Even numbers, so that what is not among the values has a place between them."""
    return values.rank[codes].astype(np.int64) * 2


def _place(values: Values, text: str) -> int:
    place = values.place(text) * 2
    return place if not text or values.code(text) is not None else place - 1


def _by_text(descending: bool, name: str) -> Order:
    return Order(
        descending=descending,
        read=_text,
        key=lambda columns, number, _score: columns.text(name, number),
        numbers=lambda columns, found, _scores: _ranked(
            columns.one[name].values, columns.one[name].codes[found]
        ),
        number=lambda columns, text: _place(columns.one[name].values, text),
    )


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise CursorInvalid
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise CursorInvalid
    return value


ORDERS = {
    Sort.RELEVANCE: Order(
        descending=True,
        read=_number,
        key=lambda _columns, _number, score: score,
        numbers=lambda _columns, _found, scores: scores,
        number=lambda _columns, score: score,
    ),
    Sort.NAME: _by_text(False, "sort_name"),
    Sort.UPDATED: Order(
        descending=True,
        read=lambda value: parse_rfc3339(_text(value)),
        key=lambda columns, number, _score: moment(columns.numbers["updated_at"][number]),
        numbers=lambda columns, found, _scores: columns.numbers["updated_at"][found],
        number=lambda _columns, key: microseconds(key),
    ),
    Sort.RELEASED: _by_text(True, "release_date"),
    Sort.VITALITY: Order(
        descending=True,
        read=_number,
        key=lambda columns, number, _score: int(columns.numbers["vitality"][number]),
        numbers=lambda columns, found, _scores: columns.numbers["vitality"][found],
        number=lambda _columns, key: key,
    ),
}
