"""How long others ask us to wait."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from app.remote.client import Fetched
from app.remote.waiting import asked_to_wait, backoff

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("Mon, 23 Nov 2026 12:01:00 -0000", 60),
        ("soon", 0),
        ("-5", 0),
        ("²", 0),
        ("", 0),
        ("99999999", 86_400),
        ("9" * 40, 86_400),
    ],
)
def test_retry_after_is_understood(header: str, seconds: int) -> None:
    reply = Fetched(
        "https://x.example.org/",
        503,
        httpx2.Headers([(b"Retry-After", header.encode("latin-1"))]),
        b"",
    )

    assert asked_to_wait(reply, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("remaining", "reset", "seconds"),
    [
        ("0", str(int(NOW.timestamp()) + 90), 90),
        ("0", str(int(NOW.timestamp()) - 90), 0),
        ("0", "soon", 0),
        ("0", "9" * 40, 86_400),
        ("1", str(int(NOW.timestamp()) + 90), 0),
    ],
)
def test_a_used_up_limit_lasts_until_it_is_renewed(
    remaining: str, reset: str, seconds: int
) -> None:
    headers = httpx2.Headers({"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset})

    reply = Fetched("https://x.example.org/", 403, headers, b"")

    assert asked_to_wait(reply, NOW) == timedelta(seconds=seconds)


def test_pauses_double_up_to_the_longest() -> None:
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    pauses = [backoff(attempt, 1.0, first=second, longest=minute) for attempt in range(1, 9)]

    assert [each / second for each in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff(5, 0.0, first=second, longest=minute) == timedelta(0)
