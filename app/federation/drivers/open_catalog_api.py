"""Software of an Open Catalog API: Developers Italia, the Swiss catalogue, and ours.

Its lists can be narrowed by when software was created, not by when it changed, and what was deleted
is just not there. So all of it is read, and what is new is told by its content. The arguments are
ids or alternative ids of catalogues.

https://github.com/publiccodeyml/open-catalog-api
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import orjson

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
    ask_if_there,
)
from app.federation.paging import Pages
from app.federation.replies import Json, child, json_of, moment, objects, text, texts
from app.remote.client import Fetched

ALL = {"all": "true", "page[size]": "100"}


@dataclass(frozen=True, slots=True)
class Api:
    web: Web
    root: str
    secret: str | None

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}

    async def page(self, path: str, after: str) -> tuple[str, Json]:
        """A page of a list, and where it is."""
        url = f"{self.root}{path}?{urlencode(ALL | ({'page[after]': after} if after else {}))}"
        return url, _object(await ask(self.web, url, headers=self.headers))

    async def find(self, id: str) -> HarvestedRecord | None:
        url = f"{self.root}/software/{quote(id, safe='')}"
        reply = await ask_if_there(self.web, url, headers=self.headers)
        return _record(_object(reply)) if reply else None


async def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    """A cursor is that of the peer, behind the path of the list."""
    api = Api(web, _root(source.url), source.secret)
    if task.mode is Mode.TARGETED:
        for id in task.targets:
            # What nobody finds twice is gone.
            found = await api.find(id) or await api.find(id)
            yield Page(records=(found or HarvestedRecord(source_id=id, deleted=True),))
        return
    paths = [f"/catalogs/{quote(each, safe='')}/software" for each in dict.fromkeys(source.args)]
    async for page in _list(api, paths or ["/software"], task.cursor):
        yield page


async def _list(api: Api, paths: list[str], cursor: str | None) -> AsyncIterator[Page]:
    start, _, after = (cursor or f"{paths[0]} ").partition(" ")
    if start not in paths:
        raise CursorLost(api.root, f"is not asked for {start} any more")
    left = paths[paths.index(start) :]
    for path, following in zip(left, [*left[1:], None], strict=True):
        pages = Pages()
        while True:
            url, found = await api.page(path, after)
            records = tuple(_record(each) for each in objects(found.get("data"), url))
            pages.turn(url, [record.source_id for record in records])
            after = _after(text(child(found, "links"), "next"), url)
            if not after:
                break
            yield Page(records=records, cursor=f"{path} {after}")
        yield Page(records=records, cursor=following and f"{following} ")


def _root(url: str) -> str:
    """With the version of the API, which may be left out."""
    return url.rstrip("/") if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/v1"


def _after(following: str | None, where: str) -> str:
    """The cursor in the link to the next page, which is a query or nothing but the cursor."""
    if following is None:
        return ""
    if not following.startswith(("?", "/", "http:", "https:")):
        return following
    try:
        (after,) = parse_qs(urlsplit(following).query)["page[after]"]
    except (KeyError, ValueError) as error:
        raise Unreadable(where, f"leads on to {following}, which has no cursor") from error
    return after


def _object(reply: Fetched) -> Json:
    found = json_of(reply)
    if not isinstance(found, dict):
        raise Unreadable(reply.url, "is not an object")
    return found


def _record(said: Json) -> HarvestedRecord:
    id, written = text(said, "id"), said.get("publiccodeYml")
    if id is None:
        return _nameless(said)
    return HarvestedRecord(
        source_id=id,
        url=text(said, "url"),
        aliases=texts(said, "aliases"),
        text=written.encode() if isinstance(written, str) and written else None,
        modified=moment(text(said, "updatedAt")),
        active=said.get("active") is not False,
        vitality=text(said, "vitality"),
    )


def _nameless(said: Json) -> HarvestedRecord:
    """Known by its address or, without one, by all that it says; no id has a blank."""
    url, raw = text(said, "url"), _written(said)
    name = url or sha256(raw).hexdigest()
    return HarvestedRecord(source_id=f"no id {name}", url=url, text=raw, fault="id-missing")


def _written(said: Json) -> bytes:
    try:
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # it is nested too deeply
        return orjson.dumps({name: each for name, each in said.items() if isinstance(each, str)})


DRIVER = Driver("open-catalog-api", Capabilities(targeted=True), harvest)
