"""The OSS register of developer.overheid.nl, and whoever else speaks its API.

Its key, which it wants for reading, too, is the peer's secret. The register tells of no deletions; it
can be asked what had some activity lately.
"""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode

from app.federation import files
from app.federation.authorities import spdx
from app.federation.driver import (
    Capabilities,
    Driver,
    HarvestedRecord,
    Known,
    Mode,
    Page,
    Source,
    Task,
    Web,
    ask,
)
from app.federation.files import Pointed
from app.federation.paging import Pages, is_at_home, next_link
from app.federation.replies import Json, child, json_of, moment, objects, text, texts

PER_PAGE = 100


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """Its `Link` headers lead from page to page; the cursor is the address of the next one."""
    pages = Pages()
    address: str | None = task.cursor or _first(source, task)
    while address:
        reply = await ask(web, address, headers=_credentials(source, address))
        pointed = [
            each
            for said in objects(json_of(reply), address)
            if (each := _pointed(said)) is not None
        ]
        pages.turn(address, [each.record.source_id for each in pointed])
        address = next_link(reply)
        yield Page(records=await files.read(web, pointed), cursor=address)


def _first(source: Source, task: Task) -> str:
    asked = {"perPage": str(PER_PAGE)}
    if task.mode is Mode.INCREMENTAL and task.since:
        asked["lastActivityAfter"] = task.since.date().isoformat()
    return f"{source.url.rstrip('/')}/repositories?{urlencode(asked)}"


def _credentials(source: Source, address: str) -> Mapping[str, str]:
    """Only for the register itself, wherever its links lead."""
    if source.secret and is_at_home(address, source.url):
        return {"X-Api-Key": source.secret}
    return {}


def _pointed(said: Json) -> Pointed | None:
    """None for what has neither an id nor an address."""
    url = text(said, "repositoryUrl", "url")
    id = text(said, "id") or url
    if id is None:
        return None
    body = text(said, "publiccodeYml")
    record = HarvestedRecord(
        source_id=id,
        url=url,
        text=body.encode() if body else None,
        known=_known(said, id),
        modified=moment(text(said, "updatedAt", "lastActivityAt", "lastActivity")),
        active=said.get("active") is not False,
        is_first_hand=body is None,
    )
    return Pointed(record, None if body else text(said, "publiccodeYmlUrl", "publiccodeUrl"))


def _known(said: Json, id: str) -> Known:
    return Known(
        name=text(said, "name", "title") or id,
        description=text(said, "shortDescription", "description"),
        license=spdx(text(said, "license")),
        topics=texts(said, "topics", "keywords"),
        programming_language=text(said, "programmingLanguage"),
        homepage=text(said, "landingUrl", "homepage"),
        organisation=text(child(said, "organisation"), "label", "name"),
        language="nl",
        active_at=moment(text(said, "lastActivityAt", "lastActivity")),
        archived=said.get("archived") is True,
    )


DRIVER = Driver("don-oss-register", Capabilities(incremental=True), harvest)
