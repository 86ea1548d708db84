"""The memory for replies, and who waits for whom, with an application that does as it is told."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.keeping import MAKING, Keeping
from app.api.kept import OVERHEAD, SHARE, Kept, Memory
from app.head import Head, HeadWatch

pytestmark = pytest.mark.anyio

FIRST, SECOND, ELSEWHERE = Head(1, "a"), Head(2, "a"), Head(1, "b")
LIMIT = 10 * SHARE * OVERHEAD


def kept(head: Head = FIRST, *, until: float = 60, body: bytes = b"") -> Kept:
    return Kept(head=head, until=until, route=None, tag='"x"', headers=(), body=body)


def test_what_is_found_is_neither_over_nor_old() -> None:
    memory = Memory(LIMIT)
    memory.put(b"asked", kept())

    assert memory.find(b"asked", known=FIRST, now=59)
    assert memory.find(b"asked", known=None, now=59)
    assert memory.find(b"asked", known=FIRST, now=60) is None
    assert memory.find(b"asked", known=SECOND, now=59) is None
    assert memory.find(b"asked", known=ELSEWHERE, now=59) is None
    assert memory.find(b"other", known=FIRST, now=59) is None


def test_what_is_older_replaces_nothing() -> None:
    memory = Memory(LIMIT)
    for head in (SECOND, FIRST):
        memory.put(b"asked", kept(head))
    assert memory.find(b"asked", known=SECOND, now=0)

    memory.put(b"asked", kept(ELSEWHERE))
    assert memory.find(b"asked", known=ELSEWHERE, now=0)


def test_what_is_asked_for_stays_and_what_does_not_fit_goes() -> None:
    memory = Memory(10 * OVERHEAD)
    for number in range(10):
        memory.put(bytes([number]), kept())
    memory.find(b"\0", known=FIRST, now=0)
    memory.put(b"new", kept())

    assert memory.find(b"\0", known=FIRST, now=0)
    assert memory.find(b"new", known=FIRST, now=0)
    assert memory.find(b"\1", known=FIRST, now=0) is None
    assert memory.size == 10 * OVERHEAD


def test_nothing_takes_more_than_its_share() -> None:
    memory = Memory(LIMIT)
    memory.put(b"asked", kept(body=bytes(LIMIT // SHARE)))

    assert (memory.find(b"asked", known=FIRST, now=0), memory.size) == (None, 0)


class Application:
    """Answers with the number of the request, as soon as it may."""

    def __init__(self, watch: HeadWatch) -> None:
        self.watch = watch
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.failing = 0
        self.status = 200

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked += 1
        number, making = self.asked, scope[MAKING]
        making.begin()
        making.head = self.watch.newest
        await self.may_answer.wait()
        if number == self.failing:
            raise RuntimeError("It went wrong.")
        body = str(number).encode()
        headers = [(b"etag", b'"x"'), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def watch() -> HeadWatch:
    watch = HeadWatch()
    watch.tell(FIRST)
    return watch


@pytest.fixture
def application(watch: HeadWatch) -> Application:
    return Application(watch)


@pytest.fixture
def keeping(application: Application, watch: HeadWatch) -> Keeping:
    return Keeping(application, watch, LIMIT)


async def ask(keeping: Keeping, **more: bytes) -> bytes:
    """The body of the reply."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value) for name, value in more.items()]
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b""}
    await keeping({**scope, "headers": headers}, receive, send)
    return bytes(sent[-1]["body"])


async def asking(keeping: Keeping, number: int) -> list["asyncio.Task[bytes]"]:
    tasks = [asyncio.create_task(ask(keeping)) for _ in range(number)]
    await asyncio.sleep(0)
    return tasks


async def test_those_who_come_meanwhile_wait(keeping: Keeping, application: Application) -> None:
    tasks = await asking(keeping, 5)
    application.may_answer.set()

    assert await asyncio.gather(*tasks) == [b"1"] * 5
    assert await ask(keeping) == b"1"
    assert not keeping.begun


async def test_nobody_waits_for_what_a_commit_has_made_old(
    keeping: Keeping, application: Application, watch: HeadWatch
) -> None:
    before = await asking(keeping, 2)
    watch.tell(SECOND)
    after = await asking(keeping, 2)
    application.may_answer.set()

    assert (await asyncio.gather(*before))[0] == b"1"
    assert await asyncio.gather(*after) == [b"2"] * 2
    assert await ask(keeping) == b"2"


async def test_when_the_first_fails_the_others_are_answered(
    keeping: Keeping, application: Application
) -> None:
    application.failing = 1
    first, *others = await asking(keeping, 3)
    application.may_answer.set()
    with pytest.raises(RuntimeError):
        await first

    assert await asyncio.gather(*others) == [b"2", b"2"]
    assert not keeping.begun


async def test_when_the_first_leaves_the_others_are_answered(
    keeping: Keeping, application: Application
) -> None:
    first, other = await asking(keeping, 2)
    first.cancel()
    application.may_answer.set()

    assert await other == b"2"
    assert not keeping.begun


async def test_errors_are_not_kept(keeping: Keeping, application: Application) -> None:
    application.status = 404
    application.may_answer.set()

    assert [await ask(keeping), await ask(keeping)] == [b"1", b"2"]


async def test_a_reply_that_is_not_whole_is_not_kept(
    application: Application, watch: HeadWatch
) -> None:
    async def in_pieces(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_pieces(message: Message) -> None:
            if message["type"] == "http.response.body":
                await send({**message, "body": b"", "more_body": True})
                await send({**message, "body": b""})
            else:
                await send(message)

        await application(scope, receive, send_pieces)

    application.may_answer.set()
    keeping = Keeping(in_pieces, watch, LIMIT)
    for number in (1, 2):
        await ask(keeping)
        assert application.asked == number
