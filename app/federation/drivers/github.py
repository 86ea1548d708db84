"""Repositories of organisations on GitHub, or on a GitHub Enterprise Server.

The arguments are names of organisations and of single repositories (`OS2mo/os2mo`): who has one
organisation for each product needs a list of those that count. The secret is a token; without one,
GitHub answers 60 questions an hour. Files are read from where they are not counted.

https://docs.github.com/en/rest/repos/repos
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
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

GITHUB = "https://github.com"
ALSO_GITHUB = re.compile(r"https?://(?:api\.|www\.)?github\.com(?=/|\Z)", re.IGNORECASE)
OLDEST_FIRST = {"sort": "created", "direction": "asc", "per_page": "100"}


@dataclass(frozen=True, slots=True)
class GitHub:
    web: Web
    place: Place
    secret: str | None
    first: int = 1

    @property
    def api(self) -> str:
        site = self.place.site
        return "https://api.github.com" if site == GITHUB else f"{site}/api/v3"

    @property
    def headers(self) -> Mapping[str, str]:
        said = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        return said | ({"Authorization": f"Bearer {self.secret}"} if self.secret else {})

    async def turn(self, part: str, number: int) -> Turned:
        if "/" in part:
            url = f"{self.api}/repos/{quote(part)}"
            reply = await self._ask_if_there(url)
            return Turned(url, self._told(reply, part) if reply else (), None)
        query = urlencode(OLDEST_FIRST | {"page": number})
        url = f"{self.api}/orgs/{quote(part)}/repos?type=public&{query}"
        reply = await self._ask_if_there(url)
        if reply is None:
            url = f"{self.api}/users/{quote(part)}/repos?type=owner&{query}"
            reply = await ask(self.web, url, headers=self.headers)
        return Turned(url, self._told(reply, part), number + 1 if next_link(reply) else None)

    async def find(self, id: str) -> Told | None:
        reply = await self._ask_if_there(self._by_id(id))
        return next(iter(self._told(reply)), None) if reply else None

    async def complete(self, told: Told) -> Told:
        """With what it was forked from."""
        if told.record.forked is None:
            return told
        reply = await self._ask_if_there(self._by_id(told.record.source_id))
        parent = text(child(_object(reply), "parent"), "full_name") if reply else None
        forked = Forked(parent=parent and self.place.address(parent))
        return replace(told, record=replace(told.record, forked=forked))

    def _by_id(self, id: str) -> str:
        """Where a repository stays, whatever it is called."""
        return f"{self.api}/repositories/{quote(id, safe='')}"

    async def _ask_if_there(self, url: str) -> Fetched | None:
        return await ask_if_there(self.web, url, headers=self.headers)

    def _told(self, reply: Fetched, asked: str = "") -> tuple[Told, ...]:
        found = json_of(reply)
        listed = objects(found if isinstance(found, list) else [found], reply.url)
        return tuple(
            self._repository(each, reply.url, asked)
            for each in listed
            if each.get("private") is not True
        )

    def _repository(self, said: Json, where: str, asked: str) -> Told:
        id, name = text(said, "id"), text(said, "full_name")
        if id is None or name is None:
            raise Unreadable(where, "tells of a repository without its id or its name")
        address, former = self.place.address(name), self.place.move(asked, name)
        active_at = moment(text(said, "pushed_at"))
        record = HarvestedRecord(
            source_id=id,
            url=address,
            aliases=(former,) if former else (),
            identifiers=(("redirect", former),) if former else (),
            modified=active_at,
            forked=Forked() if said.get("fork") is True else None,
            known=Known(
                name=text(said, "name") or name,
                description=text(said, "description"),
                license=spdx(text(child(said, "license"), "spdx_id")),
                topics=texts(said, "topics"),
                programming_language=text(said, "language"),
                homepage=text(said, "homepage"),
                organisation=text(child(said, "owner"), "login"),
                active_at=active_at,
                archived=said.get("archived") is True,
            ),
        )
        return Told(record, tuple(f"{address}/raw/HEAD/{file}" for file in FILES))


def _object(reply: Fetched) -> Json:
    found = json_of(reply)
    return found if isinstance(found, dict) else {}


def forge(source: Source, web: Web) -> GitHub:
    """Raises Unreadable if no organisation is named."""
    where = place(replace(source, url=ALSO_GITHUB.sub(GITHUB, source.url)))
    if "" in where.parts:
        raise Unreadable(source.url, "is all of GitHub: name organisations")
    return GitHub(web, where, source.secret)


def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    github = forge(source, web)
    return harvest_forge(github, github.place.parts, web, task)


DRIVER = Driver("github", Capabilities(incremental=True, targeted=True), harvest)
