"""The snapshot of another Samkod: all that there is, in pieces, and where its log goes on."""

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from itertools import islice

from app.federation.driver import CursorLost, Page, PeerFault, Source, Unreadable, Web
from app.federation.names import storable
from app.federation.replies import Json, json_from, json_of, objects, text
from app.federation.samkod.asking import address, fetch, object_of, successful, tier
from app.federation.samkod.log import Following, pages
from app.federation.samkod.records import page_of
from app.remote.client import Limits

NAMES_AT_ONCE = 1000
NAMES_LIMITS = Limits(max_bytes=4 * 1024 * 1024, total=30)
MOST_OVERTAKEN = 100_000
"""Names that are held in memory: of software that has changed since the snapshot was made."""

MOST_PAGES = 1000
"""Of the log, that are read for those names."""

LINES_AT_ONCE = 300
PIECE = 8 * 1024 * 1024
"""Bytes of a snapshot that are asked for at once: none has to be held in memory as a whole."""


@dataclass(frozen=True, slots=True)
class Copying:
    """So many bytes of a file of a snapshot are done; then the log goes on behind `place`."""

    sha256: str
    offset: int
    size: int
    place: Following

    def cursor(self) -> str:
        return f"copy {self.sha256} {self.offset}"


async def newest(source: Source, web: Web, cursor: str | None) -> Copying:
    """The newest one, and how much of it is done if it is still the one of the cursor."""
    url = address(source, "exports/manifest.json", tier(source))
    said = object_of(json_of(successful(await fetch(source, web, url))), url)
    files = {_plain(each): each for each in objects(said.get("files"), url)}
    file = files.get("software.jsonl", {})
    epoch, sha256 = text(said, "epoch"), text(file, "sha256")
    sequence, size = said.get("sequence"), file.get("bytes")
    if not (epoch and sha256 and isinstance(sequence, int) and isinstance(size, int)):
        raise Unreadable(url, "is not the manifest of a snapshot")
    match (cursor or "").split(" "):
        case ["copy", known, done] if known == sha256 and done.isdecimal():
            offset = int(done)
        case _:
            offset = 0
    return Copying(sha256, offset, size, Following(epoch, sequence))


async def compared(
    source: Source, web: Web, copying: Copying, before: Following | None
) -> tuple[Copying, frozenset[str]]:
    """A snapshot for who knew the log up to `before`, and which software of it is older than that.

    A snapshot is silent about what has gone; so the log is read from where it was left. A snapshot that
    is behind that would bring back what has gone, and what has changed, to be undone again. Raises
    PeerFault when it is too far behind.
    """
    place = copying.place
    if before is None or before.epoch != place.epoch:
        return copying, frozenset()
    if before.sequence <= place.sequence:
        return replace(copying, place=before), frozenset()
    overtaken: set[str] = set()
    asked, count = {"include": "none", "limit": NAMES_AT_ONCE}, 0
    async for url, last, said in pages(source, web, place, asked, NAMES_LIMITS):
        overtaken.update(map(_name, said))
        count += 1
        if last >= before.sequence:
            break
        if len(overtaken) > MOST_OVERTAKEN or count == MOST_PAGES:
            raise PeerFault(url, "has changed too often since its snapshot was made")
    return copying, frozenset(overtaken)


async def copy(
    source: Source, web: Web, copying: Copying, overtaken: Collection[str]
) -> AsyncIterator[Page]:
    """The lines of the snapshot, piece by piece, but for what the log tells better.

    Raises CursorLost when the peer has another one by now, and not this one any more.
    """
    url = address(source, "exports/software.jsonl", tier(source))
    offset = copying.offset
    while offset < copying.size:
        begun, lines = offset, _whole_lines(await _piece(source, web, url, copying, offset))
        while some := list(islice(lines, LINES_AT_ONCE)):
            offset += sum(map(len, some))
            done = Copying(copying.sha256, offset, copying.size, copying.place)
            cursor = done.cursor() if offset < copying.size else copying.place.cursor()
            told = [_line(line, url) for line in some]
            current = [each for each in told if _name(each) not in overtaken]
            yield page_of(source, current, cursor, url)
        if offset == begun:
            raise Unreadable(url, f"has a line of more than {PIECE} bytes, or one without an end")


async def _piece(source: Source, web: Web, url: str, copying: Copying, offset: int) -> bytes:
    tag, last = f'"{copying.sha256}"', min(offset + PIECE, copying.size) - 1
    headers = {"Range": f"bytes={offset}-{last}", "If-Range": tag}
    reply = successful(await fetch(source, web, url, headers))
    if reply.headers.get("etag") != tag:
        raise CursorLost(url, "is another snapshot by now")
    if reply.status != HTTPStatus.PARTIAL_CONTENT:
        return reply.body[offset : last + 1]
    if not reply.headers.get("content-range", "").startswith(f"bytes {offset}-"):
        raise Unreadable(url, f"is another part than the one from byte {offset}")
    return reply.body


def _whole_lines(piece: bytes) -> Iterator[bytes]:
    """Without the beginning of one that goes on in the next piece."""
    return (line for line in BytesIO(piece) if line.endswith(b"\n"))


def _plain(file: Json) -> str:
    """The name of a file, without the query by which its tier is asked for."""
    return (text(file, "name") or "").partition("?")[0]


def _name(said: Json) -> str:
    """Of the software that is told of, no longer than it is stored."""
    return storable(text(said, "softwareId") or "")


def _line(line: bytes, url: str) -> Json:
    return object_of(json_from(line, url), url)
