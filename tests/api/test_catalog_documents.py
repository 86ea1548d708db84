"""/catalog.ttl, read as a portal does: page after page, while others write."""

from collections import Counter

import httpx2
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF

from tests.api.files import publiccode_yml

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
NAMES = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}


async def create(writer: httpx2.AsyncClient, number: int, catalog: str = "") -> str:
    url = f"https://git.example.org/valchiara/{number:03d}"
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}
    path = f"/v1/catalogs/{catalog}/software" if catalog else "/v1/software"
    return str((await writer.post(path, json=body)).raise_for_status().json()["id"])


async def read(client: httpx2.AsyncClient, address: str) -> tuple[set[str], str | None]:
    """The datasets of a page, and where to go on: as ckanext-dcat looks for it."""
    answer = (await client.get(address)).raise_for_status()
    suffix = address.partition("?")[0].rpartition(".")[2]
    graph = rdflib.Graph().parse(data=answer.content, format=NAMES[suffix])
    (view,) = graph.subjects(RDF.type, HYDRA.PartialCollectionView)
    following = graph.value(view, HYDRA.next)
    datasets = {str(each).rpartition("/")[2] for each in graph.subjects(RDF.type, DCAT.Dataset)}
    return datasets, str(following) if following else None


async def read_all(client: httpx2.AsyncClient, address: str) -> list[set[str]]:
    pages, following = [], address
    while following:
        page, after = await read(client, following)
        pages.append(page)
        following = after or ""
    return pages


async def test_pages_follow_each_other_to_the_end(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    ids = {await create(writer, number) for number in range(5)}

    for suffix in NAMES:
        pages = await read_all(client, f"http://samkod.test/catalog.{suffix}?limit=2")

        assert [len(page) for page in pages] == [2, 2, 1]
        assert set.union(*pages) == ids


async def test_writes_neither_hide_nor_repeat_anything(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    ids = [await create(writer, number) for number in range(6)]
    seen: Counter[str] = Counter()

    following: str | None = "/catalog.nt?limit=2"
    number = 6
    while following:
        page, following = await read(client, following)
        seen.update(page)
        if number < 9:
            await writer.delete(f"/v1/software/{ids[number - 6]}")
            await writer.patch(f"/v1/software/{ids[5]}", json={"vitality": str(number)})
            await create(writer, number)
            number += 1

    assert set(seen.values()) == {1}
    assert set(ids[3:]) <= set(seen)


async def test_an_empty_catalogue_is_one_page(client: httpx2.AsyncClient) -> None:
    assert await read_all(client, "/catalog.ttl") == [set()]


async def test_only_what_has_changed_since(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    second = await create(writer, 2)
    at = (await client.get(f"/v1/software/{second}")).json()["updatedAt"]

    assert await read_all(client, f"/catalog.ttl?modified_since={at}") == [{second}]
    assert await read_all(client, "/catalog.ttl?modified_since=9999-12-31") == [set()]


async def test_each_catalogue_has_a_document(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    sources = [{"url": "https://git.example.org/nord", "driver": "gitea"}]
    post = {"name": "Regione Nord", "alternativeId": "nord", "sources": sources}
    catalog = (await writer.post("/v1/catalogs", json=post)).raise_for_status().json()["id"]
    theirs, ours = await create(writer, 1, "nord"), await create(writer, 2)

    assert await read_all(client, "/catalog.ttl?catalog=nord") == [{theirs}]
    assert await read_all(client, "/catalog.ttl?catalog=%E2%88%85") == [{ours}]
    whole = rdflib.Graph().parse(data=(await client.get("/catalog.ttl")).content, format="turtle")
    everything = rdflib.URIRef("http://samkod.test/id/catalog")
    part = rdflib.URIRef(f"http://samkod.test/id/catalog/{catalog}")
    assert (everything, DCTERMS.hasPart, part) in whole
    assert whole.value(part, DCTERMS.title) == rdflib.Literal("Regione Nord")
    assert (await client.get("/catalog.ttl?catalog=unknown")).status_code == 404


async def test_what_cannot_be_meant_is_refused(client: httpx2.AsyncClient) -> None:
    for query in ("page=x", "limit=0", "limit=501", "modified_since=1 May", "colour=blue"):
        answer = await client.get(f"/catalog.ttl?{query}")

        assert answer.status_code == 422, query
        assert answer.json()["type"], query


async def test_the_same_catalogue_is_the_same_bytes(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    first = await client.get("/catalog.jsonld")
    again = await client.get("/catalog.jsonld")
    known = await client.get("/catalog.jsonld", headers={"If-None-Match": first.headers["etag"]})
    await create(writer, 2)
    after = await client.get("/catalog.jsonld", headers={"If-None-Match": first.headers["etag"]})

    assert first.content == again.content
    assert (known.status_code, after.status_code) == (304, 200)
