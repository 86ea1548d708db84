"""A service of ours on a real socket, read in the ways that are not ours alone."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from app.federation.driver import Driver, HarvestedRecord, Mode, Page, Source, Task
from app.federation.drivers import dcat, ldes, oai_pmh
from app.publiccode import validate
from app.remote.client import open_client
from tests.api.files import publiccode_yml
from tests.federation.drivers.runs import records, run
from tests.federation.harvesters import filled
from tests.services import AUTHORIZATION, serving

pytestmark = pytest.mark.anyio

NUMBER = 25
BY_DCAT = ("/catalog.ttl?limit=10", "/catalog.jsonld?limit=10", "/catalog.rdf?limit=10")


async def read(driver: Driver, address: str, task: Task | None = None) -> list[Page]:
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        return await run(driver, Source(url=address), client, task)


def by_url(found: list[Page]) -> dict[str | None, HarvestedRecord]:
    return {record.url: record for record in records(found).values()}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # drivers see no database
async def test_all_ways_tell_the_same_and_go_on_from_there(database_url: str) -> None:
    with serving(database_url) as service:
        at = service.address
        ids = filled(at, NUMBER)
        texts = {url: publiccode_yml(url).encode() for url in ids.values()}

        for path in BY_DCAT:
            pages = await read(dcat.DRIVER, f"{at}{path}")
            assert len(pages) == 3
            assert {url: each.text for url, each in by_url(pages).items()} == texts
            assert set(records(pages)) == {f"{at}/id/software/{id}" for id in ids}

        stream = await read(ldes.DRIVER, f"{at}/ldes")
        assert {url: each.text for url, each in by_url(stream).items()} == texts

        harvest = await read(oai_pmh.DRIVER, f"{at}/oai")
        assert {url: name_of(each.text) for url, each in by_url(harvest).items()} == {
            url: name_of(text) for url, text in texts.items()
        }

        began = datetime.now(UTC) - timedelta(minutes=10)
        gone, changed, *_ = ids
        _delete_and_change(at, gone, ids[changed])
        since = Task(mode=Mode.INCREMENTAL, since=began, cursor=stream[-1].cursor)

        news = records(await read(ldes.DRIVER, f"{at}/ldes", since))
        assert news.keys() == {f"{at}/id/software/{gone}", f"{at}/id/software/{changed}"}
        assert news[f"{at}/id/software/{gone}"].deleted
        assert name_of(news[f"{at}/id/software/{changed}"].text) == "Nytt namn"

        since = Task(mode=Mode.INCREMENTAL, since=began)
        told = records(await read(oai_pmh.DRIVER, f"{at}/oai", since))
        assert {id for id, each in told.items() if each.deleted} == {f"oai:127.0.0.1:{gone}"}
        assert name_of(told[f"oai:127.0.0.1:{changed}"].text) == "Nytt namn"


def _delete_and_change(at: str, gone: str, url: str) -> None:
    with httpx2.Client(base_url=at, headers=AUTHORIZATION) as client:
        client.delete(f"/v1/software/{gone}").raise_for_status()
        text = publiccode_yml(url, "Nytt namn").encode()
        client.put("/v1/software", params={"url": url}, content=text).raise_for_status()


def name_of(text: bytes | None) -> str | None:
    description = validate(text or b"").description
    assert description is not None
    return description.name
