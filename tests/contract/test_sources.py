"""Where software comes from, and what people decide about it, over HTTP."""

import json
from functools import reduce
from typing import Any

import httpx2
import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, token


def two_sources(service: Service) -> tuple[str, str, str]:
    """The ids of a software that two catalogues have, and of its records there."""
    url = service.url()
    catalog = service.post(
        "/v1/catalogs",
        {"name": service.name("catalogue"), "sources": [{"url": "https://git.example.org/all"}]},
    )["id"]
    created = service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})
    text = publiccode_yml(url, name="Acqua limpida")
    service.post(f"/v1/catalogs/{catalog}/software", {"url": f"{url}.git", "publiccodeYml": text})
    ours, theirs = sources(service, created["id"])["sources"]
    if "catalogId" in ours:
        ours, theirs = theirs, ours
    assert theirs["catalogId"] == catalog
    return created["id"], ours["id"], theirs["id"]


def sources(service: Service, id: str) -> dict[str, Any]:
    response = service.reader.get(f"/v1/software/{id}/sources")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def override(service: Service, id: str, path: str, **body: object) -> httpx2.Response:
    return service.writer.put(f"/v1/software/{id}/overrides/{path}", json=body)


def test_sources_say_who_is_heard_and_why(service: Service) -> None:
    id, ours, theirs = two_sources(service)

    found = sources(service, id)

    assert [each["precedence"] for each in found["sources"]] == [1, 2]
    first, second = found["sources"]
    assert {first["id"], second["id"]} == {ours, theirs}
    assert (first["behind"], second["behind"]) == (None, "modified")
    assert (first["authority"], first["state"], first["origin"]) == ("own", "active", None)
    assert found["fields"]["legal"] == [first["id"]]
    assert found["fields"]["description"] == [first["id"]]
    assert [sorted(ids) for ids in found["unitedBy"].values()] == [sorted([ours, theirs])]
    assert found["overrides"] == []


def test_old_ids_lead_on_and_what_is_gone_has_a_tombstone(service: Service) -> None:
    one, other = service.url(), service.url()
    older = service.post("/v1/software", {"url": one, "publiccodeYml": "-"})["id"]
    newer = service.post("/v1/software", {"url": other, "publiccodeYml": "-"})["id"]

    patched = service.writer.patch(f"/v1/software/{newer}", json={"aliases": [f"{one}.git"]})

    assert patched.json()["id"] == older
    assert service.get(f"/v1/software/{newer}")["id"] == older
    assert sources(service, newer) == sources(service, older)
    assert len(sources(service, older)["sources"]) == 2
    moved = service.reader.get(f"/id/software/{newer}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"][-36:]) == (308, older)

    assert service.writer.delete(f"/v1/software/{newer}").status_code == 204
    gone = service.reader.get(f"/v1/software/{older}/sources")
    assert gone.status_code == 410
    assert gone.json()["tombstone"]["reason"] == "deleted"
    assert service.reader.get(f"/v1/software/{older}").status_code == 404
    assert service.reader.get("/v1/software/nobody/sources").status_code == 404


def test_records_are_set_apart_and_rejoined(service: Service) -> None:
    id, _, theirs = two_sources(service)

    split = service.writer.post(f"/v1/software/{id}/split", json={"records": [theirs]})

    assert split.status_code == 200
    (apart,) = split.json()["data"]
    assert apart["id"] != id
    assert [each["id"] for each in sources(service, apart["id"])["sources"]] == [theirs]

    again = service.writer.post(f"/v1/software/{apart['id']}/split", json={"records": [theirs]})
    assert again.status_code == 422
    assert service.writer.delete(f"/v1/software/{apart['id']}/split").status_code == 204
    assert len(sources(service, id)["sources"]) == 2
    assert service.writer.delete(f"/v1/software/{id}/split").status_code == 204


def test_a_field_is_overridden_until_that_is_taken_back(service: Service) -> None:
    id, _, _ = two_sources(service)
    name = service.name("Acqua")
    until = "2999-01-01T00:00:00Z"

    put = override(service, id, "name", value=name, reason="so it is called", until=until)

    assert put.status_code == 200, put.text
    assert put.json() | {"at": ""} == {
        "path": "name", "value": name, "author": "tests", "reason": "so it is called",
        "until": until, "at": "",
    }  # fmt: skip
    assert sources(service, id)["overrides"] == [put.json()]
    found = service.get(f"/v1/search?q={name}")["data"]
    assert [each["name"] for each in found] == [name]

    assert service.writer.delete(f"/v1/software/{id}/overrides/name").status_code == 204
    assert service.get(f"/v1/search?q={name}")["data"] == []
    assert service.writer.delete(f"/v1/software/{id}/overrides/name").status_code == 404


def nested(times: int) -> list[Any]:
    return reduce(lambda inner, _: [inner], range(times), list[Any]())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("legal.license", {"value": "EUPL-1.2"}, 422),
        ("legal.license", {"value": "EUPL-1.2", "reason": ""}, 422),
        ("legal.license", {"value": "EUPL-1.2", "reason": "x", "by": "me"}, 422),
        ("legal.license", {"value": "EUPL-1.2", "reason": "x", "until": "tomorrow"}, 422),
        ("legal.license", {"value": "EUPL-1.2", "reason": "x", "until": 5}, 422),
        (
            "legal.license",
            {"value": "EUPL-1.2", "reason": "x", "until": "2020-06-30T00:00:00Z"},
            422,
        ),
        ("legal.license", {"value": "no licence", "reason": "x"}, 422),
        ("url", {"value": "https://git.example.org/other", "reason": "x"}, 422),
        ("%00", {"value": "x", "reason": "x"}, 422),
        ("legal.license%00", {"value": "x", "reason": "x"}, 422),
        ("name", {"value": "x\0y", "reason": "x"}, 200),
        ("name", {"value": "x", "reason": "x\0y"}, 422),
        ("name", [], 400),
        ("name", {"value": nested(90), "reason": "x"}, 422),
        ("name", {"value": nested(300), "reason": "x"}, 422),
        ("dependsOn.open", {"value": [{"name": nested(600)}], "reason": "x"}, 422),
    ],
)
def test_faulty_overrides_are_refused(
    service: Service, path: str, body: object, status: int
) -> None:
    url = service.url()
    id = service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})["id"]

    response = service.writer.put(f"/v1/software/{id}/overrides/{path}", json=body)

    assert response.status_code == status, response.text


def test_whoever_may_not_write_everywhere_decides_nothing(service: Service) -> None:
    id, ours, _ = two_sources(service)
    for limited, detail in (
        (token(scopes=["software:write"]), "admin"),
        (token(catalogs=["∅"]), "catalog"),
    ):
        headers = {"Authorization": f"Bearer {limited}"}
        for method, path, body in (
            ("POST", "split", {"records": [ours]}),
            ("DELETE", "split", None),
            ("PUT", "overrides/name", {"value": "x", "reason": "x"}),
            ("DELETE", "overrides/name", None),
        ):
            refused = service.reader.request(
                method, f"/v1/software/{id}/{path}", json=body, headers=headers
            )
            assert refused.status_code == 403, (refused.text, method)
            assert detail in refused.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "sources"),
        ("GET", "draft"),
        ("POST", "split"),
        ("DELETE", "split"),
        ("PUT", "overrides/name"),
        ("DELETE", "overrides/name"),
    ],
)
def test_parameters_that_mean_nothing_are_slips(service: Service, method: str, path: str) -> None:
    id, _, theirs = two_sources(service)
    body = {"records": [theirs]} if path == "split" else {"value": "Acqua", "reason": "x"}
    content = json.dumps(body) if method in ("POST", "PUT") else None

    refused = service.writer.request(
        method,
        f"/v1/software/{id}/{path}?lang=sv",
        content=content,
        headers={"Content-Type": "application/json"},
    )

    assert refused.status_code == 422, refused.text
    assert refused.json()["type"].endswith("/invalid-parameters")
