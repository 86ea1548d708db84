"""A recfile with one record for each software, as offentligkod.se keeps its list in git.

The first argument, if there is one, is the type of the records: others in the file do not count.
"""

from collections.abc import AsyncIterator

from app.federation import files, recfile
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
from app.federation.files import Pointed
from app.federation.paging import portions
from app.federation.recfile import Fields, NotARecfile
from app.remote.client import Fetched
from app.remote.forges import raw_of_page


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The file comes at once, and is gone through by what its software is called."""
    reply = await ask(web, raw_of_page(source.url))
    pointed = {
        each.record.source_id: each
        for fields in _software(reply, source.args[0] if source.args else None)
        if (each := _pointed(fields)) is not None
    }
    if not pointed:
        raise Unreadable(source.url, "holds no software")
    for part in portions(pointed, task.cursor):
        records = await files.read(web, [pointed[id] for id in part])
        yield Page(records=records, cursor=part[-1])


def _software(reply: Fetched, kind: str | None) -> list[Fields]:
    try:
        records = list(recfile.read(reply.body.decode("utf-8-sig")))
    except (NotARecfile, UnicodeDecodeError) as error:
        raise Unreadable(reply.url, f"is not a recfile: {error}") from error
    return [each.fields for each in records if kind in (None, each.kind)]


def _pointed(fields: Fields) -> Pointed | None:
    """None for what has no name."""
    name, url = _first(fields, "Name"), _first(fields, "Url")
    id = _first(fields, "Id") or name or url
    if id is None:
        return None
    record = HarvestedRecord(
        source_id=id,
        url=url,
        known=Known(
            name=name or id,
            description=_first(fields, "Description"),
            license=spdx(_first(fields, "License")),
            topics=tuple(dict.fromkeys(word.strip() for word in fields.get("Keyword", ()))),
            homepage=_first(fields, "Homepage"),
            language="sv",
        ),
        is_first_hand=True,
    )
    return Pointed(record, _first(fields, "Publiccode"))


def _first(fields: Fields, name: str) -> str | None:
    return next((value.strip() for value in fields.get(name, ()) if value.strip()), None)


DRIVER = Driver("recutils", Capabilities(), harvest)
