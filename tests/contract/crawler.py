"""A crawler like those of Italy and Switzerland: their calls, spelled exactly as they spell them.

It looks at no status but that of writes, sends addresses unescaped, glues `links.next` to the
address it asked before, posts invalid files as inactive, and patches everything it finds.
"""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

OK = (200, 201, 204)


@dataclass(frozen=True)
class Repository:
    """What a forge tells: `html_url` is looked up, `clone_url` is posted."""

    html_url: str
    clone_url: str
    publiccode_yml: str
    valid: bool = True
    aliases: tuple[str, ...] | None = None


@dataclass
class Crawler:
    """Keeps the status of every call, in order, as `(method, status)`."""

    host: str
    port: int
    token: str
    calls: list[tuple[str, int]] = field(default_factory=list)

    def catalogs(self) -> list[dict[str, Any]]:
        """All of them; the second page is asked for as `?all=true?all=true&page[after]=…`."""
        return list(self._pages("/v1/catalogs?all=true"))

    def publishers(self) -> list[dict[str, Any]]:
        return list(self._pages("/v1/publishers"))

    def crawl(self, repository: Repository, catalog: dict[str, Any] | None = None) -> str:
        """Visit one repository; returns what was done: created, updated, skipped or failed."""
        collection = "/v1/software"
        if catalog:
            # Escaped by the crawler, and once more by its HTTP client.
            name = quote(quote(catalog.get("alternativeId") or catalog["id"], safe=""), safe="")
            collection = f"/v1/catalogs/{name}/software"
        _, found = self._call("GET", f"{collection}?url={repository.html_url}")
        known = found["data"][0] if found["data"] else None
        if known and not known["active"] and known["createdAt"] != known["updatedAt"]:
            return "skipped"
        aliases = list(repository.aliases) if repository.aliases else None
        body: dict[str, Any] = {
            "aliases": aliases,
            "publiccodeYml": repository.publiccode_yml,
            "url": repository.clone_url,
        }
        if known:
            status, written = self._call(
                "PATCH", f"{collection}/{known['id']}", body, "application/merge-patch+json"
            )
        else:
            body = {"active": repository.valid, **body}
            status, written = self._call("POST", collection, body, "application/json")
        if status in OK:
            entity = f"{collection}/{written['id']}/logs"
        else:
            entity = collection.removesuffix("/software") + "/logs" if catalog else "/v1/logs"
        verdict = "GOOD" if repository.valid else "BAD"
        message = f"{verdict} publiccode.yml\n" + "activity index: 10\n" * 200
        self._call("POST", entity, {"message": message}, "application/json")
        if status not in OK:
            return "failed"
        return "updated" if known else "created"

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        following: str | None = ""
        while following is not None:
            _, page = self._call("GET", path + following)
            yield from page["data"]
            following = page["links"]["next"]

    def _call(
        self, method: str, path: str, body: object = None, media_type: str | None = None
    ) -> tuple[int, Any]:
        headers = {}
        if media_type:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media_type}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(
                method, path, json.dumps(body) if body is not None else None, headers
            )
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        self.calls.append((method, response.status))
        return response.status, json.loads(text) if text else None
