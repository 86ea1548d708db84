"""Patience with other machines: few questions at once, again after a while, and silence at worst.

A host is a name with its port. All who ask through one `PatientClient` share what it knows of a
host, so that who is asked to wait makes the others wait as well.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlsplit

from app.remote.client import Client, Fetched, Limits
from app.remote.errors import BadReply, Resting, UnknownHost, Unreachable
from app.remote.waiting import asked_to_wait, backoff

AT_ONCE = 2
TRIES = 3
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=1)
"""If a host asks for more, its reply is given back, and nobody asks it again before."""

FAILURES = 5
"""Of questions in a row, whoever asked them: then the host is left alone for a `REST`."""
REST = timedelta(minutes=5)

REPEATABLE = frozenset({"GET", "HEAD"})
BUSY = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)

Ask: TypeAlias = Callable[[], Awaitable[Fetched]]


class PatientClient:
    """Asks as a Client does, but takes its time: for work behind which nobody waits.

    `sleep` takes seconds; `jitter` is a random number from 0 to 1. What is redirected counts for
    the host that was asked first.
    """

    def __init__(
        self,
        client: Client,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        first: int | None = None,
        limits: Limits | None = None,
    ) -> Fetched:
        """As `Client.fetch`; GET and HEAD are tried again while the host is busy or broken.

        Raises RemoteError: Resting where the host was not asked, for its own good.
        """
        ask = partial(
            self._client.fetch,
            url,
            method=method,
            headers=headers,
            content=content,
            first=first,
            limits=limits,
        )
        host = self._hosts[_name(url)]
        async with host.slots:
            with host.asked(url, self._clock):
                tries = TRIES if method in REPEATABLE and not host.is_worn_out else 1
                reply = await self._insist(host, url, ask, tries)
                host.note(reply, self._clock())
                return reply

    async def _insist(self, host: "_Host", url: str, ask: Ask, tries: int) -> Fetched:
        for attempt in range(1, tries):
            try:
                reply = await self._ask_once(host, url, ask)
            except UnknownHost:
                raise
            except (Unreachable, BadReply):
                pass
            else:
                if not self._is_worth_waiting(host, reply):
                    return reply
            pause = backoff(attempt, self._jitter(), first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            await self._sleep(pause.total_seconds())
        return await self._ask_once(host, url, ask)

    async def _ask_once(self, host: "_Host", url: str, ask: Ask) -> Fetched:
        wait = host.quiet_until - self._clock()
        if wait > LONGEST_WAIT:
            raise Resting(url, f"is not asked before {host.quiet_until:%F %T}, as its host wants")
        if wait > timedelta(0):
            await self._sleep(wait.total_seconds())
        reply = await ask()
        now = self._clock()
        host.quiet_until = max(host.quiet_until, now + _wait_asked_for(reply, now))
        return reply

    def _is_worth_waiting(self, host: "_Host", reply: Fetched) -> bool:
        """Whether the same question may soon have another answer."""
        now = self._clock()
        is_busy = _wait_asked_for(reply, now) > timedelta(0)
        return (is_busy or _is_broken(reply)) and host.quiet_until - now <= LONGEST_WAIT


@dataclass
class _Host:
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    quiet_until: datetime = LONG_AGO
    rests_until: datetime = LONG_AGO
    failures: int = 0
    is_probed: bool = False

    @property
    def is_worn_out(self) -> bool:
        return self.failures >= FAILURES

    @contextmanager
    def asked(self, url: str, clock: Callable[[], datetime]) -> Iterator[None]:
        """Raises Resting if it is worn out and has not rested, or somebody else tries just now."""
        is_probe = self.is_worn_out
        if is_probe and (self.is_probed or clock() < self.rests_until):
            raise Resting(url, f"is not asked, since its host has failed {self.failures} times")
        self.is_probed |= is_probe
        try:
            yield
        except (Unreachable, BadReply):
            self.fail(clock())
            raise
        finally:
            if is_probe:
                self.is_probed = False

    def note(self, reply: Fetched, now: datetime) -> None:
        """Whether it works; who asks us to wait may work well."""
        if _wait_asked_for(reply, now):
            return
        if _is_broken(reply):
            self.fail(now)
        else:
            self.failures = 0

    def fail(self, now: datetime) -> None:
        self.failures += 1
        if self.is_worn_out:
            self.rests_until = now + REST


def _wait_asked_for(reply: Fetched, now: datetime) -> timedelta:
    return asked_to_wait(reply, now) if reply.status in BUSY else timedelta(0)


def _is_broken(reply: Fetched) -> bool:
    return reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= 500


def _name(url: str) -> str:
    """Of the host; all that are none share one, and are refused by the client."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
