"""Repositories that speak OAI-PMH 2.0: catalogues of our kind, libraries, archives of research.

Where descriptions can be had as `publiccode_json` they are, else as simple Dublin Core, of which only
software counts. The first argument, if there is one, is the set to be read.

http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from urllib.parse import urlencode

from anyio import to_thread

from app.federation import xml
from app.federation.driver import (
    Capabilities,
    CursorLost,
    Driver,
    HarvestedRecord,
    Mode,
    Page,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
)
from app.federation.oai.records import OAI, identifier_of, read_dublin_core, read_publiccode
from app.federation.paging import Pages
from app.federation.xml import Element, NotXml

READERS = {"publiccode_json": read_publiccode, "oai_dc": read_dublin_core}
"""By metadata prefix, the better ones first; every repository has the last."""

DAYS = "YYYY-MM-DD"
"""The granularity of repositories that know no times of day."""


class Refused(Unreadable):
    """By an error of the protocol, of which this is the `code`."""

    def __init__(self, where: str, code: str, why: str) -> None:
        super().__init__(where, f"refuses, {code}: {why}")
        self.code = code


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """The cursor is the metadata prefix and the resumption token, which remembers all else."""
    pages = Pages()
    prefix, _, token = (task.cursor or "").partition(" ")
    asked = {"resumptionToken": token} if token else await _selection(source, web, task)
    prefix = asked.get("metadataPrefix", prefix)
    while asked:
        listed = await _list(source, web, asked)
        found = [] if listed is None else listed.findall(f"{OAI}record")
        pages.turn(f"{source.url}?{urlencode(asked)}", map(identifier_of, found))
        token = "" if listed is None else listed.findtext(f"{OAI}resumptionToken", "").strip()
        asked = {"resumptionToken": token} if token else {}
        yield Page(
            records=_records(found, prefix),
            cursor=f"{prefix} {token}" if token else None,
        )


async def _selection(source: Source, web: Web, task: Task) -> dict[str, str]:
    """What a first request asks for."""
    formats = await _ask(source, web, {"verb": "ListMetadataFormats"})
    offered = {(each.text or "").strip() for each in formats.iter(f"{OAI}metadataPrefix")}
    asked = {"metadataPrefix": next((each for each in READERS if each in offered), "oai_dc")}
    if source.args:
        asked["set"] = source.args[0]
    if task.mode is Mode.INCREMENTAL and task.since:
        about = await _ask(source, web, {"verb": "Identify"})
        by_days = about.findtext(f".//{OAI}granularity", "").strip() == DAYS
        since = task.since.astimezone(UTC)
        asked["from"] = since.strftime("%Y-%m-%d" if by_days else "%Y-%m-%dT%H:%M:%SZ")
    return asked


async def _list(source: Source, web: Web, asked: Mapping[str, str]) -> Element | None:
    """A part of the list; None if nothing is like what was asked for. Raises CursorLost."""
    try:
        reply = await _ask(source, web, {"verb": "ListRecords", **asked})
    except Refused as refusal:
        match refusal.code:
            case "noRecordsMatch":
                return None
            case "badResumptionToken":
                raise CursorLost(source.url, f"does not go on: {refusal}") from refusal
        raise
    listed = reply.find(f"{OAI}ListRecords")
    if listed is None:
        raise Unreadable(source.url, "lists nothing, and does not say why")
    return listed


async def _ask(source: Source, web: Web, arguments: Mapping[str, str]) -> Element:
    """A reply of the protocol. Raises Refused, and what `ask` does."""
    reply = await ask(web, f"{source.url}?{urlencode(arguments)}")
    try:
        root = await to_thread.run_sync(xml.read, reply.body)
    except NotXml as error:
        raise Unreadable(reply.url, str(error)) from error
    if root.tag != f"{OAI}OAI-PMH":
        raise Unreadable(reply.url, "is not OAI-PMH")
    refusal = root.find(f"{OAI}error")
    if refusal is not None:
        raise Refused(reply.url, refusal.get("code", ""), refusal.text or "")
    return root


def _records(found: list[Element], prefix: str) -> tuple[HarvestedRecord, ...]:
    """Each once, of those that have a name; deleted is what ends so on the page."""
    read = READERS.get(prefix, read_dublin_core)
    records = (read(each) for each in found if identifier_of(each))
    return tuple({each.source_id: each for each in records if each}.values())


DRIVER = Driver("oai-pmh", Capabilities(incremental=True, deletes=True, relays=True), harvest)
