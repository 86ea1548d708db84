"""What makes one result better than another: as data, each worth with an example beside it.

A score is the sum of its parts, which is what `explain=true` shows. It is counted in millionths:
whole numbers are the same everywhere, and can be compared with those of a cursor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from app import words
from app.catalogue.entry import Tier
from app.search.arrays import Floats, LongIntegers, Mask
from app.search.columns import Columns
from app.search.filters import is_from, is_one_of
from app.search.selection import Fit

MILLIONTHS = 1_000_000

WORTH_OF_WORDS = 1.0
"""At most, for how well texts fit: of two that mention "gatlykta", the one about little else."""

WORTH_OF_NAME = 0.6
"""All words in a name: "e-arkiv" finds e-Arkiv Granmora before what works with an e-archive."""

WORTH_OF_WHOLE_NAME = 2.0
"""The words are a whole name: "melding" finds Melding before Melding Openbare Ruimte."""

WORTH_OF_LANGUAGE = 0.2
"""Described in the reader's language: of two for "biblioteca", Italians see the Italian one first."""

MANY_USERS = 10
"""As many are worth all of what users are worth, and more of them no more."""

Part: TypeAlias = Mask | Floats


@dataclass(frozen=True, slots=True)
class Boost:
    """What makes software better, whatever was looked for: `holds` is true, or a part of 1."""

    name: str
    worth: float
    holds: Callable[[Columns, date], Part]


def _is(status: str) -> Callable[[Columns, date], Part]:
    return lambda columns, _today: is_one_of(columns, "development_status", [status])


def _is_valid(columns: Columns, _today: date) -> Part:
    return np.equal(columns.numbers["valid"], 1)


def _is_only_known(columns: Columns, _today: date) -> Part:
    return is_one_of(columns, "tier", [Tier.INDEX.value])


def _is_maintained(columns: Columns, today: date) -> Part:
    return is_from(columns, "maintained_until", today.isoformat())


def _users(columns: Columns, _today: date) -> Part:
    return np.minimum(columns.numbers["users"], MANY_USERS) / MANY_USERS


def _is_released_within(days: int) -> Callable[[Columns, date], Part]:
    return lambda columns, today: is_from(
        columns, "release_date", (today - timedelta(days)).isoformat()
    )


BOOSTS = (
    # Of two that say the same, the one whose file keeps to the standard.
    Boost("valid", 0.10, _is_valid),
    # What can be used today comes before what is still being made …
    Boost("stable", 0.10, _is("stable")),
    Boost("beta", 0.06, _is("beta")),
    Boost("development", 0.03, _is("development")),
    # … and long before what has been given up, even if the latter fits somewhat better.
    Boost("obsolete", -0.30, _is("obsolete")),
    # A file says what it is; of the other, only its forge has told.
    Boost("index", -0.60, _is_only_known),
    # Somebody answers: the contract runs until 2027, not until last spring.
    Boost("maintained", 0.08, _is_maintained),
    # Three municipalities use it; nobody has said so of the other.
    Boost("users", 0.08, _users),
    # Released this year, not in 2019.
    Boost("released", 0.06, _is_released_within(365)),
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What decides in one search; `reader` is a language, or empty."""

    fit: Fit | None
    query: str
    reader: str
    today: date

    def scores(self, columns: Columns) -> LongIntegers:
        """In millionths, by number of the software."""
        standing = self._standing(columns)
        if self.fit is None:
            return standing
        scores = standing.copy()
        scores[_is_named(columns, self.query)] += round(WORTH_OF_WHOLE_NAME * MILLIONTHS)
        points = _points(self.fit.words, WORTH_OF_WORDS)
        points += _points(self.fit.in_name, WORTH_OF_NAME)
        scores[self.fit.numbers] += points
        return scores

    def parts(self, columns: Columns) -> Iterator[tuple[str, LongIntegers]]:
        """(reason, millionths by number): what the scores are the sum of."""
        if self.fit is not None:
            for name, part, worth in (
                ("words", self.fit.words, WORTH_OF_WORDS),
                ("inName", self.fit.in_name, WORTH_OF_NAME),
            ):
                points = np.zeros(len(columns), np.int64)
                points[self.fit.numbers] = _points(part, worth)
                yield name, points
            yield "wholeName", _points(_is_named(columns, self.query), WORTH_OF_WHOLE_NAME)
        yield from self._of_standing(columns)

    def _standing(self, columns: Columns) -> LongIntegers:
        """What there is to score whatever is looked for; worked out once a day for each software."""
        key = "standing", self.reader, self.today
        known = columns.memory.get(key)
        scores = known if isinstance(known, np.ndarray) else np.zeros(0, np.int64)
        if len(scores) < len(columns):
            later = columns.later(len(scores))
            nothing = np.zeros(len(later), np.int64)
            more = sum((points for _, points in self._of_standing(later)), nothing)
            scores = np.concatenate([scores, more])
            columns.memory.put(key, scores, scores.nbytes, lasts=True)
        return scores

    def _of_standing(self, columns: Columns) -> Iterator[tuple[str, LongIntegers]]:
        if self.reader:
            yield "language", _points(_is_described_in(columns, self.reader), WORTH_OF_LANGUAGE)
        for boost in BOOSTS:
            yield boost.name, _points(boost.holds(columns, self.today), boost.worth)


def _is_named(columns: Columns, query: str) -> Mask:
    """One of its names is this, word for word."""
    column = columns.many["title"]
    return column.having(column.values.among([" ".join(words.split(query))]))


def _is_described_in(columns: Columns, language: str) -> Mask:
    """In `pt`, or a kind of it such as `pt-BR`."""
    column = columns.many["described_in"]
    return column.having(
        column.values.like(lambda tag: tag == language or tag.startswith(f"{language}-"))
    )


def _points(part: Part, worth: float) -> LongIntegers:
    millionths = round(worth * MILLIONTHS)
    if part.dtype == np.bool_:
        return np.multiply(part, millionths, dtype=np.int64)
    points: LongIntegers = np.rint(part * millionths).astype(np.int64)
    return points
