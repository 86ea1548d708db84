"""/ldes, read as a portal does: part after part, while others write."""

from typing import Any

import httpx2
import orjson
import pytest
import rdflib
from rdflib.compare import isomorphic

from tests.api.files import publiccode_yml
from tests.federation.tree_reader import Activity, Node, read, walk

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings(
        r"ignore:(ConjunctiveGraph|Dataset\.\w+) is deprecated:DeprecationWarning"
    ),
]

BASE = "http://samkod.test"
NAMES = {"trig": "trig", "jsonld": "json-ld", "nq": "nquads"}
FOR_GOOD = "public, max-age=604800, immutable"
SOURCES = [{"url": "https://git.example.org/comuni", "driver": "gitea"}]
NDJSON = {"Content-Type": "application/x-ndjson"}


def file(number: int, name: str = "Acqua chiara") -> dict[str, str]:
    url = f"https://git.example.org/valchiara/{number:03d}"
    return {"url": url, "publiccodeYml": publiccode_yml(url, name)}


async def create(writer: httpx2.AsyncClient, number: int, catalog: str = "") -> str:
    path = f"/v1/catalogs/{catalog}/software" if catalog else "/v1/software"
    answer = await writer.post(path, json=file(number))
    return str(answer.raise_for_status().json()["id"])


async def create_many(writer: httpx2.AsyncClient, number: int) -> list[str]:
    lines = b"\n".join(orjson.dumps(file(each)) for each in range(number))
    answer = (await writer.post("/v1/ingest", content=lines, headers=NDJSON)).raise_for_status()
    return [orjson.loads(line)["softwareId"] for line in answer.content.splitlines()]


async def rename(writer: httpx2.AsyncClient, id: str, number: int, name: str) -> None:
    body = {"publiccodeYml": file(number, name)["publiccodeYml"]}
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = await writer.patch(f"/v1/software/{id}", content=orjson.dumps(body), headers=headers)
    answer.raise_for_status()


async def delete(writer: httpx2.AsyncClient, id: str) -> None:
    (await writer.delete(f"/v1/software/{id}")).raise_for_status()


async def members(client: httpx2.AsyncClient, address: str = "/ldes.nq") -> list[Activity]:
    return [member async for node in walk(client, address) for member in node.members]


def deeds(found: list[Activity]) -> list[tuple[str, str]]:
    return [(each.deed, each.entity.rpartition("/")[2]) for each in found]


async def test_nothing_is_a_stream_that_may_grow(client: httpx2.AsyncClient) -> None:
    [node] = [node async for node in walk(client, "/ldes")]

    assert (node.members, node.following) == ((), {})
    assert node.response.headers["cache-control"].endswith("no-cache")


async def test_each_software_is_told_of_once_as_it_is(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    one, two, three = [await create(writer, number) for number in range(3)]
    await delete(writer, two)
    await rename(writer, one, 0, "Acqua nuova")

    found = await members(client)

    assert deeds(found) == [("Create", three), ("Delete", two), ("Update", one)]
    assert found[0].entity == f"{BASE}/id/software/{three}"
    assert not found[1].said
    assert any("Acqua nuova" in str(quad.object) for quad in found[2].said)
    assert {quad.graph_name.value for quad in found[2].said} == {found[2].name}  # type: ignore[union-attr]  # they are all in a graph that has a name


async def test_what_is_not_active_any_more_is_deleted(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    id = await create(writer, 1)
    headers = {"Content-Type": "application/merge-patch+json"}
    await writer.patch(f"/v1/software/{id}", content=b'{"active": false}', headers=headers)

    assert deeds(await members(client)) == [("Delete", id)]


async def test_all_forms_say_the_same(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    await delete(writer, await create(writer, 2))

    for suffix, name in NAMES.items():
        stream = await client.get(f"/ldes.{suffix}")
        described = rdflib.Dataset().parse(data=stream.content, format=name)
        view = next(described.objects(None, rdflib.URIRef("https://w3id.org/tree#view")))
        page = await client.get(str(view))
        graphs = rdflib.Dataset()
        graphs.parse(data=page.content, format=name)
        sizes = sorted(len(graph) for graph in graphs.graphs())

        assert stream.headers["content-type"] == page.headers["content-type"]
        assert str(view).endswith(f".{suffix}")
        if suffix == "trig":
            first, expected = graphs, sizes
        assert sizes == expected
        for graph in graphs.graphs():
            if isinstance(graph.identifier, rdflib.URIRef) and "#" in graph.identifier:
                assert isomorphic(graph, first.graph(graph.identifier))


async def test_writes_hide_nothing_and_change_nothing_that_is_sealed(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    ids = await create_many(writer, 255)
    nodes: list[Node] = []
    async for node in walk(client, "/ldes.nq"):
        if not nodes:
            await rename(writer, ids[0], 0, "Acqua nuova")
            await rename(writer, ids[251], 251, "Acqua nuova")
            await delete(writer, ids[1])
            await delete(writer, ids[252])
        nodes.append(node)

    first, last = nodes
    assert [len(first.members), len(last.members)] == [250, 7]
    assert first.response.headers["cache-control"] == FOR_GOOD
    assert last.response.headers["cache-control"].endswith("no-cache")
    assert deeds([*first.members, *last.members]) == [
        *(("Create", id) for id in ids if id not in (ids[251], ids[252])),
        ("Update", ids[0]),
        ("Update", ids[251]),
        ("Delete", ids[1]),
        ("Delete", ids[252]),
    ]

    now = await read(client, str(first.response.url))
    [*_, moved] = now.response.history
    again = await client.get(str(now.response.url))
    known = await client.get(
        str(now.response.url), headers={"If-None-Match": again.headers["etag"]}
    )
    assert (moved.status_code, moved.headers["cache-control"]) == (307, "no-cache")
    assert now.members == first.members[2:]
    assert now.response.content == again.content
    assert (known.status_code, known.headers["cache-control"]) == (304, FOR_GOOD)


async def test_a_reader_who_comes_back_asks_for_what_is_open(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    [node] = [node async for node in walk(client, "/ldes.trig")]
    open_part = str(node.response.url)
    seen = {"If-None-Match": node.response.headers["etag"]}
    unchanged = await client.get(open_part, headers=seen)
    id = await create(writer, 2)
    changed = await client.get(open_part, headers=seen)

    assert (unchanged.status_code, changed.status_code) == (304, 200)
    assert ("Create", id) in deeds(list((await read(client, open_part)).members))


async def test_each_catalogue_has_its_own(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    body: dict[str, Any] = {"name": "Comuni", "alternativeId": "comuni", "sources": SOURCES}
    catalog = (await writer.post("/v1/catalogs", json=body)).raise_for_status().json()["id"]
    here = await create(writer, 1, "comuni")
    root = await create(writer, 2)
    both = await create(writer, 3, "comuni")
    await create(writer, 3)

    everything = await members(client)
    one = await members(client, "/v1/catalogs/comuni/ldes")

    assert [id for _, id in deeds(everything)] == [here, root, both]
    assert [id for _, id in deeds(one)] == [here, both]
    assert one == await members(client, f"/ldes.nq?catalog={catalog}")
    assert [id for _, id in deeds(await members(client, "/ldes?catalog=∅"))] == [root, both]
    assert not {each.name for each in one} & {each.name for each in everything}


REFUSED = {
    "/ldes?colour=blue": 422,
    "/ldes?catalog=nowhere": 404,
    "/ldes?catalog=": 404,
    "/ldes.pdf": 404,
    "/ldes.ttl": 404,
    "/ldes/EPOCH/0.ttl": 404,
    "/ldes/EPOCH/0": 404,
    "/ldes/EPOCH/9000.trig": 404,
    "/ldes/EPOCH/-1.trig": 422,
    "/ldes/EPOCH/yesterday.trig": 422,
    "/ldes/EPOCH/99999999999999999999.trig": 422,
    "/ldes/EPOCH/0.trig?colour=blue": 422,
    "/ldes/EPOCH/0-250-99999999999999999999.trig": 422,
    "/ldes/another/0.trig": 410,
    "/ldes/another/0-250-250.trig": 410,
    "/v1/catalogs/nowhere/ldes": 404,
}


async def test_what_makes_no_sense_is_refused(client: httpx2.AsyncClient) -> None:
    epoch = (await client.get("/.well-known/oss-catalog")).json()["epoch"]

    for path, status in REFUSED.items():
        answer = await client.get(path.replace("EPOCH", epoch))

        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_states_that_never_were_lead_to_what_is(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient
) -> None:
    await create(writer, 1)
    epoch = (await client.get("/.well-known/oss-catalog")).json()["epoch"]

    for state in ("0-250-250", "0-1-0", "0-0-0", "1-0-0", "0-1-2", "0-9000-1"):
        answer = await client.get(f"/ldes/{epoch}/{state}.trig")

        assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-cache")


async def test_only_forms_that_have_graphs_are_there(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/ldes", headers={"Accept": "text/turtle"})).status_code == 406
    linked = await client.get("/ldes", headers={"Accept": "application/ld+json"})
    assert linked.headers["content-type"] == "application/ld+json"
    assert "Accept" in linked.headers["vary"].split(", ")
