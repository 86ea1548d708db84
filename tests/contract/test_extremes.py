"""What no honest client sends, over real HTTP: refused in the API's words, or taken; never a 5xx."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from app.api.security import Sealer
from tests.contract.conftest import KEY, Service, token

TEXT = 'publiccodeYmlVersion: "0.5"\nname: Acqua chiara\n'
JSON_PATCH = {"Content-Type": "application/json-patch+json"}


def _software(service: Service, **more: Any) -> dict[str, Any]:
    return service.post("/v1/software", {"url": service.url(), "publiccodeYml": TEXT, **more})


def _publisher(service: Service, **more: Any) -> dict[str, Any]:
    hosting = [{"url": service.url()}]
    return {"description": service.name("publisher"), "codeHosting": hosting, **more}


def _catalog(service: Service, **more: Any) -> dict[str, Any]:
    return {"name": "Comuni", "sources": [{"url": service.url()}], **more}


def _scattered(length: int) -> str:
    """A text that PostgreSQL cannot make shorter for its index."""
    return "".join(chr(0x4E00 + (n * n * 7919) % 20000) for n in range(length))


def test_a_description_fills_an_index_entry_at_most(service: Service) -> None:
    service.post("/v1/publishers", _publisher(service, description=_scattered(600)))
    refused = service.writer.post(
        "/v1/publishers", json=_publisher(service, description=_scattered(601))
    )
    assert refused.status_code == 422
    assert refused.json()["detail"] == (
        "invalid format: description does not meet its size limits (too long)"
    )


def test_sources_have_up_to_2048_characters(service: Service) -> None:
    address = "https://lists.example.org/"
    longest = address + "x" * (2048 - len(address))
    created = service.post("/v1/catalogs", _catalog(service, sources=[{"url": longest}]))
    assert created["sources"] == [{"url": longest}]
    longer = _catalog(service, sources=[{"url": longest + "x"}])
    assert service.writer.post("/v1/catalogs", json=longer).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/v1/publishers",
            {
                "description": "d",
                "codeHosting": [{"url": f"https://e.org/{n}"} for n in range(40000)],
            },
        ),
        ("/v1/bundles", {"name": "n", "softwareIds": [str(n) for n in range(40000)]}),
        (
            "/v1/software",
            {
                "url": "https://e.org/a",
                "publiccodeYml": TEXT,
                "aliases": [f"https://e.org/{n}" for n in range(40000)],
            },
        ),
    ],
    ids=["codeHosting", "softwareIds", "aliases"],
)
def test_more_items_than_a_statement_takes_are_refused(
    service: Service, path: str, body: dict[str, Any]
) -> None:
    refused = service.writer.post(path, json=body)
    assert refused.status_code == 422
    assert refused.json()["validationErrors"][0]["rule"] == "max"


@pytest.mark.parametrize("depth", [252, 253, 254, 1000])
def test_analysis_is_taken_or_refused_however_deep(service: Service, depth: int) -> None:
    id = _software(service)["id"]
    nested = b"[" * depth + b"]" * depth
    reply = service.writer.patch(
        f"/v1/software/{id}/analysis",
        content=b'{"links": {"v": 1, "found": ' + nested + b"}}",
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert reply.status_code in {200, 422}
    assert service.reader.get(f"/v1/software/{id}/analysis").status_code == 200


def test_patches_are_refused_when_nested_too_deeply(service: Service) -> None:
    deep = b"[" * 1000 + b"]" * 1000
    id = _software(service)["id"]
    operations = b'[{"op": "add", "path": "/x", "value": ' + deep + b"}]"
    refused = service.writer.patch(f"/v1/software/{id}", content=operations, headers=JSON_PATCH)
    assert refused.status_code == 422
    assert refused.json()["detail"] == "patch is nested too deeply"
    publisher = service.post("/v1/publishers", _publisher(service))["id"]
    members = b'{"email": ' + b'{"a": ' * 1000 + b"1" + b"}" * 1001
    refused = service.writer.patch(
        f"/v1/publishers/{publisher}",
        content=members,
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert refused.status_code == 422


def test_json_patch_leaves_a_file_that_is_no_utf8_as_it_is(service: Service) -> None:
    raw = TEXT.encode() + b"# \xff\xfe\n"
    put = service.writer.put("/v1/software", params={"url": service.url()}, content=raw)
    id = put.json()["id"]
    changed = service.writer.patch(
        f"/v1/software/{id}",
        json=[{"op": "replace", "path": "/vitality", "value": "90"}],
        headers=JSON_PATCH,
    )
    assert changed.json()["vitality"] == "90"
    assert len(service.get(f"/v1/software/{id}/versions")["data"]) == 1


@pytest.mark.parametrize("escapes", [1, 2, 3, 1000, 15000])
def test_names_of_catalogs_are_not_unescaped_for_ever(service: Service, escapes: int) -> None:
    for end in ("", "00"):
        reply = service.reader.get("/v1/catalogs/%" + "25" * escapes + end)
        assert reply.status_code == 404
        assert reply.json()["detail"] == "Catalog was not found"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": 5},
        {"sub": {}},
        {"sub": "a\0"},
        {"jti": "a\0"},
        {"catalogs": ["a\0"]},
        {"catalogs": "se"},
        {"scope": ["software:write"]},
        {"exp": 5},
        [],
    ],
    ids=str,
)
def test_claims_that_make_no_sense_are_no_token(service: Service, claims: Any) -> None:
    sealed = Sealer(KEY).seal(claims)
    refused = service.reader.post(
        "/v1/logs", json={"message": "Hello."}, headers={"Authorization": f"Bearer {sealed}"}
    )
    assert refused.status_code == 401
    assert refused.json() == {"title": "token authentication failed", "status": 401}


@pytest.mark.parametrize(
    "moment",
    ["3", "3Z", "2020-1-2T1:2:3Z", "2020-01-02", "2020-13-01T00:00:00Z", "0000-01-01T00:00:00Z"],
)
def test_times_have_one_spelling(service: Service, moment: str) -> None:
    for name in ("from", "to"):
        refused = service.reader.get("/v1/logs", params={name: moment})
        assert refused.status_code == 422
        assert refused.json()["detail"] == "invalid date time format (RFC 3339 needed)"


@pytest.mark.parametrize("size", ["x", "1_0", " 10", "١", "1e2", "1.0", "9" * 5000])
def test_sizes_of_pages_are_integers(service: Service, size: str) -> None:
    refused = service.reader.get("/v1/software", params={"page[size]": size})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "page[size] must be an integer"


@pytest.mark.parametrize(
    "place",
    [
        ["2020-01-01T00:00:00Z", "a\0"],
        ["2020-01-01T00:00:00Z", 5],
        ["3Z", "a"],
        ["2020-01-01T00:00:00Z"],
        {},
        None,
    ],
    ids=str,
)
def test_cursors_that_nobody_gave_out_are_refused(service: Service, place: Any) -> None:
    cursor = base64.b64encode(json.dumps(place).encode()).decode()
    for path in ("software", "publishers", "catalogs", "bundles", "logs"):
        for name in ("page[after]", "page[before]"):
            refused = service.reader.get(f"/v1/{path}", params={name: cursor})
            assert refused.status_code == 422
            assert refused.json()["detail"] == (
                "wrong cursor format in page[after] or page[before]"
            )


def test_catalogs_are_deleted_while_they_are_filled(service: Service) -> None:
    """What comes first counts; the other is told so."""
    for _ in range(8):
        catalog = f"/v1/catalogs/{service.post('/v1/catalogs', _catalog(service))['id']}"
        software = {"url": service.url(), "publiccodeYml": TEXT}
        publisher = _publisher(service)
        with ThreadPoolExecutor(3) as threads:
            deleted = threads.submit(service.writer.delete, catalog)
            filled = [
                threads.submit(service.writer.post, f"{catalog}/software", json=software),
                threads.submit(service.writer.post, f"{catalog}/publishers", json=publisher),
            ]
        created = {each.result().status_code for each in filled}
        if deleted.result().status_code == 204:
            assert created == {404}
        else:
            assert deleted.result().status_code == 409
            assert 200 in created
            assert created <= {200, 404}


def test_an_alternative_id_may_hold_slashes(service: Service) -> None:
    name = service.name("Città/1 ")
    publisher = service.post("/v1/publishers", _publisher(service, alternativeId=name))
    catalog = service.post("/v1/catalogs", _catalog(service, alternativeId=name))
    once = quote(name, safe="")
    twice = quote(once, safe="")
    assert service.get(f"/v1/publishers/{once}") == publisher
    for spelling in (once, twice):
        assert service.get(f"/v1/catalogs/{spelling}") == catalog
        assert service.get(f"/v1/catalogs/{spelling}/software")["data"] == []


def test_messages_are_found_by_the_letters_they_have(service: Service) -> None:
    message = service.name("È 100%_fertig")
    service.post("/v1/logs", {"message": message})
    for part in (message, message.replace("f", "F"), "È 100%_f"):
        found = service.reader.get("/v1/logs", params={"search": part}).json()["data"]
        assert [each["message"] for each in found] == [message]
    unlike = service.reader.get("/v1/logs", params={"search": "È 100__f"})
    assert unlike.json()["data"] == []


def test_a_contract_may_end_whenever_it_likes(service: Service) -> None:
    """What is faulty is stored as well, and no index may stand in its way."""
    end = _scattered(5000)
    text = f"maintenance:\n  type: contract\n  contractors:\n    - name: A\n      until: {end}\n"
    stored = _software(service, publiccodeYml=text)
    assert stored["publiccodeYml"] == text


def test_head_leaves_the_connection_open(service: Service) -> None:
    """For the server, too, it must stay HEAD: else it misses the body that it announced."""
    connection = HTTPConnection(urlsplit(service.address).netloc, timeout=60)
    for method in ("HEAD", "GET", "HEAD", "GET"):
        connection.request(method, "/v1/status" if method == "GET" else "/v1/software")
        socket = connection.sock
        reply = connection.getresponse()
        assert reply.status == (200 if method == "HEAD" else 204)
        assert reply.read() == b""
        assert connection.sock is socket
    connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/software"),
        ("PATCH", "/v1/software/x"),
        ("DELETE", "/v1/software/x"),
        ("PUT", "/v1/software?url=no"),
        ("PATCH", "/v1/software/x/analysis"),
        ("POST", "/v1/software/x/logs"),
        ("POST", "/v1/software/x/webhooks"),
        ("GET", "/v1/software/x/webhooks"),
        ("POST", "/v1/catalogs"),
        ("PATCH", "/v1/catalogs/x"),
        ("DELETE", "/v1/catalogs/x"),
        ("POST", "/v1/catalogs/x/software"),
        ("PATCH", "/v1/catalogs/x/publishers/x"),
        ("DELETE", "/v1/catalogs/x/software/x"),
        ("POST", "/v1/publishers"),
        ("PATCH", "/v1/publishers/x"),
        ("DELETE", "/v1/publishers/x"),
        ("POST", "/v1/bundles"),
        ("PATCH", "/v1/bundles/x"),
        ("POST", "/v1/webhooks/x/deliveries/x/redeliver"),
        ("GET", "/v1/events?type=x"),
        ("GET", "/v1/quarantine"),
    ],
)
def test_what_a_token_may_is_asked_before_anything_else(
    service: Service, method: str, path: str
) -> None:
    """Neither bodies are read nor things looked up for those who may not anyway."""
    powerless = {"Authorization": f"Bearer {token(scopes=['nothing:write'])}"}
    body = None if method in {"GET", "DELETE"} else b"{"
    refused = service.reader.request(method, path, headers=powerless, content=body)
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("token lacks the scope ")
    unknown = service.reader.request(method, path, content=body)
    assert unknown.status_code == 401
