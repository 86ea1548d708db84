"""A Samkod: its snapshot first, and from then on its change log.

What it says itself and what others told it are records of their own; a record is known by its origin,
so that it stays the same whichever way it comes. What the peer says itself is from that one of its
catalogues that holds it. The arguments are the catalogue of the peer that is wanted alone, if one is; and
`tier: all` for software as well that the peer only knows of.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote, urlencode

from app.federation.driver import (
    Capabilities,
    CursorLost,
    Driver,
    HarvestedRecord,
    Known,
    Origin,
    Page,
    PageRepeated,
    PeerFault,
    Source,
    Task,
    Unavailable,
    Unreadable,
    Web,
)
from app.federation.forks import COPIES
from app.federation.replies import Json, child, json_from, json_of, moment, objects, text, texts
from app.remote.client import Fetched, Limits

ALL_TIERS = "tier: all"
"""The argument that asks for the index tier as well."""

CHANGES_AT_ONCE = 200
NAMES_AT_ONCE = 1000
LINES_AT_ONCE = 250
PIECE = 8 * 1024 * 1024
"""Bytes of a snapshot that are asked for at once: none has to be held in memory as a whole."""

LIMITS = Limits(max_bytes=50 * 1024 * 1024, total=300)
SNAPSHOTS = 3
"""That are begun in one run, while the peer makes new ones."""

SECONDS_TO_WAIT = 50
PATIENT = Limits(max_bytes=1024 * 1024, read=SECONDS_TO_WAIT + 20, total=SECONDS_TO_WAIT + 30)


@dataclass(frozen=True, slots=True)
class Copying:
    """So many bytes of a file of a snapshot are done; then the log goes on behind `place`."""

    sha256: str
    offset: int
    size: int
    place: "Following"

    def cursor(self) -> str:
        return f"copy {self.sha256} {self.offset}"


@dataclass(frozen=True, slots=True)
class Following:
    """All changes up to `sequence` of a log are known."""

    epoch: str
    sequence: int

    def cursor(self) -> str:
        return f"follow {self.epoch} {self.sequence}"


def named(url: str) -> str:
    """What the Samkod at this address calls itself, if that is the one that the world knows."""
    return f"{_base(url)}/id/catalog"


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """All that there is, or what has changed behind the cursor."""
    await _refuse_other_names(source, web)
    place, cursor = _place(task.cursor), task.cursor
    for snapshots_left in reversed(range(SNAPSHOTS)):
        if place is not None:
            break
        copying = await _snapshot(source, web, cursor)
        copying, overtaken = await _compared(source, web, copying, _place(task.before))
        try:
            async for page in _copy(source, web, copying, overtaken):
                yield page
            place = copying.place
        except CursorLost:
            if not snapshots_left:
                raise
            cursor = None
    if place is not None:
        async for page in _follow(source, web, place):
            yield page


async def news(source: Source, web: Web, cursor: str) -> bool:
    """Waits for as long as the peer lets us, for one answer at a time.

    That is as quick as a stream of events, and has an end and a size like every other answer.
    """
    place = _place(cursor)
    if place is None:
        return True
    asked = {"include": "none", "limit": 1, "feed": "longpoll", "timeout": SECONDS_TO_WAIT}
    try:
        url, said = await _changes(source, web, place, asked, PATIENT)
    except CursorLost:
        return True
    return bool(objects(said.get("results"), url))


async def _refuse_other_names(source: Source, web: Web) -> None:
    """Raises PeerFault for a peer that others know by another name: loops would not be seen."""
    if source.uri is None:
        return
    url = f"{_base(source.url)}/.well-known/oss-catalog"
    said = _object(json_of(_successful(await _fetch(source, web, url))), url)
    if (uri := text(said, "uri")) != source.uri:
        raise PeerFault(url, f"calls itself {uri}, and must be followed under this uri")


def _place(cursor: str | None) -> Following | None:
    match (cursor or "").split(" "):
        case ["follow", epoch, sequence] if sequence.isdecimal():
            return Following(epoch, int(sequence))
    return None


async def _snapshot(source: Source, web: Web, cursor: str | None) -> Copying:
    """The newest one, and how much of it is done if it is still the one of the cursor."""
    url = _url(source, "exports/manifest.json", _tier(source))
    said = _object(json_of(_successful(await _fetch(source, web, url))), url)
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


async def _compared(
    source: Source, web: Web, copying: Copying, before: Following | None
) -> tuple[Copying, frozenset[str]]:
    """A snapshot for who knew the log up to `before`, and which software of it is older than that.

    A snapshot is silent about what has gone; so the log is read from where it was left. A snapshot that
    is behind that would bring back what has gone, and what has changed, to be undone again.
    """
    place = copying.place
    if before is None or before.epoch != place.epoch:
        return copying, frozenset()
    if before.sequence <= place.sequence:
        return replace(copying, place=before), frozenset()
    overtaken: set[str] = set()
    async for url, said in _pages(source, web, place, {"include": "none", "limit": NAMES_AT_ONCE}):
        found = objects(said.get("results"), url)
        overtaken.update(id for each in found if (id := text(each, "softwareId")))
    return copying, frozenset(overtaken)


async def _copy(
    source: Source, web: Web, copying: Copying, overtaken: Collection[str]
) -> AsyncIterator[Page]:
    """The lines of the snapshot, piece by piece, but for what the log tells better.

    Raises CursorLost when the peer has another one by now, and not this one any more.
    """
    url = _url(source, "exports/software.jsonl", _tier(source))
    offset = copying.offset
    while offset < copying.size:
        lines = _whole_lines(await _piece(source, web, url, copying, offset), url)
        for start in range(0, len(lines), LINES_AT_ONCE):
            some = lines[start : start + LINES_AT_ONCE]
            offset += sum(map(len, some))
            done = Copying(copying.sha256, offset, copying.size, copying.place)
            cursor = done.cursor() if offset < copying.size else copying.place.cursor()
            told = [_line(line, url) for line in some]
            current = [each for each in told if text(each, "softwareId") not in overtaken]
            yield _page(source, current, cursor, url)


async def _piece(source: Source, web: Web, url: str, copying: Copying, offset: int) -> bytes:
    tag, last = f'"{copying.sha256}"', min(offset + PIECE, copying.size) - 1
    headers = {"Range": f"bytes={offset}-{last}", "If-Range": tag}
    reply = _successful(await _fetch(source, web, url, headers))
    if reply.headers.get("etag") != tag:
        raise CursorLost(url, "is another snapshot by now")
    if reply.status != HTTPStatus.PARTIAL_CONTENT:
        return reply.body[offset : last + 1]
    if not reply.headers.get("content-range", "").startswith(f"bytes {offset}-"):
        raise Unreadable(url, f"is another part than the one from byte {offset}")
    return reply.body


def _whole_lines(piece: bytes, url: str) -> list[bytes]:
    """Without the beginning of one that goes on in the next piece."""
    *lines, _ = piece.split(b"\n")
    if not lines:
        raise Unreadable(url, f"has a line of more than {PIECE} bytes, or one without an end")
    return [line + b"\n" for line in lines]


async def _follow(source: Source, web: Web, place: Following) -> AsyncIterator[Page]:
    """Pages of the log with all that is said, up to its end."""
    asked = {"include": "records", "limit": CHANGES_AT_ONCE}
    async for url, said in _pages(source, web, place, asked):
        cursor = Following(place.epoch, _number(said, "lastSeq", url)).cursor()
        yield _page(source, objects(said.get("results"), url), cursor, url)


async def _pages(
    source: Source, web: Web, place: Following, asked: Mapping[str, object]
) -> AsyncIterator[tuple[str, Json]]:
    """Each with its address, up to the end of the log."""
    while True:
        url, said = await _changes(source, web, place, asked, LIMITS)
        last, pending = _number(said, "lastSeq", url), _number(said, "pending", url)
        leads_on = last > place.sequence
        if not leads_on and (last < place.sequence or pending or said.get("results")):
            raise PageRepeated(url, "does not lead any further")
        yield url, said
        if not pending:
            return
        place = Following(place.epoch, last)


def _number(said: Json, name: str, url: str) -> int:
    match said.get(name):
        case int(number):
            return number
    raise Unreadable(url, "is not a page of a change log")


async def _changes(
    source: Source, web: Web, place: Following, asked: Mapping[str, object], limits: Limits
) -> tuple[str, Json]:
    """Where it was asked, and the answer. Raises CursorLost."""
    query = {"since": place.sequence, "epoch": place.epoch, **asked, **_tier(source)}
    url = _url(source, "changes", query)
    reply = await _fetch(source, web, url, limits=limits)
    if reply.status in (HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY):
        raise CursorLost(url, "is no place in this log: it is forgotten, or was never there")
    return url, _object(json_of(_successful(reply)), url)


def _page(source: Source, results: Iterable[Json], cursor: str, url: str) -> Page:
    """The last that is said of each software, and of each origin what came by the shortest way."""
    newest: dict[str, Json] = {}
    for said in results:
        software_id = text(said, "softwareId")
        if software_id is None:
            raise Unreadable(url, "tells of software without an id")
        newest.pop(software_id, None)
        newest[software_id] = said
    records = [
        record
        for id, said in newest.items()
        if said.get("deleted") is not True
        for record in _records(source, id, objects(said.get("records"), url))
    ]
    return Page(records=tuple(records), cursor=cursor, groups=frozenset(newest))


def _records(source: Source, software_id: str, said: Iterable[Json]) -> Iterator[HarvestedRecord]:
    for each in said:
        if (record := _record(source, software_id, each)) is not None:
            yield record


def _record(source: Source, software_id: str, said: Json) -> HarvestedRecord | None:
    """None for what has no id."""
    id = text(said, "id")
    if id is None:
        return None
    origin = _origin(source, said, id)
    return HarvestedRecord(
        source_id=f"{origin.catalog} {origin.record_id}",
        url=text(said, "url"),
        aliases=texts(said, "aliases"),
        text=_text(said),
        known=_known(said),
        modified=moment(text(said, "updatedAt")),
        active=said.get("active") is not False,
        vitality=text(said, "vitality"),
        origin=origin,
        via=texts(said, "via"),
        fork=_fork(said),
        identifiers=tuple(_identifiers(said)),
        group=software_id,
    )


def _origin(source: Source, said: Json, id: str) -> Origin:
    given = child(said, "origin")
    catalog, record_id = text(given, "catalog"), text(given, "recordId")
    if catalog and record_id:
        return Origin(catalog=catalog, record_id=record_id)
    uri, catalog_id = source.uri or named(source.url), text(said, "catalogId")
    return Origin(catalog=f"{uri}/{catalog_id}" if catalog_id else uri, record_id=id)


def _text(said: Json) -> bytes | None:
    """The file to the byte, blanks around it too."""
    match said.get("publiccodeYml"), said.get("publiccodeYmlBase64"):
        case str(written), _:
            return written.encode(errors="surrogatepass")
        case _, str(packed):
            try:
                return b64decode(packed, validate=True)
            except NotBase64:
                return packed.encode()
    return None


def _known(said: Json) -> Known | None:
    known = said.get("known")
    if not isinstance(known, dict) or text(known, "name") is None:
        return None
    return Known(
        name=text(known, "name") or "",
        description=text(known, "description"),
        license=text(known, "license"),
        topics=texts(known, "topics"),
        programming_language=text(known, "programmingLanguage"),
        homepage=text(known, "homepage"),
        organisation=text(known, "organisation"),
        language=text(known, "language"),
        active_at=moment(text(known, "activeAt")),
        archived=known.get("archived") is True,
        based_on=text(known, "basedOn"),
    )


def _fork(said: Json) -> str | None:
    """As far as it is a kind of copy that we know as well."""
    kind = text(said, "fork")
    return kind if kind in COPIES else None


def _identifiers(said: Json) -> Iterator[tuple[str, str]]:
    found = said.get("identifiers")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict):
            scheme, value = text(each, "scheme"), text(each, "value")
            if scheme and value:
                yield scheme, value


def _url(source: Source, path: str, query: Mapping[str, object]) -> str:
    catalog = next((each for each in source.args if each != ALL_TIERS), None)
    part = f"catalogs/{quote(catalog, safe='')}/" if catalog else ""
    asked = f"?{urlencode(query)}" if query else ""
    return f"{_base(source.url)}/v1/{part}{path}{asked}"


def _tier(source: Source) -> Mapping[str, str]:
    return {"tier": "all"} if ALL_TIERS in source.args else {}


def _plain(file: Json) -> str:
    """The name of a file, without the query by which its tier is asked for."""
    return (text(file, "name") or "").partition("?")[0]


def _base(url: str) -> str:
    """Of the service, whose address may be given with the version of its API or without."""
    return url.rstrip("/").removesuffix("/v1")


async def _fetch(
    source: Source,
    web: Web,
    url: str,
    headers: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """All that is asked is asked of the peer itself, so it may see the secret."""
    credentials = {"Authorization": f"Bearer {source.secret}"} if source.secret else {}
    return await web.fetch(url, headers={**credentials, **(headers or {})}, limits=limits)


def _successful(reply: Fetched) -> Fetched:
    if not reply.is_success:
        raise Unavailable(reply.url, reply.status)
    return reply


def _line(line: bytes, url: str) -> Json:
    return _object(json_from(line, url), url)


def _object(said: object, url: str) -> Json:
    if not isinstance(said, dict):
        raise Unreadable(url, "is not an object")
    return said


DRIVER = Driver(
    "changes",
    Capabilities(incremental=True, deletes=True, live=True, relays=True),
    harvest,
    news,
    named,
)
