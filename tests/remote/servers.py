"""Small servers on the loopback interface which answer as they are told, rightly or wrongly."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; names of headers in lower case."""

    method: str
    target: str
    headers: dict[str, str]


Answer: TypeAlias = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    port: int
    answers: dict[str, Answer]
    asked: list[Asked] = field(default_factory=list)
    sni: list[str | None] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A well-formed reply; `content_type="text/plain"` becomes `content-type: text/plain`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"content-length": str(len(body))} | named
    lines = [f"HTTP/1.1 {status} whatever", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def in_turn(*answers: bytes) -> Answer:
    """The first answer to the first question, and so on; the last to all that follow."""
    waiting = list(answers)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(waiting.pop(0) if len(waiting) > 1 else waiting[0])
        await writer.drain()

    return answer


@asynccontextmanager
async def serving(
    answers: Mapping[str, Answer], *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1; `answers` by path, 404 for all others."""
    server = Server(0, dict(answers))

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            while asked := await _request(reader):
                server.asked.append(asked)
                answer = server.answers.get(asked.target, reply(404))
                if not isinstance(answer, bytes):
                    await answer(writer)
                    break
                writer.write(answer)
                await writer.drain()
        except ConnectionError:
            pass  # the client has seen enough
        finally:
            writer.close()

    if tls:
        tls.sni_callback = lambda _socket, name, _context: server.sni.append(name)
    conversations: list[asyncio.Task[None]] = []
    listener = await asyncio.start_server(
        lambda *streams: conversations.append(asyncio.create_task(converse(*streams))),
        "127.0.0.1",
        0,
        ssl=tls,
    )
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        try:
            yield server
        finally:
            for conversation in conversations:
                conversation.cancel()
            await asyncio.gather(*conversations, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *fields = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, value in (line.split(":", 1) for line in fields)
    }
    await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers)
