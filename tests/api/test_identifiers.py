"""/id/… and /software/…: one thing in the form that its reader takes."""

from datetime import UTC, datetime

import httpx2
import pytest
import rdflib
from fastapi import FastAPI
from rdflib.namespace import DCAT, RDF

from app.catalogue.tables import Tombstone
from app.catalogue.transaction import transaction
from tests.api.files import publiccode_yml

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

URL = "https://git.example.org/valchiara/acqua-chiara"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMS = {
    "json": "application/json",
    "yml": "application/yaml",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
    "codemeta.json": "application/vnd.codemeta.ld+json",
}


@pytest.fixture
async def id(writer: httpx2.AsyncClient) -> str:
    body = {"url": URL, "publiccodeYml": publiccode_yml(URL)}
    created = (await writer.post("/v1/software", json=body)).raise_for_status()
    return str(created.json()["id"])


async def get(client: httpx2.AsyncClient, path: str, **headers: str) -> httpx2.Response:
    return await client.get(
        path, headers={name.replace("_", "-"): headers[name] for name in headers}
    )


async def test_each_form_has_an_address_and_a_media_type(
    client: httpx2.AsyncClient, id: str
) -> None:
    for suffix, media_type in FORMS.items():
        by_suffix = await get(client, f"/id/software/{id}.{suffix}")
        by_wish = await get(client, f"/id/software/{id}", accept=f"{media_type}, */*;q=0.1")

        assert by_suffix.headers["content-type"].partition(";")[0] == media_type
        assert by_suffix.content == by_wish.content
        assert "Accept" in by_wish.headers["vary"].split(", ")


async def test_weights_decide(client: httpx2.AsyncClient, id: str) -> None:
    for accept, media_type in {
        "*/*": "application/json",
        "text/turtle;q=0.5, application/ld+json;q=0.7": "application/ld+json",
        "application/*;q=0.2, application/rdf+xml": "application/rdf+xml",
        "text/*, text/html;q=0": "text/turtle",
    }.items():
        answer = await get(client, f"/id/software/{id}", accept=accept)

        assert answer.headers["content-type"].partition(";")[0] == media_type


async def test_people_are_sent_to_a_page(client: httpx2.AsyncClient, id: str) -> None:
    answer = await get(client, f"/id/software/{id}", accept=BROWSER)
    page = await client.get(answer.headers["location"])

    assert answer.status_code == 303
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>Acqua chiara</h1>" in page.text
    assert 'lang="it"' in page.text


async def test_what_nobody_has_is_not_acceptable(client: httpx2.AsyncClient, id: str) -> None:
    answer = await get(client, f"/id/software/{id}", accept="image/png")

    assert answer.status_code == 406
    assert "Accept" in answer.headers["vary"].split(", ")
    assert answer.json()["type"].endswith("/not-acceptable")
    assert "text/turtle" in answer.json()["detail"]


async def test_unknown_names_and_forms_are_not_found(client: httpx2.AsyncClient, id: str) -> None:
    for path in ("/id/software/unknown.ttl", f"/id/software/{id}.pdf", f"/id/software/{id}.ttl.gz"):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["type"], path


async def test_the_subject_is_the_address_that_was_asked(
    client: httpx2.AsyncClient, id: str
) -> None:
    turtle = (await get(client, f"/id/software/{id}.ttl")).text
    graph = rdflib.Graph().parse(data=turtle, format="turtle")

    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == {
        rdflib.URIRef(f"http://samkod.test/id/software/{id}")
    }


async def test_the_file_is_as_it_was_published(client: httpx2.AsyncClient, id: str) -> None:
    assert (await get(client, f"/id/software/{id}.yml")).text == publiccode_yml(URL)


async def test_what_is_known_is_not_sent_again(client: httpx2.AsyncClient, id: str) -> None:
    first = await get(client, f"/id/software/{id}.ttl")
    again = await get(client, f"/id/software/{id}.ttl", if_none_match=first.headers["etag"])
    other = await get(client, f"/id/software/{id}.nt", if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


async def test_what_is_deleted_is_gone_with_a_tombstone(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient, id: str
) -> None:
    (await writer.delete(f"/v1/software/{id}")).raise_for_status()

    for path in (f"/id/software/{id}", f"/id/software/{id}.ttl"):
        answer = await client.get(path)
        assert answer.status_code == 410
        assert answer.json()["tombstone"] | {"at": ""} == {
            "id": id, "reason": "deleted", "successor": None, "at": "",
        }  # fmt: skip


async def test_what_was_merged_leads_to_its_survivor(
    app: FastAPI, client: httpx2.AsyncClient, id: str
) -> None:
    former = "00000000-0000-4000-8000-000000000001"
    async with transaction(app.state.database) as session:
        session.add(
            Tombstone(software_id=former, reason="merged", successor=id, at=datetime.now(UTC))
        )

    answer = await client.get(f"/id/software/{former}.codemeta.json")

    assert answer.status_code == 308
    assert answer.headers["location"] == f"http://samkod.test/id/software/{id}.codemeta.json"


async def test_catalogues_lead_to_what_is_in_them(client: httpx2.AsyncClient) -> None:
    turtle = await get(client, "/id/catalog", accept="text/turtle")
    json = await get(client, "/id/catalog/%E2%88%85", accept="application/json")
    root = await get(client, "/id/catalog/%E2%88%85", accept="application/rdf+xml")
    unknown = await client.get("/id/catalog/unknown")

    assert turtle.headers["location"] == "http://samkod.test/catalog.ttl"
    assert json.headers["location"].startswith("http://samkod.test/v1/catalogs/")
    assert (await client.get(root.headers["location"])).status_code == 200
    assert unknown.status_code == 404


async def test_concepts_can_be_looked_up(client: httpx2.AsyncClient) -> None:
    for path in ("category", "category/data-visualization", "software-type/standalone/web"):
        answer = await get(client, f"/vocab/{path}", accept="text/turtle")
        graph = rdflib.Graph().parse(data=answer.content, format="turtle")

        assert (rdflib.URIRef(f"http://samkod.test/vocab/{path}"), None, None) in graph


async def test_unknown_concepts_are_not_found(client: httpx2.AsyncClient) -> None:
    for path in ["colour", "category/colour", "software-type/web/x"]:
        assert (await client.get(f"/vocab/{path}")).status_code == 404, path


async def test_a_strange_host_breaks_no_document(client: httpx2.AsyncClient, id: str) -> None:
    for host in ('"><script>', "a b", "[::1", "[:::::]", "å.example", "h.example:99999"):
        for path in (f"/id/software/{id}.rdf", "/catalog.ttl", "/vocab/role", f"/software/{id}"):
            answer = await client.get(path, headers=[(b"host", host.encode())])
            assert answer.status_code == 200, (host, path)
            assert "<script>" not in answer.text
