"""Catalogi, by which France keeps its SILL: everything in one JSON file, in the words of schema.org.

The file has no publiccode.yml and no news of deletions: what is no longer recommended stays in it,
marked as dereferenced. It knows most of its software by Wikidata.
"""

from collections.abc import AsyncIterator, Iterator

from app.federation import wikidata
from app.federation.authorities import spdx
from app.federation.driver import (
    Capabilities,
    Driver,
    HarvestedRecord,
    Known,
    Page,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
)
from app.federation.paging import portions
from app.federation.replies import Json, json_of, moment, objects, text, texts

LISTS = ("softwares", "software", "data", "@graph")
"""Under what the list may stand, where it is not all there is."""

LANGUAGES = ("en", "fr")
"""Of its descriptions: first the one that more people can read."""

WRITTEN_IN = ("programmingLanguages", "programmingLanguage")
NAMES = ("identifiers", "identifier", "sameAs", "externalId")
"""Where it may say what others call a software."""


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The file comes at once, and is gone through by id."""
    said = json_of(await ask(web, source.url))
    records = {
        record.source_id: record
        for each in objects(_list(said), source.url)
        if (record := _record(each)) is not None
    }
    if not records:
        raise Unreadable(source.url, "holds no software")
    for part in portions(records, task.cursor):
        yield Page(records=tuple(records[id] for id in part), cursor=part[-1])


def _list(said: object) -> object:
    if isinstance(said, dict):
        return next((said[name] for name in LISTS if name in said), None)
    return said


def _record(said: Json) -> HarvestedRecord | None:
    """None for what has neither an id nor a name."""
    name, _ = _spoken(said.get("name"))
    id = text(said, "id", "@id") or name
    if id is None:
        return None
    description, language = _spoken(said.get("description"))
    return HarvestedRecord(
        source_id=id,
        url=text(said, "codeRepositoryUrl", "codeRepository"),
        known=Known(
            name=name or id,
            description=description,
            license=spdx(text(said, "license")),
            topics=texts(said, "keywords"),
            programming_language=next(iter(texts(said, *WRITTEN_IN)), None),
            homepage=text(said, "url"),
            language=language,
        ),
        modified=moment(text(said, "dateModified", "updateTime")),
        active=not (said.get("dereferencing") or said.get("dereferenced")),
        identifiers=wikidata.identifiers(list(_items(said))),
    )


def _spoken(said: object) -> tuple[str | None, str | None]:
    """A text and its language; the texts are by language, unless there is but one."""
    if isinstance(said, str):
        return said.strip() or None, None
    if isinstance(said, dict):
        for language in dict.fromkeys((*LANGUAGES, *said)):
            if found := text(said, language):
                return found, language
    return None, None


def _items(said: Json) -> Iterator[str]:
    """What Wikidata calls it, wherever the file says so."""
    for name in NAMES:
        found = said.get(name)
        for each in found if isinstance(found, list) else [found]:
            yield from _item(each)


def _item(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield from wikidata.items(said)
    elif isinstance(said, dict):
        value = text(said, "value") or ""
        about = " ".join(texts(said, "name", "propertyID", "additionalType")).lower()
        if wikidata.SCHEME in about and wikidata.is_item(value):
            yield value
        for address in texts(said, "value", "url", "@id"):
            yield from wikidata.items(address)


DRIVER = Driver("catalogi", Capabilities(), harvest)
