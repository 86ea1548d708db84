"""publiccode.yml files that lists and catalogues only point to, read from where they are."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.federation.driver import HarvestedRecord, Unavailable, Web, ask_if_there
from app.federation.replies import address
from app.remote.client import Limits
from app.remote.errors import RemoteError
from app.remote.forges import raw_of_page

AT_ONCE = 8
LIMITS = Limits(max_bytes=1024 * 1024, total=60)


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is said about software, and where the file is that says more."""

    record: HarvestedRecord
    file: str | None = None


async def read(web: Web, pointed: Iterable[Pointed]) -> tuple[HarvestedRecord, ...]:
    """The records in their order, with the texts of their files.

    Where there is surely no file, what is `known` stands. Where it cannot be told now, nothing does:
    the record then only says that it is still there, so that no failure of a forge takes the place
    of what was read before. Nothing but a file that was read is first-hand.
    """
    turn = asyncio.Semaphore(AT_ONCE)

    async def completed(each: Pointed) -> HarvestedRecord:
        async with turn:
            return await _completed(web, each)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(completed(each)) for each in pointed]
    return tuple(task.result() for task in tasks)


async def _completed(web: Web, pointed: Pointed) -> HarvestedRecord:
    file, record = address(pointed.file), pointed.record
    unread = record if record.text else replace(record, is_first_hand=False)
    if file is None:
        return unread
    try:
        reply = await ask_if_there(web, raw_of_page(file), limits=LIMITS)
    except (RemoteError, Unavailable):
        return replace(unread, known=None)
    if reply is None:
        return unread
    if reply.headers.get("content-type", "").startswith("text/html"):
        return replace(unread, known=None)  # a page to sign in at, or an excuse
    return replace(record, text=reply.body)
