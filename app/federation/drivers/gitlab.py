"""Projects of a GitLab, or of some of its groups: openCode and code.europa.eu are such.

The arguments are paths of groups, with all below them, and of single projects. The secret is an
access token.

https://docs.gitlab.com/api/projects/
"""

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

BY_ID = {"visibility": "public", "order_by": "id", "sort": "asc", "per_page": "100"}


@dataclass(frozen=True, slots=True)
class GitLab:
    """Of a whole instance, the number of a page is the id behind which it begins."""

    web: Web
    place: Place
    secret: str | None
    first: int = 0

    @property
    def api(self) -> str:
        return f"{self.place.site}/api/v4"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"PRIVATE-TOKEN": self.secret} if self.secret else {}

    async def turn(self, part: str, number: int) -> Turned:
        return await (self._of_group(part, number) if part else self._of_all(number))

    async def _of_all(self, number: int) -> Turned:
        """https://docs.gitlab.com/api/rest/#keyset-based-pagination"""
        query = urlencode(BY_ID | {"pagination": "keyset", "id_after": number})
        url = f"{self.api}/projects?{query}"
        reply = await ask(self.web, url, headers=self.headers)
        ids = (text(each, "id") or "" for each in _listed(reply))
        last = max((int(id) for id in ids if id.isdecimal()), default=None)
        return Turned(url, self._told(reply), last)

    async def _of_group(self, part: str, number: int) -> Turned:
        """Its pages are counted from 1."""
        query = urlencode(BY_ID | {"include_subgroups": "true", "page": number + 1})
        url = f"{self.api}/groups/{quote(part, safe='')}/projects?{query}"
        reply = await ask_if_there(self.web, url, headers=self.headers)
        if reply is not None:
            return Turned(url, self._told(reply), number + 1 if next_link(reply) else None)
        url = f"{self.api}/projects/{quote(part, safe='')}"
        reply = await ask(self.web, url, headers=self.headers)
        return Turned(url, self._told(reply, part), None)

    async def find(self, id: str) -> Told | None:
        reply = await self._one(id)
        return next(iter(self._told(reply)), None) if reply else None

    async def complete(self, told: Told) -> Told:
        """With its licence, whether it is a fork, and whether it is archived."""
        reply = await self._one(told.record.source_id)
        found = next(iter(self._told(reply)), None) if reply else None
        if found is None:
            return told
        record = replace(
            found.record, aliases=told.record.aliases, identifiers=told.record.identifiers
        )
        return replace(found, record=record)

    async def _one(self, id: str) -> Fetched | None:
        url = f"{self.api}/projects/{quote(id, safe='')}?license=true"
        return await ask_if_there(self.web, url, headers=self.headers)

    def _told(self, reply: Fetched, asked: str = "") -> tuple[Told, ...]:
        return tuple(
            self._project(each, reply.url, asked)
            for each in _listed(reply)
            if each.get("visibility", "public") == "public"
        )

    def _project(self, said: Json, where: str, asked: str) -> Told:
        id, name = text(said, "id"), text(said, "path_with_namespace")
        if id is None or not id.isdecimal() or name is None:
            raise Unreadable(where, "tells of a project without its id or its path")
        former = self.place.move(asked, name)
        active_at = moment(text(said, "last_activity_at"))
        record = HarvestedRecord(
            source_id=id,
            url=self.place.address(name),
            aliases=(former,) if former else (),
            identifiers=(("redirect", former),) if former else (),
            modified=active_at,
            forked=_forked(said),
            known=Known(
                name=text(said, "name") or name,
                description=text(said, "description"),
                license=spdx(text(child(said, "license"), "key")),
                topics=texts(said, "topics"),
                organisation=text(child(said, "namespace"), "name"),
                active_at=active_at,
                archived=said.get("archived") is True,
            ),
        )
        files = f"{self.api}/projects/{id}/repository/files"
        return Told(record, tuple(f"{files}/{file}/raw?ref=HEAD" for file in FILES), self.headers)


def _listed(reply: Fetched) -> list[Json]:
    """Projects in a list, or the one that was asked for."""
    found = json_of(reply)
    return objects(found if isinstance(found, list) else [found], reply.url)


def _forked(said: Json) -> Forked | None:
    if not said.get("forked_from_project"):
        return None
    return Forked(parent=text(child(said, "forked_from_project"), "web_url"))


def harvest(source: Source, web: Web, task: Task) -> AsyncIterator[Page]:
    where = place(source)
    return harvest_forge(GitLab(web, where, source.secret), where.parts, web, task)


DRIVER = Driver("gitlab", Capabilities(incremental=True, targeted=True), harvest)
