"""offentligkod.se's file, and recfiles as GNU recutils writes them."""

import pytest

from app.federation.driver import Source, Task, Unavailable, Unreadable
from app.federation.drivers.recutils import DRIVER
from tests.federation.drivers.runs import FORGE, asking, records, run
from tests.remote.servers import reply, serving

pytestmark = pytest.mark.anyio

FILE = """\
# Katalogen
%rec: Programvara
%key: Name

Name: Felanmälan
Url: https://git.example.se/storabro/felanmalan
Description: Säg till när något är trasigt,
+ så lagar vi det.
+
+ Även på natten.
Keyword: gata
Keyword: park
User: Storabro
User: Lillabro
Publiccode: {forge}/storabro/felanmalan/-/blob/main/publiccode.yml

Name: Acqua \\
chiara
License: EUPL-1.2
Url:

User: ingen

%rec: Kommun

Name: Storabro
"""
PATH = "/odk/katalogen/-/blob/master/db/programvaror.rec"


async def test_records_come_with_their_fields_and_files() -> None:
    async with serving({}) as server, asking(server) as client:
        forge = f"http://{FORGE}:{server.port}"
        server.answers |= {
            PATH.replace("blob", "raw"): reply(body=FILE.format(forge=forge).encode()),
            "/storabro/felanmalan/-/raw/main/publiccode.yml": reply(body=b"name: F\n"),
        }
        source = Source(url=f"{forge}{PATH}", args=("Programvara",))
        pages = await run(DRIVER, source, client)
        rest = await run(DRIVER, source, client, Task(cursor="Acqua chiara"))

    found = records(pages)
    assert set(found) == {"Felanmälan", "Acqua chiara"}
    first = found["Felanmälan"]
    assert (first.url, first.text) == ("https://git.example.se/storabro/felanmalan", b"name: F\n")
    assert first.known is not None
    assert first.known.description == (
        "Säg till när något är trasigt,\nså lagar vi det.\n\nÄven på natten."
    )
    assert first.known.topics == ("gata", "park")
    second = found["Acqua chiara"]
    assert second.known is not None
    assert (second.url, second.known.license) == (None, "EUPL-1.2")
    assert set(records(rest)) == {"Felanmälan"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (reply(body=b"<!DOCTYPE html>\n<html>"), Unreadable),
        (reply(body="Name: Felanmälan\n".encode("latin-1")), Unreadable),
        (reply(body=b""), Unreadable),
        (reply(body=b"# Nothing here\n"), Unreadable),
        (reply(404), Unavailable),
    ],
)
async def test_what_is_no_such_file_is_a_fault(body: bytes, fault: type[Exception]) -> None:
    async with serving({"/": body}) as server, asking(server) as client:
        with pytest.raises(fault):
            await run(DRIVER, Source(url=server.url()), client)
