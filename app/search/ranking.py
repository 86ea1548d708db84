"""What makes one result better than another: as data, each worth with an example beside it.

A score is the sum of its parts, which is what `explain=true` shows. It is counted in millionths:
whole numbers are the same on both engines, and can be compared with those of a cursor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Float, case, cast, func, literal, or_, select
from sqlmodel import col

from app import words
from app.catalogue.tables import Software, SoftwareText

MILLIONTHS = 1_000_000

WORTH_OF_WORDS = 1.0
"""At most, for how well texts fit: of two that mention "gatlykta", the one about little else."""

WORTH_OF_NAME = 0.6
"""All words in a name: "e-arkiv" finds e-Arkiv Granmora before what works with an e-archive."""

WORTH_OF_WHOLE_NAME = 2.0
"""The words are a whole name: "melding" finds Melding before Melding Openbare Ruimte."""

WORTH_OF_LANGUAGE = 0.2
"""Described in the reader's language: of two for "biblioteca", Italians see the Italian one first."""


@dataclass(frozen=True, slots=True)
class Boost:
    """What makes software better, whatever was looked for: `holds` is true, or a part of 1."""

    name: str
    worth: float
    holds: Callable[[date], ColumnElement[Any]]


def _users(_today: date) -> ColumnElement[Any]:
    """Ten users are worth all of it, and more than ten no more."""
    many = col(Software.users)
    return cast(case((many > 10, 10), else_=many), Float) / 10.0


def _is(status: str) -> Callable[[date], ColumnElement[Any]]:
    return lambda _today: col(Software.development_status) == status


def _released_within(days: int) -> Callable[[date], ColumnElement[Any]]:
    return lambda today: (
        func.coalesce(Software.release_date, "") >= (today - timedelta(days)).isoformat()
    )


BOOSTS = (
    # Of two that say the same, the one whose file keeps to the standard.
    Boost("valid", 0.10, lambda _today: col(Software.valid).is_(True)),
    # What can be used today comes before what is still being made …
    Boost("stable", 0.10, _is("stable")),
    Boost("beta", 0.06, _is("beta")),
    Boost("development", 0.03, _is("development")),
    # … and long before what has been given up, even if the latter fits somewhat better.
    Boost("obsolete", -0.30, _is("obsolete")),
    # Somebody answers: the contract runs until 2027, not until last spring.
    Boost(
        "maintained",
        0.08,
        lambda today: func.coalesce(Software.maintained_until, "") >= today.isoformat(),
    ),
    # Three municipalities use it; nobody has said so of the other.
    Boost("users", 0.08, _users),
    # Released this year, not in 2019.
    Boost("released", 0.06, _released_within(365)),
)


def parts(
    matches: CTE | None, query: str, reader: str, today: date
) -> Iterator[tuple[str, ColumnElement[int]]]:
    """(reason, millionths): what a result has for each reason; `reader` is a language, or empty."""
    if matches is not None:
        whole = matches.c.titles.contains(words.line(query), autoescape=True)
        yield "words", _points(WORTH_OF_WORDS * matches.c.words)
        yield "inName", _points(_given(matches.c.in_name, WORTH_OF_NAME))
        yield "wholeName", _points(_given(whole, WORTH_OF_WHOLE_NAME))
    if reader:
        yield "language", _points(_given(_is_described_in(reader), WORTH_OF_LANGUAGE))
    for boost in BOOSTS:
        reason = boost.holds(today)
        is_part = isinstance(reason.type, Float)
        worth = boost.worth * reason if is_part else _given(reason, boost.worth)
        yield boost.name, _points(worth)


def _is_described_in(language: str) -> ColumnElement[bool]:
    """In `pt`, or a kind of it such as `pt-BR`."""
    tag = col(SoftwareText.language)
    described = select(col(SoftwareText.software_id)).where(
        or_(tag == language, tag.startswith(f"{language}-"))
    )
    return col(Software.id).in_(described)


def _given(condition: ColumnElement[Any], worth: float) -> ColumnElement[float]:
    return case((condition, literal(worth, Float)), else_=literal(0.0, Float))


def _points(worth: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.round(worth * MILLIONTHS), BigInteger)
