"""Repositories of a Forgejo or a Gitea, or of some of its owners: code.overheid.nl is such.

The arguments are names of organisations or users, and of single repositories. The secret is an
access token.

https://codeberg.org/api/swagger
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.federation.authorities import spdx
from app.federation.driver import (
    Capabilities,
    Driver,
    Forked,
    HarvestedRecord,
    Known,
    Page,
    Source,
    Task,
    Unreadable,
    Web,
    ask,
    ask_if_there,
)
from app.federation.paging import next_link
from app.federation.replies import Json, child, json_of, moment, objects, text, texts
from app.federation.repositories import FILES, Place, Told, Turned, place
from app.federation.repositories import harvest as harvest_forge
from app.remote.client import Fetched

BY_ID = {"sort": "id", "order": "asc"}
PER_PAGE = "50"
"""The most that is given, unless an instance is set up otherwise."""


@dataclass(frozen=True, slots=True)
class Gitea:
    web: Web
    place: Place
    secret: str | None
    first: int = 1

    @property
    def api(self) -> str:
        return f"{self.place.site}/api/v1"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"token {self.secret}"} if self.secret else {}

    async def turn(self, part: str, number: int) -> Turned:
        pages = {"limit": PER_PAGE, "page": str(number)}
        if not part:
            url = f"{self.api}/repos/search?{urlencode(BY_ID | pages)}"
            return self._turned(url, await self._ask(url), number)
        if "/" in part:
            url = f"{self.api}/repos/{quote(part)}"
            reply = await self._ask_if_there(url)
            return Turned(url, self._told(reply, part) if reply else (), None)
        url = f"{self.api}/orgs/{quote(part)}/repos?{urlencode(pages)}"
        reply = await self._ask_if_there(url)
        if reply is None:
            url = f"{self.api}/users/{quote(part)}/repos?{urlencode(pages)}"
            reply = await self._ask(url)
        return self._turned(url, reply, number, part)

    async def find(self, id: str) -> Told | None:
        reply = await self._ask_if_there(f"{self.api}/repositories/{quote(id, safe='')}")
        return next(iter(self._told(reply)), None) if reply else None

    async def complete(self, told: Told) -> Told:
        return told

    async def _ask(self, url: str) -> Fetched:
        return await ask(self.web, url, headers=self.headers)

    async def _ask_if_there(self, url: str) -> Fetched | None:
        return await ask_if_there(self.web, url, headers=self.headers)

    def _turned(self, url: str, reply: Fetched, number: int, part: str = "") -> Turned:
        """A short list has no links, nor has one behind a proxy that drops them."""
        has_more = next_link(reply) or ("link" not in reply.headers and _listed(reply))
        return Turned(url, self._told(reply, part), number + 1 if has_more else None)

    def _told(self, reply: Fetched, asked: str = "") -> tuple[Told, ...]:
        return tuple(
            self._repository(each, reply.url, asked)
            for each in _listed(reply)
            if not each.get("private") and not each.get("internal")
        )

    def _repository(self, said: Json, where: str, asked: str) -> Told:
        id, name = text(said, "id"), text(said, "full_name")
        if id is None or name is None:
            raise Unreadable(where, "tells of a repository without its id or its name")
        former = self.place.move(asked, name)
        active_at = moment(text(said, "updated_at"))
        owner = child(said, "owner")
        record = HarvestedRecord(
            source_id=id,
            url=self.place.address(name),
            aliases=(former,) if former else (),
            identifiers=(("redirect", former),) if former else (),
            modified=active_at,
            forked=self._forked(said),
            known=Known(
                name=text(said, "name") or name,
                description=text(said, "description"),
                license=spdx(next(iter(texts(said, "licenses")), None)),
                topics=texts(said, "topics"),
                programming_language=text(said, "language"),
                homepage=text(said, "website"),
                organisation=text(owner, "full_name", "login"),
                active_at=active_at,
                archived=said.get("archived") is True,
            ),
        )
        files = f"{self.api}/repos/{quote(name)}/raw"
        return Told(record, tuple(f"{files}/{file}" for file in FILES), self.headers)

    def _forked(self, said: Json) -> Forked | None:
        if said.get("fork") is not True:
            return None
        parent = text(child(said, "parent"), "full_name")
        return Forked(parent=parent and self.place.address(parent))


def _listed(reply: Fetched) -> list[Json]:
    """Searches answer `{"data": […]}`, lists `[…]`, and a repository itself."""
    match json_of(reply):
        case {"data": found} | list(found):
            return objects(found, reply.url)
        case one:
            return objects([one], reply.url)


def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    where = place(source)
    return harvest_forge(Gitea(web, where, source.secret), where.parts, web, task)


CAPABILITIES = Capabilities(incremental=True, targeted=True)
GITEA = Driver("gitea", CAPABILITIES, harvest)
FORGEJO = Driver("forgejo", CAPABILITIES, harvest)
