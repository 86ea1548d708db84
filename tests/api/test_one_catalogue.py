"""Each catalogue in every form that others read: what leaves it has left all of them."""

import httpx2
import pytest
from lxml import etree

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

NORD = "/v1/catalogs/nord"
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(autouse=True)
async def nord(writer: httpx2.AsyncClient) -> None:
    source = {"url": "https://h.example/", "driver": "gitea"}
    body = {"name": "Nord", "alternativeId": "nord", "sources": [source]}
    (await writer.post("/v1/catalogs", json=body)).raise_for_status()


async def create(writer: httpx2.AsyncClient, number: int, catalog: str = "/v1") -> str:
    url = f"https://h.example/{number}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    reply = await writer.post(f"{catalog}/software", json=body)
    return str(reply.raise_for_status().json()["id"])


async def read(client: httpx2.AsyncClient, path: str) -> httpx2.Response:
    return (await client.get(path)).raise_for_status()


async def in_lists(client: httpx2.AsyncClient) -> set[str]:
    return {each["id"] for each in (await read(client, f"{NORD}/software")).json()["data"]}


async def in_changes(client: httpx2.AsyncClient, path: str) -> set[str]:
    there: set[str] = set()
    for each in (await read(client, path)).json()["results"]:
        (there.discard if each["deleted"] else there.add)(each["softwareId"])
    return there


async def in_atom(client: httpx2.AsyncClient, path: str) -> tuple[set[str], set[str]]:
    """What is there, and what is gone."""
    feed = etree.fromstring((await read(client, path)).content)
    there = {str(each.findtext(f"{ATOM}id")) for each in feed.iter(f"{ATOM}entry")}
    gone = {str(each.get("ref")) for each in feed.iter(f"{TOMBSTONE}deleted-entry")}
    return ({each[9:] for each in there}, {each[9:] for each in gone})


async def in_snapshot(client: httpx2.AsyncClient) -> set[str]:
    lines = (await read(client, f"{NORD}/exports/software.jsonl")).text.splitlines()
    return {line.partition('"softwareId":"')[2][:36] for line in lines}


async def in_document(client: httpx2.AsyncClient, path: str) -> set[str]:
    text = (await read(client, path)).text
    types = [
        line for line in text.splitlines() if line.endswith("<http://www.w3.org/ns/dcat#Dataset> .")
    ]
    return {line.partition("/id/software/")[2][:36] for line in types}


async def in_oai(client: httpx2.AsyncClient, path: str) -> set[str]:
    document = etree.fromstring((await read(client, path)).content)
    return {
        str(header.findtext(f"{OAI}identifier")).rpartition(":")[2]
        for header in document.iter(f"{OAI}header")
        if header.get("status") != "deleted"
    }


async def assert_it_has(client: httpx2.AsyncClient, ids: set[str], gone: set[str]) -> None:
    assert await in_lists(client) == ids
    for path in (f"{NORD}/changes", "/v1/changes?catalog=nord"):
        assert await in_changes(client, path) == ids
    for path in (f"{NORD}/changes.atom", "/v1/changes.atom?catalog=nord"):
        assert await in_atom(client, path) == (ids, gone)
    assert await in_snapshot(client) == ids
    for path in (f"{NORD}/catalog.nt", "/catalog.nt?catalog=nord"):
        assert await in_document(client, path) == ids
    catalog = (await read(client, NORD)).json()["id"]
    listed = "verb=ListIdentifiers&metadataPrefix=oai_dc"
    for path in (f"{NORD}/oai?{listed}", f"/oai?{listed}&set=catalog:{catalog}"):
        assert await in_oai(client, path) == ids


async def test_software_comes_and_leaves(
    writer: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    stays, leaves, goes = [await create(writer, number, NORD) for number in (2, 3, 4)]
    assert await create(writer, 3) == leaves, "two catalogues have it"

    await writer.delete(f"{NORD}/software/{leaves}")
    await writer.delete(f"/v1/software/{goes}")
    await writer.patch(f"/v1/software/{leaves}", json={"vitality": "7"})

    await assert_it_has(client, {stays}, {leaves, goes})
    there, gone = await in_atom(client, "/v1/changes.atom")
    assert leaves in there
    assert gone == {goes}


async def test_pages_stay_in_the_catalogue(
    writer: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    ids = {await create(writer, number, NORD) for number in range(3)}
    await create(writer, 9)

    seen: set[str] = set()
    following = f"{NORD}/changes.jsonfeed?limit=1"
    while following:
        page = (await read(client, following)).json()
        seen |= {item["id"].removeprefix("urn:uuid:") for item in page["items"]}
        following = page.get("next_url", "")
    assert seen == ids
    document = (await read(client, f"{NORD}/catalog.nt?limit=1")).text
    assert "/v1/catalogs/nord/catalog.nt?limit=1&page=" in document


async def test_a_catalogue_that_is_not_there_is_not_found(client: httpx2.AsyncClient) -> None:
    for path in (
        "/v1/catalogs/none/changes.atom",
        "/v1/changes.jsonfeed?catalog=none",
        "/v1/catalogs/none/catalog.ttl",
    ):
        reply = await client.get(path)
        assert reply.status_code == 404, path
        assert reply.json()["type"] == "/docs/problems/catalog-not-found"
    for path in (f"{NORD}/changes.atom?catalog=x", f"{NORD}/catalog.ttl?catalog=x"):
        assert (await client.get(path)).status_code == 422
    assert (await client.get(f"{NORD}/catalog.pdf")).status_code == 404
