"""/v1/publishers and /v1/catalogs/{id}/publishers, as the Open Catalog API has them."""

from typing import Any
from uuid import UUID

import pytest

from tests.contract.conftest import Service

MEMBERS = ["id", "description", "codeHosting", "active", "createdAt", "updatedAt"]
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def body(service: Service, **members: Any) -> dict[str, Any]:
    return {
        "codeHosting": [{"url": service.url()}],
        "description": service.name("Comune"),
        **members,
    }


def test_a_publisher_is_answered_as_it_is_stored(service: Service) -> None:
    posted = body(service)
    created = service.post("/v1/publishers", posted)

    assert list(created) == MEMBERS
    assert UUID(created["id"]).version == 4
    assert created["createdAt"] == created["updatedAt"]
    assert created["active"] is True
    (hosting,) = created["codeHosting"]
    assert list(hosting) == ["url", "group", "createdAt", "updatedAt"]
    assert (hosting["url"], hosting["group"]) == (posted["codeHosting"][0]["url"], True)
    assert service.get(f"/v1/publishers/{created['id']}") == created


def test_a_publisher_is_found_by_its_alternative_id(service: Service) -> None:
    name = service.name("alt")
    created = service.post(
        "/v1/publishers", body(service, alternativeId=name, email=" A@B.Example")
    )

    assert service.get(f"/v1/publishers/{name}") == created
    assert created["email"] == "a@b.example"
    assert list(created) == [
        "id",
        "email",
        "description",
        "codeHosting",
        "active",
        "alternativeId",
        "createdAt",
        "updatedAt",
    ]


@pytest.mark.parametrize(
    ("posted", "detail", "broken"),
    [
        (
            {"codeHosting": [{"url": "a"}], "email": "b"},
            "invalid format: url is invalid, description is required, email is not a valid email",
            [
                {"field": "url", "rule": "http_url", "value": "a"},
                {"field": "description", "rule": "required", "value": ""},
                {"field": "email", "rule": "email", "value": "b"},
            ],
        ),
        (
            {"description": "x"},
            "invalid format: codeHosting is required",
            [{"field": "codeHosting", "rule": "required"}],
        ),
        (
            {"description": "x", "codeHosting": []},
            "invalid format: codeHosting does not meet its size limits (too few items)",
            [{"field": "codeHosting", "rule": "gt"}],
        ),
        (
            {"description": "x", "codeHosting": [{"url": "https://localhost/a"}]},
            "invalid format: url is not a valid public http(s) URL",
            [{"field": "url", "rule": "code_hosting_url", "value": "https://localhost/a"}],
        ),
        (
            {"description": "x", "codeHosting": [{"url": "https://192.0.2.1/a"}], "email": ""},
            "invalid format: url is not a valid public http(s) URL, email is not a valid email",
            [
                {"field": "url", "rule": "code_hosting_url", "value": "https://192.0.2.1/a"},
                {"field": "email", "rule": "email", "value": ""},
            ],
        ),
        (
            {
                "description": "x",
                "codeHosting": [{"url": "https://h.example/a"}],
                "alternativeId": "",
            },
            "invalid format: alternativeId does not meet its size limits (too short)",
            [{"field": "alternativeId", "rule": "min", "value": ""}],
        ),
        (
            {
                "description": "x",
                "codeHosting": [{"url": "https://h.example/a"}],
                "alternativeId": "x" * 256,
            },
            "invalid format: alternativeId does not meet its size limits (too long)",
            [{"field": "alternativeId", "rule": "max", "value": "x" * 255}],
        ),
    ],
)
def test_fields_that_break_rules_are_named(
    service: Service, posted: dict[str, Any], detail: str, broken: list[dict[str, str]]
) -> None:
    response = service.writer.post("/v1/publishers", json=posted)

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "title": "can't create Publisher",
        "detail": detail,
        "status": 422,
        "validationErrors": broken,
    }
    assert list(response.json()) == ["title", "detail", "status", "validationErrors"]


def test_what_is_taken_is_named(service: Service) -> None:
    posted = body(service, alternativeId=service.name("alt"))
    created = service.post("/v1/publishers", posted)

    for change, detail in (
        ({"description": posted["description"]}, "description already exists"),
        ({"alternativeId": posted["alternativeId"]}, "alternativeId already exists"),
        ({"codeHosting": posted["codeHosting"]}, "codeHosting.url already exists"),
        (
            {"alternativeId": created["id"]},
            f"Publisher with id '{created['id']}' already exists",
        ),
    ):
        response = service.writer.post("/v1/publishers", json=body(service, **change))
        assert response.json() == {
            "title": "can't create Publisher",
            "detail": detail,
            "status": 409,
        }
        another = service.post("/v1/publishers", body(service))
        response = service.writer.patch(f"/v1/publishers/{another['id']}", json=change)
        assert response.json() == {
            "title": "can't update Publisher",
            "detail": detail,
            "status": 409,
        }


def test_a_catalog_of_its_own_cannot_be_chosen_in_the_body(service: Service) -> None:
    response = service.writer.post("/v1/publishers", json=body(service, catalogId=UNKNOWN))

    assert response.json() == {
        "title": "can't create Publisher",
        "detail": "unknown field in JSON input",
        "status": 422,
    }


def test_names_of_members_are_read_in_any_case(service: Service) -> None:
    posted = body(service)
    url = service.url()
    created = service.post(
        "/v1/publishers",
        {"DESCRIPTION": posted["description"], "codehosting": [{"URL": url, "Group": False}]},
    )

    assert created["description"] == posted["description"]
    assert (created["codeHosting"][0]["url"], created["codeHosting"][0]["group"]) == (url, False)


def test_a_merge_patch_changes_what_it_names(service: Service) -> None:
    created = service.post(
        "/v1/publishers", body(service, email="a@b.example", alternativeId=service.name())
    )
    path = f"/v1/publishers/{created['alternativeId']}"
    url, other = service.url(), service.url()

    response = service.writer.patch(
        path,
        json={"email": None, "codeHosting": [{"url": url, "group": False}, {"url": other}]},
        headers={"Content-Type": "application/merge-patch+json"},
    )

    assert response.status_code == 200
    changed = response.json()
    assert "email" not in changed
    assert [(each["url"], each["group"]) for each in changed["codeHosting"]] == [
        (url, False),
        (other, True),
    ]
    assert changed["description"] == created["description"]
    assert changed["createdAt"] == created["createdAt"]
    assert changed["updatedAt"] > created["updatedAt"]
    assert service.get(path) == changed


def test_a_patch_that_changes_nothing_moves_no_time(service: Service) -> None:
    created = service.post("/v1/publishers", body(service))
    path = f"/v1/publishers/{created['id']}"

    response = service.writer.patch(path, json={"description": created["description"]})

    assert response.json() == created


@pytest.mark.parametrize(
    ("patch", "detail"),
    [
        (
            {"codeHosting": []},
            "invalid format: codeHosting does not meet its size limits (too few items)",
        ),
        ({"codeHosting": [{"url": "INVALID_URL"}]}, "invalid format: url is invalid"),
        ({"description": None}, "invalid format: description is required"),
        ({"id": UNKNOWN}, "unknown field in JSON input"),
        ({"colour": None}, "unknown field in JSON input"),
    ],
)
def test_a_patch_must_lead_to_a_valid_publisher(
    service: Service, patch: dict[str, Any], detail: str
) -> None:
    created = service.post("/v1/publishers", body(service))

    response = service.writer.patch(f"/v1/publishers/{created['id']}", json=patch)

    assert response.status_code == 422
    assert (response.json()["title"], response.json()["detail"]) == (
        "can't update Publisher",
        detail,
    )
    assert service.get(f"/v1/publishers/{created['id']}") == created


def test_a_missing_publisher_is_a_problem_for_every_method(service: Service) -> None:
    for method, title, sent in (
        ("GET", "can't get Publisher", None),
        ("PATCH", "can't update Publisher", {"colour": "blue"}),
        ("DELETE", "can't delete Publisher", None),
    ):
        response = service.writer.request(method, f"/v1/publishers/{UNKNOWN}", json=sent)
        assert response.json() == {
            "title": title,
            "detail": "Publisher was not found",
            "status": 404,
        }


def test_a_deleted_publisher_is_gone(service: Service) -> None:
    created = service.post("/v1/publishers", body(service))
    path = f"/v1/publishers/{created['id']}"

    response = service.writer.delete(path)

    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    assert service.reader.get(path).status_code == 404


def test_inactive_publishers_are_listed_only_with_all(service: Service) -> None:
    created = service.post("/v1/publishers", body(service, active=False))
    before = f"from={created['createdAt'][:-1]}Z"

    def listed(query: str) -> list[str]:
        found: list[dict[str, Any]] = []
        following = f"?{query}&page[size]=100"
        while following:
            page = service.get(f"/v1/publishers{following}")
            found += page["data"]
            following = page["links"]["next"]
        return [each["id"] for each in found]

    assert created["id"] not in listed("page[size]=1")
    assert created["id"] in listed("all=true")
    assert created["id"] not in listed(f"all=true&{before}"), "`from` is exclusive"
    assert service.get(f"/v1/publishers/{created['id']}")["active"] is False


def test_a_publisher_in_a_catalog_is_not_in_another(service: Service) -> None:
    here, there = (
        service.post(
            "/v1/catalogs",
            {
                "name": service.name(),
                "alternativeId": service.name("cat"),
                "sources": [{"url": service.url()}],
            },
        )
        for _ in range(2)
    )
    path = f"/v1/catalogs/{here['alternativeId']}/publishers"
    created = service.post(path, body(service))

    assert created["catalogId"] == here["id"]
    assert list(created)[:2] == ["id", "catalogId"]
    assert service.get(path)["data"] == [created]
    assert service.get(f"{path}/{created['id']}") == created
    assert service.get(f"/v1/publishers/{created['id']}") == created
    elsewhere = f"/v1/catalogs/{there['id']}/publishers"
    assert service.get(elsewhere)["data"] == []
    for method in ("GET", "PATCH", "DELETE"):
        response = service.writer.request(method, f"{elsewhere}/{created['id']}", json={})
        assert response.status_code == 404, method
        assert response.json()["detail"] == "Publisher was not found"
    response = service.writer.patch(f"{path}/{created['id']}", json={"email": "x@y.example"})
    assert response.json()["email"] == "x@y.example"
    assert service.writer.delete(f"{path}/{created['id']}").status_code == 204
    response = service.writer.post(f"/v1/catalogs/{UNKNOWN}/publishers", json={"colour": "blue"})
    assert response.json()["status"] == 404
