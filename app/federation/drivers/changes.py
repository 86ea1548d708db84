"""A Samkod: its snapshot first, and from then on its change log.

What it says itself and what others told it are records of their own; a record is known by its origin,
so that it stays the same whichever way it comes. What the peer says itself is from that one of its
catalogues that holds it. The arguments are the catalogue of the peer that is wanted alone, if one is; and
`tier: all` for software as well that the peer only knows of.
"""

from collections.abc import AsyncIterator

from app.federation.driver import (
    Capabilities,
    CursorLost,
    Driver,
    Page,
    PeerFault,
    Source,
    Task,
    Web,
)
from app.federation.replies import json_of, objects, text
from app.federation.samkod import snapshot
from app.federation.samkod.asking import base, fetch, named, object_of, successful
from app.federation.samkod.log import changes, follow, place_of
from app.remote.client import Limits

SNAPSHOTS = 3
"""That are begun in one run, while the peer makes new ones."""

SECONDS_TO_WAIT = 50
PATIENT = Limits(max_bytes=1024 * 1024, read=SECONDS_TO_WAIT + 20, total=SECONDS_TO_WAIT + 30)


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """All that there is, or what has changed behind the cursor."""
    await _refuse_other_names(source, web)
    place, cursor = place_of(task.cursor), task.cursor
    for snapshots_left in reversed(range(SNAPSHOTS)):
        if place is not None:
            break
        copying = await snapshot.newest(source, web, cursor)
        copying, overtaken = await snapshot.compared(source, web, copying, place_of(task.before))
        try:
            async for page in snapshot.copy(source, web, copying, overtaken):
                yield page
            place = copying.place
        except CursorLost:
            if not snapshots_left:
                raise
            cursor = None
    if place is not None:
        async for page in follow(source, web, place):
            yield page


async def news(source: Source, web: Web, cursor: str) -> bool:
    """Waits for as long as the peer lets us, for one answer at a time.

    That is as quick as a stream of events, and has an end and a size like every other answer.
    """
    place = place_of(cursor)
    if place is None:
        return True
    asked = {"include": "none", "limit": 1, "feed": "longpoll", "timeout": SECONDS_TO_WAIT}
    try:
        url, said = await changes(source, web, place, asked, PATIENT)
    except CursorLost:
        return True
    return bool(objects(said.get("results"), url))


async def _refuse_other_names(source: Source, web: Web) -> None:
    """Raises PeerFault for a peer that others know by another name: loops would not be seen."""
    if source.uri is None:
        return
    url = f"{base(source.url)}/.well-known/oss-catalog"
    said = object_of(json_of(successful(await fetch(source, web, url))), url)
    if (uri := text(said, "uri")) != source.uri:
        raise PeerFault(url, f"calls itself {uri}, and must be followed under this uri")


DRIVER = Driver(
    "changes",
    Capabilities(incremental=True, deletes=True, live=True, relays=True),
    harvest,
    news,
    named,
)
