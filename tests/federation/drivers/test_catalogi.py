"""SILL's one file: what it knows of software, in the words of schema.org."""

from typing import Any

import orjson
import pytest

from app.federation.driver import Known, Source, Task, Unavailable, Unreadable
from app.federation.drivers.catalogi import DRIVER
from tests.federation.drivers.runs import asking, records, run
from tests.remote.servers import reply, serving

pytestmark = pytest.mark.anyio

LIBREOFFICE: dict[str, Any] = {
    "@type": "SoftwareApplication",
    "id": 33,
    "name": "LibreOffice",
    "description": {"fr": "Suite bureautique", "en": "Office suite"},
    "license": "MPL-2.0",
    "url": "https://www.libreoffice.org",
    "codeRepositoryUrl": "https://git.example.org/libreoffice/core",
    "keywords": ["bureautique", "texte"],
    "programmingLanguages": ["C++", "Java"],
    "dateModified": "2026-10-01T08:00:00.000Z",
    "identifiers": [
        {"@type": "PropertyValue", "name": "wikidata", "value": "Q10135"},
        {"@type": "PropertyValue", "value": "33", "url": "https://comptoir-du-libre.example/33"},
    ],
    "sameAs": ["https://www.wikidata.org/wiki/Q10135"],
}


def file(*software: object) -> bytes:
    return reply(body=orjson.dumps(software), content_type="application/json")


async def test_software_is_known_by_its_names_and_numbers() -> None:
    gone = {"id": 7, "name": {"fr": "Vieux"}, "dereferencing": {"reason": "abandonné"}}
    async with (
        serving({"/catalogi.json": file(LIBREOFFICE, gone, {"url": "https://x"}, 3)}) as server,
        asking(server) as client,
    ):
        found = records(await run(DRIVER, Source(url=server.url("/catalogi.json")), client))

    assert set(found) == {"33", "7"}
    office = found["33"]
    assert office.known == Known(
        name="LibreOffice",
        description="Office suite",
        language="en",
        license="MPL-2.0",
        topics=("bureautique", "texte"),
        programming_language="C++",
        homepage="https://www.libreoffice.org",
    )
    assert (office.url, office.text) == ("https://git.example.org/libreoffice/core", None)
    assert office.identifiers == (("wikidata", "Q10135"),)
    assert office.active
    assert (found["7"].active, found["7"].url) == (False, None)


async def test_the_file_is_read_in_parts_and_goes_on_behind_a_cursor() -> None:
    many = [LIBREOFFICE | {"id": number} for number in range(1000, 1250)]
    body = reply(body=orjson.dumps({"softwares": many}))
    async with serving({"/": body}) as server, asking(server) as client:
        source = Source(url=server.url())
        pages = await run(DRIVER, source, client)
        rest = await run(DRIVER, source, client, Task(cursor=pages[0].cursor))

    assert [len(page.records) for page in pages] == [100, 100, 50]
    assert [page.records for page in rest] == [page.records for page in pages[1:]]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (reply(body=b'[{"id": 1,'), Unreadable),
        (reply(body=b"<html>", content_type="text/html"), Unreadable),
        (reply(body=b'{"error": "later"}'), Unreadable),
        (reply(body=b"[]"), Unreadable),
        (reply(500), Unavailable),
    ],
)
async def test_what_is_no_such_file_is_a_fault(body: bytes, fault: type[Exception]) -> None:
    async with serving({"/": body}) as server, asking(server) as client:
        with pytest.raises(fault):
            await run(DRIVER, Source(url=server.url()), client)
