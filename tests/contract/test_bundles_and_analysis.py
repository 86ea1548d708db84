"""Bundles of software, and what components found out about it."""

from typing import Any

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service

UNKNOWN = "11111111-1111-4111-8111-111111111111"


def software(service: Service) -> str:
    url = service.url()
    created = service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})
    return str(created["id"])


def test_a_bundle_is_answered_as_it_is_stored(service: Service) -> None:
    one, two = software(service), software(service)
    posted = {"name": service.name("Suite"), "softwareIds": [two, one, two]}
    created = service.post("/v1/bundles", posted)

    assert list(created) == ["id", "name", "active", "softwareIds", "createdAt", "updatedAt"]
    assert created["softwareIds"] == [two, one], "in the order given, each once"
    assert created["createdAt"] == created["updatedAt"]
    assert service.get(f"/v1/bundles/{created['id']}") == created


@pytest.mark.parametrize(
    ("change", "status", "detail"),
    [
        ({"name": ""}, 422, "invalid format: name is required"),
        ({"name": "x" * 256}, 422, "invalid format: name does not meet its size limits (too long)"),
        (
            {"description": "x" * 1001},
            422,
            "invalid format: description does not meet its size limits (too long)",
        ),
        (
            {"softwareIds": []},
            422,
            "invalid format: softwareIds does not meet its size limits (too few items)",
        ),
        ({"softwareIds": None}, 422, "invalid format: softwareIds is required"),
        ({"softwareIds": [UNKNOWN]}, 422, "one or more softwareIds do not exist"),
        ({"id": UNKNOWN}, 422, "unknown field in JSON input"),
        ({"active": "yes"}, 400, "invalid or malformed JSON"),
    ],
)
def test_faulty_bundles_are_refused(
    service: Service, change: dict[str, Any], status: int, detail: str
) -> None:
    posted = {"name": service.name("Suite"), "softwareIds": [software(service)]}
    response = service.writer.post("/v1/bundles", json=posted | change)
    assert response.json()["title"] == "can't create Bundle"
    assert (response.status_code, response.json()["detail"]) == (status, detail)

    created = service.post("/v1/bundles", posted)
    response = service.writer.patch(f"/v1/bundles/{created['id']}", json=change)
    assert response.json()["title"] == "can't update Bundle"
    assert (response.status_code, response.json()["detail"]) == (status, detail)


def test_a_name_is_taken_once(service: Service) -> None:
    posted = {"name": service.name("Suite"), "softwareIds": [software(service)]}
    service.post("/v1/bundles", posted)

    response = service.writer.post("/v1/bundles", json=posted)

    assert response.json() == {
        "title": "can't create Bundle",
        "detail": "name already exists",
        "status": 409,
    }


def test_a_bundle_loses_the_software_that_is_deleted(service: Service) -> None:
    member = software(service)
    created = service.post("/v1/bundles", {"name": service.name(), "softwareIds": [member]})
    path = f"/v1/bundles/{created['id']}"

    service.writer.delete(f"/v1/software/{member}")

    assert service.get(path)["softwareIds"] == []
    changed = service.writer.patch(path, json={"description": "empty, but it stays"})
    assert changed.status_code == 200
    assert service.writer.patch(path, json={"active": False}).json()["active"] is False
    assert service.writer.delete(path).status_code == 204
    assert service.reader.get(path).json() == {
        "title": "can't get Bundle",
        "detail": "Bundle was not found",
        "status": 404,
    }


def test_deleting_a_bundle_leaves_its_software(service: Service) -> None:
    member = software(service)
    created = service.post("/v1/bundles", {"name": service.name(), "softwareIds": [member]})

    service.writer.delete(f"/v1/bundles/{created['id']}")

    assert service.get(f"/v1/software/{member}")["id"] == member


def test_analysis_is_kept_by_namespace(service: Service) -> None:
    id = software(service)
    before = service.get(f"/v1/software/{id}")
    path = f"/v1/software/{id}/analysis"
    assert service.get(path) == {}

    first = service.writer.patch(path, json={"a": {"v": 1, "x": {"y": 1}}, "b": {"v": 999}}).json()
    second = service.writer.patch(path, json={"a": {"v": 2}}).json()

    assert set(first) == set(second) == {"a", "b"}
    assert second["a"] == {"v": 2, "t": second["a"]["t"]}, "replaced as a whole"
    assert second["b"] == first["b"], "what was not sent stays, its time as well"
    assert first["b"]["t"].endswith("Z")
    assert "." not in first["b"]["t"]
    assert service.get(path) == second
    again = service.writer.patch(path, json={"b": {"v": 999, "t": "ours"}}).json()
    assert again == second, "`t` is the server's, and the same object is no change"
    assert service.writer.patch(path, json={"a": None}).json() == {"b": first["b"]}
    assert service.get(f"/v1/software/{id}") == before, "updatedAt stays, too"


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b'{"x": {}}', "analysis.x: missing required field 'v'"),
        (b'{"x": {"v": "1"}}', "analysis.x: 'v' must be an integer"),
        (b'{"x": {"v": true}}', "analysis.x: 'v' must be an integer"),
        (b'{"x": {"v": 1000}}', "analysis.x: 'v' must be between 1 and 999"),
        (b'{"x": {"v": 0}}', "analysis.x: 'v' must be between 1 and 999"),
        (b'{"x": 5}', "analysis.x: must be a JSON object"),
        (
            b'{"x": {"v": 1, "deep": ' + b"[" * 500 + b"]" * 500 + b"}}",
            "analysis.x: is nested too deeply",
        ),
        (b"{", "invalid or malformed JSON"),
        (b"[]", "invalid or malformed JSON"),
    ],
)
def test_faulty_analysis_is_refused(service: Service, sent: bytes, detail: str) -> None:
    response = service.writer.patch(
        f"/v1/software/{software(service)}/analysis",
        content=sent,
        headers={"Content-Type": "application/merge-patch+json"},
    )

    assert response.json() == {"title": "can't update Software", "detail": detail, "status": 422}


def test_analysis_of_catalogs(service: Service) -> None:
    created = service.post(
        "/v1/catalogs", {"name": service.name(), "sources": [{"url": service.url()}]}
    )
    path = f"/v1/catalogs/{created['id']}/analysis"

    found = service.writer.patch(path, json={"coverage": {"v": 1, "share": 0.5}}).json()

    assert found["coverage"]["share"] == 0.5
    assert service.get(path) == found
    for missing in (f"/v1/catalogs/{UNKNOWN}/analysis", f"/v1/software/{UNKNOWN}/analysis"):
        assert service.writer.patch(missing, json={}).status_code == 404
        assert service.reader.get(missing).status_code == 404
