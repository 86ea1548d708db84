"""Repositories of OAI-PMH: one that others wrote (oai-repo), ones that are broken."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, make_server

import oai_repo
import pytest
from lxml import etree

from app.federation.driver import (
    CursorLost,
    HarvestedRecord,
    Known,
    Mode,
    Origin,
    Page,
    PageRepeated,
    Source,
    Task,
    Unavailable,
    Unreadable,
)
from app.federation.drivers.oai_pmh import DRIVER
from app.remote.client import Client, open_client
from app.remote.errors import BadReply
from tests.federation.drivers.runs import cut_short, records, run
from tests.remote.servers import Answer, reply, serving

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


@dataclass
class Archive(oai_repo.DataInterface):  # type: ignore[misc]  # oai-repo is not typed
    """What a library keeps: one record an hour, the even ones are software."""

    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    number: int = 25
    limit: int = 10

    def get_identify(self) -> oai_repo.Identify:
        return oai_repo.Identify(
            repository_name="Biblioteket",
            base_url="https://oai.example.org/oai",
            admin_email=["bibliotek@example.org"],
            earliest_datestamp=self.stamp(0),
            deleted_record="persistent",
            granularity=self.granularity,
        )

    def stamp(self, number: int) -> str:
        at = NOON + timedelta(hours=number)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ" if "h" in self.granularity else "%Y-%m-%d")

    def get_metadata_formats(self, *_: str) -> list[oai_repo.MetadataFormat]:
        return [oai_repo.MetadataFormat("oai_dc", f"{OAI_DC[:-1]}.xsd", OAI_DC)]

    def get_record_header(self, identifier: str) -> oai_repo.RecordHeader:
        number = int(identifier.rpartition(":")[2])
        return oai_repo.RecordHeader(identifier, self.stamp(number))

    def get_record_metadata(self, identifier: str, *_: str) -> etree._Element:
        number = int(identifier.rpartition(":")[2])
        root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC})
        for name, text in (
            ("title", f"Program {number}"),
            ("description", "Räknar allt."),
            ("subject", "statistik"),
            ("publisher", "Biblioteket"),
            ("rights", "https://spdx.org/licenses/EUPL-1.2"),
            ("type", "Text" if number % 2 else "info:eu-repo/semantics/software"),
            ("identifier", f"https://doi.org/10.1234/{number}"),
            ("relation", f"https://github.com/bibliotek/{number}"),
        ):
            etree.SubElement(root, f"{{{DC}}}{name}").text = text
        return root

    def get_record_abouts(self, *_: str) -> list[etree._Element]:
        return []

    def list_identifiers(self, *asked: Any) -> tuple[list[str], int, None]:
        _, since, _, _, start = asked
        found = [n for n in range(self.number) if not since or NOON + timedelta(hours=n) >= since]
        return [name(n) for n in found[start : start + self.limit]], len(found), None


def name(number: int) -> str:
    return f"oai:oai.example.org:{number}"


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def library(archive: Archive) -> Iterator[str]:
    """The address of oai-repo, which is no server itself, in a server."""
    repository = oai_repo.OAIRepository(archive)

    def answer(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        body = bytes(repository.process(dict(parse_qsl(environ["QUERY_STRING"]))))
        start("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    with make_server("127.0.0.1", 0, answer, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/oai"
        server.shutdown()
        thread.join()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        yield client


async def test_a_foreign_repository_is_read_whole(client: Client) -> None:
    with library(Archive()) as address:
        pages = await run(DRIVER, Source(url=address), client)
        rest = await run(DRIVER, Source(url=address), client, Task(cursor=pages[0].cursor))

    found = records(pages)
    assert [page.cursor is None for page in pages] == [False, False, True]
    assert set(found) == {name(number) for number in range(0, 25, 2)}
    assert found[name(2)] == HarvestedRecord(
        source_id=name(2),
        url="https://github.com/bibliotek/2",
        known=Known(
            name="Program 2",
            description="Räknar allt.",
            license="EUPL-1.2",
            topics=("statistik",),
            homepage="https://doi.org/10.1234/2",
            organisation="Biblioteket",
        ),
        modified=NOON + timedelta(hours=2),
    )
    assert records(rest).keys() == {name(number) for number in range(10, 25, 2)}


@pytest.mark.parametrize("granularity", ["YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"])
async def test_only_news_are_asked_for_in_the_grain_of_the_repository(
    client: Client, granularity: str
) -> None:
    since = Task(mode=Mode.INCREMENTAL, since=NOON + timedelta(hours=20))
    with library(Archive(granularity)) as address:
        found = records(await run(DRIVER, Source(url=address), client, since))

    first = 20 if "h" in granularity else 12
    assert set(found) == {name(number) for number in range(first, 25, 2)}


async def test_that_nothing_is_new_is_an_answer(client: Client) -> None:
    since = Task(mode=Mode.INCREMENTAL, since=NOON + timedelta(days=20))
    with library(Archive()) as address:
        assert await run(DRIVER, Source(url=address), client, since) == [Page(records=())]


async def test_a_token_that_is_forgotten_asks_for_everything_again(client: Client) -> None:
    with library(Archive()) as address, pytest.raises(CursorLost):
        await run(DRIVER, Source(url=address), client, Task(cursor="oai_dc ???"))


# Repositories whose replies are written by hand

FORMATS = "/oai?verb=ListMetadataFormats"
FIRST = "/oai?verb=ListRecords&metadataPrefix=publiccode_json"


def said(content: str) -> bytes:
    body = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{content}</OAI-PMH>'
    return reply(body=body.encode(), content_type="text/xml")


def listed(*items: str, more: str = "") -> bytes:
    return said(
        f"<ListRecords>{''.join(items)}<resumptionToken>{more}</resumptionToken></ListRecords>"
    )


def item(id: str, metadata: str = "", about: str = "", status: str = "") -> str:
    return (
        f"<record><header {status}><identifier>{id}</identifier></header>"
        f"<metadata>{metadata}</metadata>{about}</record>"
    )


def refused(code: str) -> bytes:
    return said(f'<error code="{code}">No.</error>')


PUBLICCODE = said(
    "<ListMetadataFormats>"
    + "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix></metadataFormat>"
        for prefix in ("oai_dc", "publiccode_json")
    )
    + "</ListMetadataFormats>"
)
TEXT = '{"name": "Fel", "url": "https://git.example/fel"}'


def hop(catalog: str, id: str, earlier: str = "") -> str:
    return (
        f"<originDescription><baseURL>{catalog}</baseURL><identifier>{id}</identifier>{earlier}"
        "</originDescription>"
    )


def about(*ways: str) -> str:
    namespace = "http://www.openarchives.org/OAI/2.0/provenance"
    return "".join(
        f'<about><provenance xmlns="{namespace}">{way}</provenance></about>' for way in ways
    )


async def test_descriptions_come_with_where_they_are_from(client: Client) -> None:
    metadata = f"<publiccode xmlns='tag:x'>{TEXT}</publiccode>"
    first = hop("https://a.example", "1")
    chain = hop("https://c.example", "3", hop("https://b.example", "2", first))
    page = listed(
        item("own", metadata),
        item("relayed", metadata, about(chain)),
        item("of-two", metadata, about(first, hop("https://b.example", "2"))),
        item("odd", "<publiccode xmlns='tag:x'>[1</publiccode>"),
        item("bare"),
        item("gone", status='status="deleted"'),
        item("", metadata),
    )
    async with serving({FORMATS: PUBLICCODE, FIRST: page}) as server:
        found = records(await run(DRIVER, Source(url=server.url("/oai")), client))

    assert list(found) == ["own", "relayed", "of-two", "odd", "bare", "gone"]
    assert (found["own"].text, found["own"].url) == (TEXT.encode(), "https://git.example/fel")
    assert (found["own"].origin, found["own"].via) == (None, ())
    assert found["relayed"].origin == Origin(catalog="https://a.example", record_id="1")
    assert found["relayed"].via == ("https://b.example", "https://c.example")
    assert found["of-two"].origin is None
    assert (found["odd"].text, found["odd"].url) == (b"[1", None)
    assert found["gone"] == HarvestedRecord(source_id="gone", deleted=True)
    assert (found["bare"].text, found["bare"].known, found["bare"].deleted) == (None, None, False)


@pytest.mark.parametrize(
    "page",
    [listed(item("1"), more="again"), listed(item("2"), more="more"), listed(more="more")],
    ids=["the same records", "the same token", "nothing, and the same token"],
)
async def test_going_in_circles_is_no_end(client: Client, page: bytes) -> None:
    more = "/oai?verb=ListRecords&resumptionToken=more"
    answers = {FORMATS: PUBLICCODE, FIRST: listed(item("1"), more="more"), more: page}
    async with serving(answers) as server:
        with pytest.raises(PageRepeated):
            await run(DRIVER, Source(url=server.url("/oai")), client)


ENTITIES = b"""<!DOCTYPE a [<!ENTITY b "c">]>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>&b;</ListRecords></OAI-PMH>"""


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (refused("badResumptionToken"), CursorLost),
        (refused("badArgument"), Unreadable),
        (said("<Identify/>"), Unreadable),
        (reply(body=b"<OAI-PMH><ListRecords>"), Unreadable),
        (reply(body=b"<html/>"), Unreadable),
        (reply(body=b""), Unreadable),
        (reply(body=b"<a>" * 1000), Unreadable),
        (reply(body=ENTITIES), Unreadable),
        (reply(503, retry_after="10"), Unavailable),
        (reply(500), Unavailable),
        (cut_short(listed()), BadReply),
    ],
)
async def test_trouble_on_the_way_is_a_fault_behind_what_was_read(
    client: Client, answer: Answer, fault: type[Exception]
) -> None:
    more = "/oai?verb=ListRecords&resumptionToken=a+b%2F%3D"
    answers = {FORMATS: PUBLICCODE, FIRST: listed(item("1"), more="a b/="), more: answer}
    async with serving(answers) as server:
        harvest = DRIVER.harvest(Source(url=server.url("/oai")), client, Task())
        page = await anext(harvest)
        with pytest.raises(fault):
            await anext(harvest)

    assert [record.source_id for record in page.records] == ["1"]
    assert page.cursor == "publiccode_json a b/="
