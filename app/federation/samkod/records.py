"""The records of another Samkod, as its snapshot and its log tell of them."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator

from app.federation.driver import HarvestedRecord, Known, Origin, Page, Source, Unreadable
from app.federation.forks import COPIES
from app.federation.replies import Json, child, moment, objects, text, texts
from app.federation.samkod.asking import named


def page_of(source: Source, results: Iterable[Json], cursor: str, url: str) -> Page:
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
