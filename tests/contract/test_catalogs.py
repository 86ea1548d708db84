"""/v1/catalogs, its software, and the implicit root."""

from typing import Any

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service

UNKNOWN = "11111111-1111-4111-8111-111111111111"


def body(service: Service, **members: Any) -> dict[str, Any]:
    return {"name": service.name("Region"), "sources": [{"url": service.url()}], **members}


def software(service: Service, **members: Any) -> dict[str, Any]:
    url = service.url()
    return {"url": url, "publiccodeYml": publiccode_yml(url), **members}


def test_a_catalog_is_answered_as_it_is_stored(service: Service) -> None:
    posted = body(
        service,
        alternativeId=service.name("cat"),
        publishersNamespace="urn:x-italian-pa:",
        scopes=["iso3166:IT-25", "m49:150"],
        sources=[
            {"driver": "json", "url": "HTTPS://www.Example.org/list/", "args": ["$.a"]},
            {"url": "https://example.org/other"},
        ],
    )
    created = service.post("/v1/catalogs", posted)

    assert list(created) == [
        "id",
        "name",
        "alternativeId",
        "active",
        "publishersNamespace",
        "scopes",
        "sources",
        "createdAt",
        "updatedAt",
    ]
    assert created["sources"] == [
        {"driver": "json", "url": "https://example.org/list", "args": ["$.a"]},
        {"url": "https://example.org/other"},
    ]
    assert created["createdAt"] == created["updatedAt"]
    assert service.get(f"/v1/catalogs/{created['id']}") == created
    assert service.get(f"/v1/catalogs/{created['alternativeId']}") == created


@pytest.mark.parametrize(
    ("change", "detail", "broken"),
    [
        ({"sources": []}, "sources is required", None),
        ({"sources": None}, "sources is required", None),
        (
            {"name": ""},
            "invalid format: name is required",
            [{"field": "name", "rule": "required", "value": ""}],
        ),
        (
            {"scopes": [""]},
            "invalid format: scopes[0] does not meet its size limits (too short)",
            [{"field": "scopes[0]", "rule": "min", "value": ""}],
        ),
        (
            {"scopes": ["x"] * 21},
            "invalid format: scopes does not meet its size limits (too long)",
            [{"field": "scopes", "rule": "max"}],
        ),
        (
            {"sources": [{"url": "no", "driver": ""}]},
            "invalid format: url is invalid, driver does not meet its size limits (too short)",
            [
                {"field": "url", "rule": "url", "value": "no"},
                {"field": "driver", "rule": "min", "value": ""},
            ],
        ),
        ({"alternativeId": "∅"}, "sources are not allowed on the root catalog", None),
        ({"colour": "blue"}, "unknown field in JSON input", None),
    ],
)
def test_faulty_catalogs_are_refused(
    service: Service, change: dict[str, Any], detail: str, broken: list[dict[str, str]] | None
) -> None:
    response = service.writer.post("/v1/catalogs", json=body(service) | change)

    expected: dict[str, Any] = {"title": "can't create Catalog", "detail": detail, "status": 422}
    assert response.json() == expected | ({"validationErrors": broken} if broken else {})


def test_an_alternative_id_is_taken_once(service: Service) -> None:
    first = service.post("/v1/catalogs", body(service, alternativeId=service.name("cat")))

    for taken in (first["alternativeId"], first["id"]):
        response = service.writer.post("/v1/catalogs", json=body(service, alternativeId=taken))
        assert response.json() == {
            "title": "can't create Catalog",
            "detail": "already exists",
            "status": 409,
        }


def test_a_catalog_is_patched_by_both_kinds_of_patch(service: Service) -> None:
    created = service.post("/v1/catalogs", body(service, scopes=["m49:150"]))
    path = f"/v1/catalogs/{created['id']}"

    merged = service.writer.patch(path, json={"scopes": None, "name": "Renamed"}).json()
    assert (merged["name"], "scopes" in merged) == ("Renamed", False)

    patched = service.writer.patch(
        path,
        json=[
            {"op": "test", "path": "/id", "value": created["id"]},
            {"op": "add", "path": "/sources/-", "value": {"url": "https://example.org/more"}},
        ],
        headers={"Content-Type": "application/json-patch+json"},
    ).json()
    assert len(patched["sources"]) == 2
    response = service.writer.patch(path, json={"sources": []})
    assert response.json() == {
        "title": "can't update Catalog",
        "detail": "sources must not be empty",
        "status": 422,
    }
    assert service.get(path) == patched


def test_a_catalog_in_use_is_not_deleted(service: Service) -> None:
    created = service.post("/v1/catalogs", body(service))
    path = f"/v1/catalogs/{created['id']}"
    held = service.post(f"{path}/software", software(service))

    response = service.writer.delete(path)
    assert response.json() == {
        "title": "can't delete Catalog",
        "detail": "Catalog still has associated publishers or software",
        "status": 409,
    }
    assert service.writer.delete(f"{path}/software/{held['id']}").status_code == 204
    assert service.writer.delete(path).status_code == 204
    assert service.reader.get(path).json() == {
        "title": "can't get Catalog",
        "detail": "Catalog was not found",
        "status": 404,
    }


def test_software_of_a_catalog(service: Service) -> None:
    name = service.name("cantone dei grigioni é")
    catalog = service.post("/v1/catalogs", body(service, alternativeId=name))
    path = f"/v1/catalogs/{name}/software"
    posted = software(service)
    posted["aliases"] = [posted["url"] + ".git"]
    created = service.post(path, posted)

    assert created["catalogId"] == catalog["id"]
    assert service.get(path)["data"] == [created]
    assert service.get(f"{path}?url={posted['url']}.git")["data"] == [created]
    assert service.get(f"{path}?url=https://example.org/none")["data"] == []
    assert service.get(f"{path}/{created['id']}") == created
    response = service.writer.patch(f"{path}/{created['id']}", json={"aliases": None})
    assert response.json()["aliases"] == []
    response = service.writer.post(path, json=posted)
    assert (response.status_code, response.json()["detail"]) == (409, "url already exists")
    response = service.reader.get(f"/v1/catalogs/%E2%88%85/software/{created['id']}")
    assert response.json() == {
        "title": "can't get Software",
        "detail": "Software was not found",
        "status": 404,
    }
    response = service.writer.patch(f"/v1/catalogs/{UNKNOWN}/software/{created['id']}", json={})
    assert (response.status_code, response.json()["detail"]) == (404, "Catalog was not found")


def test_catalogs_may_describe_the_same_software(service: Service) -> None:
    """The reference's addresses are unique across catalogues; ours within each."""
    one, two = (service.post("/v1/catalogs", body(service)) for _ in range(2))
    posted = software(service)
    first = service.post(f"/v1/catalogs/{one['id']}/software", posted)
    second = service.post(f"/v1/catalogs/{two['id']}/software", posted)

    assert first["id"] == second["id"]
    service.writer.delete(f"/v1/catalogs/{one['id']}/software/{first['id']}")
    assert service.get(f"/v1/software/{first['id']}")["catalogId"] == two["id"]


def test_names_are_unescaped_until_they_are_known(service: Service) -> None:
    name = service.name("höhe/über 50%")
    created = service.post("/v1/catalogs", body(service, alternativeId=name))

    twice = "h%25C3%25B6he%252F%25C3%25BCber%252050%2525" + name.removeprefix("höhe/über 50%")
    assert service.get(f"/v1/catalogs/{twice}") == created
    for root in ("%E2%88%85", "%25E2%2588%2585", "∅"):
        assert service.reader.get(f"/v1/catalogs/{root}/software").status_code == 200


def test_the_root_is_hidden_until_it_is_created(service: Service) -> None:
    root = "/v1/catalogs/%E2%88%85"
    created = service.post(f"{root}/software", software(service))
    assert "catalogId" not in created
    assert created["id"] in {
        each["id"] for each in service.get(f"{root}/software?page[size]=100")["data"]
    }
    assert "∅" not in str(service.get("/v1/catalogs?all=true&page[size]=100"))
    for method, path in (
        ("GET", root),
        ("PATCH", root),
        ("DELETE", root),
        ("GET", f"{root}/analysis"),
    ):
        assert service.writer.request(method, path, json={}).status_code == 404, (method, path)

    shown = service.post("/v1/catalogs", {"name": "All the rest", "alternativeId": "∅"})
    assert shown["sources"] == []
    assert service.get(root) == shown
    assert shown in service.get("/v1/catalogs?page[size]=100")["data"]
    again = service.writer.post("/v1/catalogs", json={"name": "x", "alternativeId": "∅"})
    assert (again.status_code, again.json()["detail"]) == (409, "already exists")
    renamed = service.writer.patch(root, json={"alternativeId": "other"})
    assert renamed.json() == {
        "title": "can't update Catalog",
        "detail": "alternativeId on the root catalog cannot be changed",
        "status": 422,
    }
    with_sources = service.writer.patch(root, json={"sources": [{"url": service.url()}]})
    assert with_sources.json()["detail"] == "sources are not allowed on the root catalog"
    assert service.writer.delete(root).status_code == 409
    assert service.writer.patch(f"{root}/analysis", json={"x": {"v": 1}}).status_code == 200


@pytest.mark.parametrize("spelled", ["true", "1", "t", "T", "TRUE", "True", "true?all=true"])
def test_all_is_read_leniently(service: Service, spelled: str) -> None:
    hidden = service.post("/v1/catalogs", body(service, active=False))

    def ids(query: str) -> set[str]:
        found: set[str] = set()
        following = query
        while following:
            page = service.get(f"/v1/catalogs{following}")
            found |= {each["id"] for each in page["data"]}
            following = page["links"]["next"]
        return found

    assert hidden["id"] in ids(f"?all={spelled}&page[size]=100")
    assert hidden["id"] not in ids("?all=yes&page[size]=100")
