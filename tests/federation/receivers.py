"""A webhook's receiving end: a real server on the loopback, which answers as it is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic, sleep

SECONDS_TO_WAIT = 60


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Receiver:
    """Gives its `answers` in turn, the last one for ever; each waits until it is `open`."""

    port: int = 0
    answers: Sequence[Answer] = (Answer(),)
    received: list[Received] = field(default_factory=list)
    open: Event = field(default_factory=Event)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def take(self, received: Received) -> Answer:
        place = len(self.received)
        self.received.append(received)
        self.open.wait(SECONDS_TO_WAIT)
        return self.answers[min(place, len(self.answers) - 1)]

    def has(self, count: int) -> Callable[[], bool]:
        return lambda: len(self.received) >= count


@contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    """A receiver on a free port, open unless its event is cleared."""
    receiver = Receiver(answers=answers or (Answer(),))
    receiver.open.set()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = receiver.take(Received(self.path, self.headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    class House(ThreadingHTTPServer):
        request_queue_size = 128

    server = House(("127.0.0.1", 0), Door)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(condition: Callable[[], bool]) -> None:
    """Fails where it never becomes true."""
    give_up = monotonic() + SECONDS_TO_WAIT
    while not condition():
        assert monotonic() < give_up, "It did not happen."
        sleep(0.02)
