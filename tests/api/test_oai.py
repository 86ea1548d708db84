"""/oai over HTTP: both methods, for everybody, about everything or one catalogue."""

import httpx2
import pytest
from lxml import etree

from app.federation.xml import SCHEMA_LOCATION
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

OAI = "{http://www.openarchives.org/OAI/2.0/}"
LIST = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
CATALOG = {"name": "Città", "alternativeId": "città/1", "sources": [{"url": "https://h.example/"}]}


async def create(writer: httpx2.AsyncClient, path: str = "/v1/software") -> str:
    url = "https://h.example/1"
    reply = await writer.post(path, json={"url": url, "publiccodeYml": publiccode_yml(url)})
    assert reply.status_code == 200, reply.text
    id: str = reply.json()["id"]
    return id


def identifiers(reply: httpx2.Response) -> list[str | None]:
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/xml; charset=UTF-8")
    return [each.text for each in etree.fromstring(reply.content).iter(f"{OAI}identifier")]


def text(reply: httpx2.Response, name: str) -> str | None:
    return etree.fromstring(reply.content).findtext(f".//{OAI}{name}")


def code(reply: httpx2.Response) -> str | None:
    assert reply.status_code == 200
    error = etree.fromstring(reply.content).find(f"{OAI}error")
    return None if error is None else error.get("code")


async def test_get_and_post_answer_everybody_alike(
    writer: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    expected = [f"oai:samkod.test:{await create(writer)}"]
    got = await client.get("/oai", params=LIST)
    assert identifiers(got) == identifiers(await client.post("/oai", data=LIST)) == expected
    assert got.headers["Samkod-Sequence"] == "1"
    head = await client.head("/oai", params=LIST)
    assert (head.status_code, head.content) == (200, b"")


async def test_a_catalogue_answers_under_its_name(
    writer: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    catalog = (await writer.post("/v1/catalogs", json=CATALOG)).json()
    id = await create(writer, f"/v1/catalogs/{catalog['id']}/software")
    base = "/v1/catalogs/citt%C3%A0%2F1/oai"
    for path in (base, f"/v1/catalogs/{catalog['id']}/oai"):
        assert identifiers(await client.post(path, data=LIST)) == [f"oai:samkod.test:{id}"]
        identity = await client.get(path, params={"verb": "Identify"})
        assert text(identity, "baseURL") == f"http://samkod.test{base}"
        assert text(identity, "repositoryName") == "Città"
    root = await client.get("/v1/catalogs/∅/oai", params=LIST)
    assert code(root) == "noRecordsMatch"
    for reply in (
        await client.get("/v1/catalogs/none/oai"),
        await client.post("/v1/catalogs/none/oai"),
    ):
        assert reply.status_code == 404
        assert reply.headers["Content-Type"] == "application/problem+json"


HOSTILE = {
    "": "badVerb",
    "verb=%FF": "badVerb",
    "verb=Identify&%FF=1": "badVerb",
    "verb=Identify&x": "badArgument",
    "verb=Identify&" + "&".join(["x=1"] * 100): "badVerb",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%00%ED%A0%80": "badVerb",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%00%01%22%3C": "idDoesNotExist",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:samkod.test:%00": "idDoesNotExist",
    "verb=ListRecords&metadataPrefix=oai_dc&set=catalog:%00": "badArgument",
}


async def test_whatever_is_asked_the_answer_is_of_the_protocol(client: httpx2.AsyncClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
    for query, expected in HOSTILE.items():
        assert code(await client.get(f"/oai?{query}")) == expected, query
        assert code(await client.post("/oai", content=query, headers=form)) == expected, query
    # Arguments in another form are none.
    assert code(await client.post("/oai?verb=Identify", json={"verb": "Identify"})) == "badVerb"
    assert code(await client.post("/oai", content=b"\xff\xfe")) == "badVerb"


async def test_the_schema_of_our_own_format_is_there(
    writer: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    id = await create(writer)
    reply = await client.get(
        "/oai",
        params={
            "verb": "GetRecord",
            "identifier": f"oai:samkod.test:{id}",
            "metadataPrefix": "publiccode_json",
        },
    )
    (metadata,) = etree.fromstring(reply.content).iter(f"{OAI}metadata")
    _, address = metadata[0].get(SCHEMA_LOCATION, "").split()
    schema = etree.XMLSchema(etree.fromstring((await client.get(address)).content))
    schema.assertValid(metadata[0])
