"""Requests and replies of many lines: the first are answered while later ones still come in.

Many clients send all they have before they read anything. So that neither side waits for the other
for ever, what comes in faster than it is answered waits in a file.
"""

from asyncio import Event
from collections.abc import AsyncIterator, Callable, Mapping
from tempfile import SpooledTemporaryFile
from typing import TypeAlias

from anyio import create_task_group
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "application/x-ndjson"
IN_MEMORY = 1024 * 1024
MOST_WAITING = 64 * 1024 * 1024
"""Bytes on disk, from which on the client has to wait."""
PIECE = 64 * 1024

Converse: TypeAlias = Callable[[AsyncIterator[bytes]], AsyncIterator[bytes]]
"""From the pieces of the request to those of the reply."""


class Conversation(Response):
    """A reply that is written while the request is read.

    When the client goes away, nothing more is taken up; what was begun is brought to its end, so
    that no transaction is broken off.
    """

    media_type = MEDIA_TYPE

    def __init__(self, converse: Converse, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self.converse = converse

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        with SpooledTemporaryFile(IN_MEMORY) as file:
            backlog = Backlog(file)
            async with create_task_group() as tasks:

                async def listen() -> None:
                    while (message := await receive())["type"] != "http.disconnect":
                        await backlog.put(message.get("body", b""))
                        if not message.get("more_body", False):
                            backlog.end()
                    backlog.abandon()

                tasks.start_soon(listen)
                async for said in self.converse(backlog.pieces()):
                    await send({"type": "http.response.body", "body": said, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                tasks.cancel_scope.cancel()


class Backlog:
    """What has come in and not been taken yet, in `file`."""

    def __init__(self, file: "SpooledTemporaryFile[bytes]") -> None:
        self.file = file
        self.written = 0
        self.taken = 0
        self.ended = False
        self.arrived = Event()
        self.emptied = Event()

    async def put(self, piece: bytes) -> None:
        """Add to it; waits while it is too long."""
        if self.written > MOST_WAITING:
            self.emptied.clear()
            await self.emptied.wait()
        self.file.seek(self.written)
        self.file.write(piece)
        self.written += len(piece)
        self.arrived.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self.arrived.set()

    def abandon(self) -> None:
        """Nobody wants to hear of the rest."""
        self.taken = self.written
        self.end()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All that comes in, to the end."""
        while True:
            if self.taken < self.written:
                self.file.seek(self.taken)
                piece = self.file.read(PIECE)
                self.taken += len(piece)
                yield piece
            elif self.ended:
                return
            else:
                self.file.seek(0)
                self.file.truncate()
                self.taken = self.written = 0
                self.emptied.set()
                self.arrived.clear()
                await self.arrived.wait()


async def lines(pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes | None]:
    """The lines of a text that comes in pieces; None for each that is longer than `limit` bytes."""
    line = bytearray()
    is_long = False
    async for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            line += part
            yield None if is_long or len(line) > limit else bytes(line)
            line.clear()
            is_long = False
        line += rest
        if len(line) > limit:
            line.clear()
            is_long = True
    if line or is_long:
        yield None if is_long else bytes(line)
