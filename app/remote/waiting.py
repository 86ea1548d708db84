"""How long to wait before asking again: as long as we are asked to, or longer each time."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.remote.client import Fetched

LONGEST_ASKED_FOR = timedelta(days=1)


def asked_to_wait(reply: Fetched, now: datetime) -> timedelta:
    """What `Retry-After` asks for, in seconds or as a date, up to a day; zero if it says nothing.

    Without it, until GitHub counts anew, if no more is left of what it allows.

    https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    text = reply.headers.get("retry-after", "").strip()
    try:
        if text.isascii() and text.isdigit():
            asked = timedelta(seconds=int(text))
        elif not text and reply.headers.get("x-ratelimit-remaining") == "0":
            asked = timedelta(
                seconds=int(reply.headers.get("x-ratelimit-reset", 0)) - now.timestamp()
            )
        else:
            until = parsedate_to_datetime(text)
            asked = until.replace(tzinfo=until.tzinfo or UTC) - now
    except ValueError:
        return timedelta(0)
    except OverflowError:
        return LONGEST_ASKED_FOR
    return max(timedelta(0), min(asked, LONGEST_ASKED_FOR))


def backoff(attempt: int, jitter: float, *, first: timedelta, longest: timedelta) -> timedelta:
    """The pause after a failed attempt doubles from `first` to `longest`; `jitter` is from 0 to 1.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
    """
    doubled: timedelta = first * 2 ** (attempt - 1)
    return jitter * min(longest, doubled)
