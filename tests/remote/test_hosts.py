"""Who is asked too often says so, and is heard; who fails is left alone for a while."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.remote.client import Client, Limits, open_client
from app.remote.errors import BadReply, RemoteError, Resting, TimedOut, Unreachable
from app.remote.hosts import AT_ONCE, FAILURES, REST, TRIES, PatientClient
from tests.remote.servers import Answer, in_turn, reply, serving

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FINE = reply(body=b"fine")
CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"


class Time:
    """A clock that only passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    quick = Limits(connect=5, read=5, total=10)
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"}), limits=quick) as client:
        yield client


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def patient(client: Client, time: Time) -> PatientClient:
    return PatientClient(client, clock=lambda: time.now, sleep=time.sleep, jitter=lambda: 0.5)


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("asked", ["7", format_datetime(NOON + timedelta(seconds=7.5))])
async def test_who_asks_for_time_gets_it(
    patient: PatientClient, time: Time, status: int, asked: str
) -> None:
    async with serving({"/": in_turn(reply(status, retry_after=asked), FINE)}) as server:
        answer = await patient.fetch(server.url())

    assert answer.body == b"fine"
    assert sum(time.slept) == 7


async def test_what_one_is_asked_all_heed(patient: PatientClient, time: Time) -> None:
    async with serving({"/a": reply(429, retry_after="7"), "/b": FINE}) as server:
        await patient.fetch(server.url("/a"))
        before = time.now
        await patient.fetch(server.url("/b"))

    assert time.now - before == timedelta(seconds=7)


async def test_nobody_waits_for_hours(patient: PatientClient, time: Time) -> None:
    async with serving({"/": in_turn(reply(429, retry_after="7200"), FINE)}) as server:
        answer = await patient.fetch(server.url())
        assert (answer.status, time.slept) == (429, [])
        with pytest.raises(Resting, match="before 2026-11-23 14:00:00"):
            await patient.fetch(server.url())
        assert len(server.asked) == 1

        time.now += timedelta(hours=2)
        assert (await patient.fetch(server.url())).is_success


async def test_a_used_up_limit_of_github_is_heeded(patient: PatientClient, time: Time) -> None:
    reset = str(int(NOON.timestamp()) + 30)
    exhausted = reply(403, x_ratelimit_remaining="0", x_ratelimit_reset=reset)
    async with serving({"/": in_turn(exhausted, FINE)}) as server:
        assert (await patient.fetch(server.url())).is_success

    assert time.now == NOON + timedelta(seconds=30)


@pytest.mark.parametrize("failing", [reply(500), reply(429), CUT, b"", b"what?"])
async def test_who_fails_is_asked_again_after_growing_pauses(
    patient: PatientClient, time: Time, failing: bytes
) -> None:
    async with serving({"/": in_turn(failing, failing, FINE)}) as server:
        assert (await patient.fetch(server.url())).body == b"fine"

    assert time.slept == [0.5, 1.0]


async def test_the_last_failure_is_told_as_it_is(patient: PatientClient) -> None:
    async with serving({"/500": reply(500), "/cut": in_turn(CUT)}) as server:
        assert (await patient.fetch(server.url("/500"))).status == 500
        assert len(server.asked) == TRIES
        with pytest.raises(BadReply):
            await patient.fetch(server.url("/cut"))


@pytest.mark.parametrize("status", [200, 304, 401, 403, 404, 410, 451])
async def test_a_clear_answer_is_not_asked_for_twice(
    patient: PatientClient, time: Time, status: int
) -> None:
    async with serving({"/": reply(status)}) as server:
        assert (await patient.fetch(server.url())).status == status
        assert (len(server.asked), time.slept) == (1, [])


async def test_what_may_not_be_repeated_is_not(patient: PatientClient) -> None:
    async with serving({"/": reply(500)}) as server:
        assert (await patient.fetch(server.url(), method="POST")).status == 500
        assert len(server.asked) == 1


async def test_what_we_refuse_is_refused_at_once(patient: PatientClient, time: Time) -> None:
    async with serving({"/": reply(302, location="http://10.0.0.1/")}) as server:
        for url in (server.url(), "http://[", "mailto:a@b", "http://192.168.0.1/"):
            with pytest.raises(RemoteError):
                await patient.fetch(url)

    assert time.slept == []


async def test_a_host_that_only_fails_is_left_alone_until_it_has_rested(
    patient: PatientClient, time: Time
) -> None:
    async with serving({"/": reply(500)}) as server:
        for _ in range(FAILURES):
            await patient.fetch(server.url())
        assert len(server.asked) == FAILURES * TRIES
        with pytest.raises(Resting, match="has failed 5 times"):
            await patient.fetch(server.url())

        time.now += REST
        assert (await patient.fetch(server.url())).status == 500
        assert len(server.asked) == FAILURES * TRIES + 1, "one probe, and no more"
        with pytest.raises(Resting):
            await patient.fetch(server.url())

        server.answers["/"] = FINE
        time.now += REST
        for _ in range(3):
            assert (await patient.fetch(server.url())).is_success


async def test_one_at_a_time_tries_a_host_that_has_rested(
    patient: PatientClient, time: Time
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        writer.write(FINE)

    async with serving({"/": reply(500)}) as server:
        for _ in range(FAILURES):
            await patient.fetch(server.url())
        time.now += REST
        server.answers["/"] = slow
        probe = asyncio.create_task(patient.fetch(server.url()))
        await arrived.wait()
        with pytest.raises(Resting):
            await patient.fetch(server.url())
        go_on.set()
        assert (await probe).is_success


async def test_success_forgives_earlier_failures(patient: PatientClient) -> None:
    async with serving({"/": in_turn(*[reply(500), reply(500), FINE] * 9)}) as server:
        for _ in range(9):
            assert (await patient.fetch(server.url())).is_success


async def test_other_hosts_do_not_suffer(patient: PatientClient) -> None:
    async with serving({"/": reply(500)}) as bad, serving({"/": FINE}) as good:
        for _ in range(FAILURES):
            await patient.fetch(bad.url())
        with pytest.raises(Resting):
            await patient.fetch(bad.url())
        assert (await patient.fetch(good.url())).is_success


async def test_nobody_there_is_a_failure_as_well(patient: PatientClient, time: Time) -> None:
    async with serving({}) as server:
        url = server.url()
    for _ in range(FAILURES):
        with pytest.raises(Unreachable):
            await patient.fetch(url)
    with pytest.raises(Resting):
        await patient.fetch(url)
    assert len(time.slept) == FAILURES * (TRIES - 1)


async def test_a_drip_is_not_waited_for(patient: PatientClient, time: Time) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving({"/": drip}) as server:
        with pytest.raises(TimedOut):
            await patient.fetch(server.url(), limits=Limits(total=0.1))

    assert len(time.slept) == TRIES - 1


async def test_a_host_is_asked_little_at_once(patient: PatientClient) -> None:
    together, most = 0, 0

    async def busy(writer: asyncio.StreamWriter) -> None:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.01)
        together -= 1
        writer.write(FINE)

    answer: Answer = busy
    async with serving({"/": answer}) as server:
        await asyncio.gather(*(patient.fetch(server.url()) for _ in range(10)))

    assert most == AT_ONCE
