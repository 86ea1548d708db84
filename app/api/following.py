"""How changes leave: as a page, as a page that is waited for, or as a stream of events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from app.api import caching, links
from app.federation.feed import FeedPage

RETRY_MILLISECONDS = 3000
EVENT_STREAM = "text/event-stream"
REVALIDATE = "no-cache"

T = TypeVar("T")


def reply(request: Request, page: FeedPage) -> Response:
    """The page with its ETag, and where it goes on if it does; or 304."""
    request.state.sequence = page.head.sequence
    tag = f'"{page.head.epoch}-{page.head.sequence}-{page.horizon}"'
    headers = {"ETag": tag, "Cache-Control": REVALIDATE}
    if caching.is_known(tag, request):
        return Response(status_code=304, headers=headers)
    headers |= links.header(request, {"next": _following(request, page) if page.pending else None})
    return Response(_body(page), headers=headers, media_type="application/json")


def stream(pages: AsyncIterator[FeedPage]) -> Response:
    """Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(pages), headers=headers, media_type=EVENT_STREAM)


async def unless_gone(request: Request, answer: Awaitable[T]) -> T:
    """What comes of `answer`. Raises ClientDisconnect when nobody waits for it any more."""
    answering = asyncio.ensure_future(answer)
    leaving = asyncio.ensure_future(_leaving(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return answering.result()
        await leaving
        raise ClientDisconnect
    finally:
        answering.cancel()
        leaving.cancel()


async def _leaving(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _events(pages: AsyncIterator[FeedPage]) -> AsyncIterator[bytes]:
    """Each change under its number. An event without data moves the number, and tells nobody else."""
    yield b"retry: %d\n\n" % RETRY_MILLISECONDS
    async for page in pages:
        for sequence, text in page.results:
            yield b"id: %d\nevent: change\ndata: %b\n\n" % (sequence, text)
        if not page.results:
            yield b": nothing new\nid: %d\n\n" % page.last


def _body(page: FeedPage) -> bytes:
    return b'{"results":[%b],"lastSeq":%d,"pending":%d,"epoch":%b}' % (
        b",".join(text for _, text in page.results),
        page.last,
        page.pending,
        orjson.dumps(page.head.epoch),
    )


def _following(request: Request, page: FeedPage) -> str:
    return "?" + urlencode({**request.query_params, "since": page.last})
