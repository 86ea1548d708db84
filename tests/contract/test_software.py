"""/v1/software where it goes beyond what is tested in one process: JSON Patch, pages, races."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, token

JSON_PATCH = {"Content-Type": "application/json-patch+json"}
MANY = 16
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def create(service: Service, **members: Any) -> dict[str, Any]:
    url = service.url()
    body = {"url": url, "aliases": [f"{url}.git"], "publiccodeYml": publiccode_yml(url)}
    return service.post("/v1/software", body | members)


def patch(service: Service, id: str, content: object) -> httpx2.Response:
    return service.writer.patch(f"/v1/software/{id}", json=content, headers=JSON_PATCH)


def test_a_json_patch_is_applied_as_a_whole(service: Service) -> None:
    created = create(service)
    other = service.url()

    response = patch(
        service,
        created["id"],
        [
            {"op": "test", "path": "/createdAt", "value": created["createdAt"]},
            {"op": "add", "path": "/aliases/-", "value": other},
            {"op": "remove", "path": "/aliases/0"},
            {"op": "replace", "path": "/vitality", "value": "90"},
            {"op": "replace", "path": "/active", "value": False},
        ],
    )

    assert response.status_code == 200, response.text
    changed = response.json()
    assert (changed["aliases"], changed["vitality"], changed["active"]) == ([other], "90", False)
    assert changed["updatedAt"] > changed["createdAt"] == created["createdAt"]
    assert service.get(f"/v1/software/{created['id']}") == changed


@pytest.mark.parametrize(
    ("operations", "status", "detail"),
    [
        ([], 422, "patch must contain at least one operation"),
        (
            [{"op": "test", "path": "/active", "value": True}] * 101,
            422,
            "patch must not exceed 100 operations",
        ),
        (
            [{"op": "remove", "path": "/" + "x" * 255}],
            422,
            "path and from must not exceed 255 characters",
        ),
        ({"active": False}, 400, "cannot unmarshal anything but an array of objects"),
        ([1], 400, "cannot unmarshal anything but an array of objects"),
        (
            [{"op": "replace", "path": "/url", "value": "INVALID_URL"}],
            422,
            "invalid format: url is invalid",
        ),
        (
            [{"op": "replace", "path": "/publiccodeYml", "value": ""}],
            422,
            "invalid format: publiccodeYml is required",
        ),
        ([{"op": "add", "path": "/colour", "value": "blue"}], 422, "unknown field in JSON input"),
        ([{"op": "replace", "path": "/id", "value": UNKNOWN}], 422, "cannot be changed"),
        ([{"op": "remove", "path": "/createdAt"}], 422, "cannot be changed"),
        ([{"op": "add", "path": "/catalogId", "value": UNKNOWN}], 422, "cannot be changed"),
        ([{"op": "test", "path": "/active", "value": False}], 422, "is not equal to"),
        ([{"op": "explode", "path": "/active"}], 422, "explode"),
        ([{"op": "replace", "path": "", "value": 5}], 400, "invalid or malformed JSON"),
        (
            [{"op": "copy", "from": "/aliases", "path": "/aliases/-"}] * 100,
            422,
            "patch makes the document too large",
        ),
    ],
)
def test_faulty_json_patches_change_nothing(
    service: Service, operations: object, status: int, detail: str
) -> None:
    created = create(service)

    response = patch(service, created["id"], operations)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "can't update Software"
    assert detail in response.json()["detail"]
    assert len(response.json()["detail"]) <= 300
    assert service.get(f"/v1/software/{created['id']}") == created


def test_a_json_patch_that_is_no_json_cannot_be_unmarshalled(service: Service) -> None:
    created = create(service)
    response = service.writer.patch(
        f"/v1/software/{created['id']}", content=b"[{", headers=JSON_PATCH
    )
    assert response.status_code == 400
    assert "cannot unmarshal" in response.json()["detail"]


def test_what_is_missing_comes_before_what_is_wrong(service: Service) -> None:
    response = patch(service, UNKNOWN, [])
    assert response.json() == {
        "title": "can't update Software",
        "detail": "Software was not found",
        "status": 404,
    }


def test_the_document_examples(service: Service) -> None:
    response = service.writer.post("/v1/software", json={"publiccodeYml": "-"})
    assert response.text == (
        '{"title":"can\'t create Software","detail":"invalid format: url is required",'
        '"status":422,"validationErrors":[{"field":"url","rule":"required","value":""}]}'
    )
    for query, detail in (
        ("page[size]=x", "page[size] must be an integer"),
        ("page%5Bsize%5D=0", "page[size] must be between 1 and 100"),
        ("page[after]=x", "wrong cursor format in page[after] or page[before]"),
        ("from=3", "invalid date time format (RFC 3339 needed)"),
        ("to=2026-01-01T00:00:00+01:00", "invalid date time format (RFC 3339 needed)"),
    ):
        response = service.reader.get(f"/v1/software?{query}")
        assert response.json() == {
            "title": "can't get Software",
            "detail": detail,
            "status": 422,
        }, query


def test_links_echo_the_request(service: Service) -> None:
    start = create(service)["createdAt"]
    made = [create(service) for _ in range(3)]
    query = f"from={start}&page[size]=2&all=true"

    first = service.get(f"/v1/software?{query}")
    assert first["data"] == made[:2]
    assert first["links"]["prev"] is None
    following = first["links"]["next"]
    assert following.startswith("?all=true&from=" + start.replace(":", "%3A") + "&page[after]=")
    assert following.endswith("&page[size]=2")
    second = service.get(f"/v1/software{following}")
    assert (second["data"], second["links"]["next"]) == (made[2:], None)
    assert service.get(f"/v1/software{second['links']['prev']}")["data"] == made[:2]
    assert service.get("/v1/software?page[size]=10000")["links"]["next"] is None


def test_another_spelling_finds_what_is_not_spelled_so(service: Service) -> None:
    without = create(service, aliases=[])
    url = without["url"]
    lookalike = url.removeprefix("https://")

    for spelling in (
        url,
        f"{url}.git",
        f"http://www.{lookalike}/",
        f"https://{lookalike}/tree/main",
    ):
        assert service.get(f"/v1/software?url={spelling}")["data"] == [without], spelling
    assert service.get(f"/v1/software?url={url}-2")["data"] == []


@pytest.mark.parametrize("path", ["/v1/software", "/v1/publishers", "/v1/catalogs", "/v1/bundles"])
def test_nobody_writes_without_a_token(service: Service, path: str) -> None:
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        response = service.reader.request(method, f"{path}/anything", json={})
        assert response.text == '{"title":"token authentication failed","status":401}'
    bearer = {"Authorization": f"bearer {token()}"}
    assert service.reader.post(path, json={}, headers=bearer).status_code == 401


def test_a_limited_token_is_told_what_it_lacks(service: Service) -> None:
    cases: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
        ({"scopes": ["logs:write"]}, "/v1/software", {"url": service.url(), "publiccodeYml": "-"}),
        ({"scopes": ["software:write"]}, "/v1/logs", {"message": "hello"}),
        ({"catalogs": ["se"]}, "/v1/software", {"url": service.url(), "publiccodeYml": "-"}),
        ({"catalogs": ["se"]}, "/v1/bundles", {"name": "x", "softwareIds": [UNKNOWN]}),
    ]
    for limits, path, body in cases:
        bearer = {"Authorization": f"Bearer {token(**limits)}"}
        response = service.reader.post(path, json=body, headers=bearer)
        assert response.status_code == 403, (limits, path)
        assert response.headers["content-type"] == "application/problem+json"


def at_once(service: Service, requests: list[tuple[str, str, dict[str, Any]]]) -> list[int]:
    """The statuses of requests that are sent by as many clients at the same time."""
    headers = {"Authorization": f"Bearer {token()}"}

    def send(request: tuple[str, str, dict[str, Any]]) -> int:
        method, path, body = request
        address = f"{service.address}{path}"
        with httpx2.Client(headers=headers, timeout=120) as client:
            return client.request(method, address, json=body).status_code

    with ThreadPoolExecutor(len(requests)) as pool:
        return sorted(pool.map(send, requests))


def test_of_many_creates_of_one_address_one_wins(service: Service) -> None:
    url = service.url()
    body = {"url": url, "publiccodeYml": publiccode_yml(url)}

    assert at_once(service, [("POST", "/v1/software", body)] * MANY) == [200] + [409] * (MANY - 1)

    assert len(service.get(f"/v1/software?url={url}")["data"]) == 1


def test_of_many_creates_of_one_alternative_id_one_wins(service: Service) -> None:
    alternative_id = service.name("alt")
    bodies = [
        {
            "description": service.name("Comune"),
            "alternativeId": alternative_id,
            "codeHosting": [{"url": service.url()}],
        }
        for _ in range(MANY)
    ]

    statuses = at_once(service, [("POST", "/v1/publishers", body) for body in bodies])

    assert statuses == [200] + [409] * (MANY - 1)


def test_many_components_write_their_analysis_at_once(service: Service) -> None:
    path = f"/v1/software/{create(service)['id']}/analysis"
    namespaces = [f"component-{number}" for number in range(MANY)]

    statuses = at_once(service, [("PATCH", path, {name: {"v": 1}}) for name in namespaces])

    assert statuses == [200] * MANY
    assert service.get(path).keys() == set(namespaces)


def test_concurrent_edits_of_different_members_all_survive(service: Service) -> None:
    created = create(service)
    path = f"/v1/software/{created['id']}"
    edits: list[dict[str, Any]] = [{"active": False}, {"vitality": "90"}, {"aliases": []}]

    assert at_once(service, [("PATCH", path, edit) for edit in edits]) == [200] * len(edits)

    found = service.get(path)
    assert (found["active"], found["vitality"], found["aliases"]) == (False, "90", [])
