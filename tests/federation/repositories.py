"""A repository of OAI-PMH to ask, and its replies as harvesters take them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from app.catalogue import changes, records
from app.catalogue.entry import ROOT_ID, Statement
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation.oai import verbs
from app.federation.oai.repository import Repository
from app.federation.xml import Element
from app.publiccode import validate
from tests.builders import a_file

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "https://katalog.example.org"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"

REPOSITORY = Repository(name="Katalogen", base_url=f"{BASE}/oai", public_url=BASE)


@dataclass
class Catalogue:
    """What is harvested, at a time that passes by a minute with each write."""

    database: Database
    repository: Repository = REPOSITORY
    now: datetime = NOON

    def of(self, **changed: Any) -> "Catalogue":
        """The same, with another repository."""
        return replace(self, repository=replace(self.repository, **changed))

    async def put(
        self, number: int, *, catalog: str = ROOT_ID, active: bool = True, **changed: object
    ) -> str:
        """Write a file; returns the id of its software."""
        self.now += timedelta(minutes=1)
        url = f"https://git.example.org/storabro/{number}"
        data = a_file(url, **changed)
        statement = Statement(catalog, str(number), data, validate(data), (url,), active=active)
        async with transaction(self.database, clock=lambda: self.now) as session:
            _, id = await records.write(session, statement, now=self.now)
        return id

    async def delete(self, id: str, *, catalogs: Sequence[str] | None = None) -> None:
        """Delete a software, or what these catalogues say about it."""
        self.now += timedelta(minutes=1)
        async with transaction(self.database, clock=lambda: self.now) as session:
            await records.withdraw(
                session, id, catalog_ids=catalogs, reason="deleted", now=self.now
            )

    async def ask(self, verb: str, **arguments: str) -> Element:
        """The reply to these arguments; `from_` is `from`."""
        given = {name.rstrip("_"): value for name, value in arguments.items()}
        return await self.ask_pairs([("verb", verb), *given.items()])

    async def ask_pairs(self, pairs: Sequence[tuple[str, str]]) -> Element:
        async with reading(self.database) as session:
            head = await changes.head(session)
            return etree.fromstring(
                await verbs.answer(session, self.repository, head, pairs, now=self.now)
            )

    async def harvest(self, verb: str = "ListIdentifiers", **arguments: str) -> list[Element]:
        """All headers or records of a list, with resumption tokens."""
        reply = await self.ask(verb, **({"metadataPrefix": "oai_dc"} | arguments))
        found = items(reply)
        while token := text(reply, "resumptionToken"):
            reply = await self.ask(verb, resumptionToken=token)
            found += items(reply)
        return found


def items(reply: Element) -> list[Element]:
    """Its headers, or its records."""
    assert error(reply) is None, etree.tostring(reply)
    return [each for each in reply[2] if each.tag in (f"{OAI}header", f"{OAI}record")]


def error(reply: Element) -> str | None:
    """The code of its error, if it is one."""
    found = reply.find(f"{OAI}error")
    return None if found is None else found.get("code")


def text(element: Element, name: str) -> str | None:
    """What the first element of this name says, wherever it is."""
    found = element.find(f".//{OAI}{name}")
    return None if found is None else found.text


def states(found: Sequence[Element], host: str = "katalog.example.org") -> dict[str, bool]:
    """`{software id: is it there}`; none may come twice."""
    headers = [each if each.tag == f"{OAI}header" else each[0] for each in found]
    ids = [(text(each, "identifier") or "").removeprefix(f"oai:{host}:") for each in headers]
    assert len(ids) == len(set(ids))
    return {id: each.get("status") != "deleted" for id, each in zip(ids, headers, strict=True)}
