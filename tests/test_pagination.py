"""Cursors and times, in the spelling that clients of the Open Catalog API know."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pagination import Cursor, CursorInvalid, parse_rfc3339, rfc3339

MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(MOMENTS, IDS)
def test_cursor_comes_back_as_it_was(created_at: datetime, id: str) -> None:
    cursor = Cursor(created_at, id)
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "W10=",
        "eyJhIjogMX0=",
        "WyJ5ZXN0ZXJkYXkiLCAiYSJd",
        pytest.param("WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd", id="id with NUL"),
    ],
)
def test_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.decode(text)


def test_fraction_is_written_without_trailing_zeros() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert rfc3339(moment) == "2026-01-02T03:04:05Z"
    assert rfc3339(moment.replace(microsecond=120000)) == "2026-01-02T03:04:05.12Z"


def test_nanoseconds_are_cut() -> None:
    assert parse_rfc3339("2026-01-02T03:04:05.123456789Z").microsecond == 123456


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05+01:00",
        "2026-01-02T03:04:05.xZ",
    ],
)
def test_other_spellings_of_time_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|does not match"):
        parse_rfc3339(text)
