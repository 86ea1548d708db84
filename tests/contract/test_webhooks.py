"""Subscriptions as resources; how they are delivered to is tested elsewhere."""

from typing import Any

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service

SECRET = "x" * 16
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def hook(service: Service, **members: Any) -> dict[str, Any]:
    return {"url": f"https://site.example.org/{service.name('hook')}", **members}


@pytest.fixture
def entities(service: Service) -> dict[str, dict[str, Any]]:
    """`{kind: thing}`, one of each kind that can be subscribed to."""
    url = service.url()
    return {
        "software": service.post(
            "/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)}
        ),
        "publishers": service.post(
            "/v1/publishers",
            {
                "description": service.name(),
                "alternativeId": service.name("alt"),
                "codeHosting": [{"url": service.url()}],
            },
        ),
    }


@pytest.mark.parametrize("kind", ["software", "publishers"])
def test_subscriptions_to_a_kind_and_to_one_of_it(
    service: Service, entities: dict[str, dict[str, Any]], kind: str
) -> None:
    of_one = f"/v1/{kind}/{entities[kind]['id']}/webhooks"
    general = service.post(f"/v1/{kind}/webhooks", hook(service, secret=SECRET))
    single = service.post(of_one, hook(service, format="standard-webhooks"))

    assert list(general) == ["id", "url", "format", "createdAt", "updatedAt"]
    assert (general["format"], single["format"]) == ("default", "standard-webhooks")
    listed = service.get(f"/v1/{kind}/webhooks?page[size]=100")["data"]
    assert general in listed
    assert single in listed, "those of a single thing are listed, too"
    assert service.get(of_one)["data"] == [single]
    assert service.get(f"/v1/webhooks/{single['id']}") == single


def test_reading_needs_a_token(service: Service, entities: dict[str, dict[str, Any]]) -> None:
    created = service.post("/v1/software/webhooks", hook(service))
    for path in (
        "/v1/software/webhooks",
        "/v1/publishers/webhooks",
        f"/v1/software/{entities['software']['id']}/webhooks",
        f"/v1/webhooks/{created['id']}",
    ):
        response = service.reader.get(path)
        assert response.json() == {"title": "token authentication failed", "status": 401}


def test_what_is_not_there_is_not_subscribed_to(
    service: Service, entities: dict[str, dict[str, Any]]
) -> None:
    """By its id only: an alternativeId could become another's."""
    for kind, id in (
        ("software", UNKNOWN),
        ("publishers", UNKNOWN),
        ("publishers", entities["publishers"]["alternativeId"]),
    ):
        for method in ("GET", "POST"):
            response = service.writer.request(
                method, f"/v1/{kind}/{id}/webhooks", json=hook(service)
            )
            assert response.json() == {
                "title": "can't find resource",
                "detail": "resource was not found",
                "status": 404,
            }


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        ({"url": ""}, "required", "url"),
        ({"url": "no"}, "url", "url"),
        ({"url": "ftp://example.org/x"}, "webhook_url", "url"),
        ({"url": "http://localhost/x"}, "webhook_url", "url"),
        ({"url": "http://intranet/x"}, "webhook_url", "url"),
        ({"url": "http://127.0.0.1:8000/x"}, "webhook_url", "url"),
        ({"url": "http://[::1]/x"}, "webhook_url", "url"),
        ({"url": "http://169.254.169.254/latest"}, "webhook_url", "url"),
        ({"secret": "fifteen letters"}, "min", "secret"),
        ({"secret": "x" * 257}, "max", "secret"),
        ({"format": "carrier-pigeon"}, "oneof", "format"),
    ],
)
def test_faulty_subscriptions_are_refused(
    service: Service, change: dict[str, str], rule: str, field: str
) -> None:
    response = service.writer.post("/v1/software/webhooks", json=hook(service) | change)

    assert response.status_code == 422
    assert response.json()["title"] == "can't create Webhook"
    (broken,) = response.json()["validationErrors"]
    assert (broken["field"], broken["rule"]) == (field, rule)


def test_the_same_subscription_is_refused(service: Service) -> None:
    posted = hook(service)
    service.post("/v1/software/webhooks", posted)
    service.post("/v1/publishers/webhooks", posted)

    response = service.writer.post("/v1/software/webhooks", json=posted)

    assert response.status_code == 409


def test_a_subscription_is_changed_and_deleted(service: Service) -> None:
    created = service.post("/v1/software/webhooks", hook(service, format="github"))
    path = f"/v1/webhooks/{created['id']}"
    moved = hook(service, secret=SECRET.upper())

    changed = service.writer.patch(path, json=moved).json()
    assert (changed["url"], changed["format"]) == (moved["url"], "github")
    assert service.writer.patch(path, json={"format": "default"}).status_code == 422
    assert service.writer.delete(path).status_code == 204
    assert service.writer.get(path).json() == {
        "title": "can't get Webhook",
        "detail": "Webhook was not found",
        "status": 404,
    }
    assert service.writer.get("/v1/webhooks/b1").json() == {
        "title": "Not Found",
        "detail": "Cannot GET /v1/webhooks/b1",
        "status": 404,
    }


def test_a_github_token_goes_nowhere_else(service: Service) -> None:
    """It is sent as it is: who may redirect it, or make one of a signing key, could read it."""
    for format in ("github", "default"):
        created = service.post(
            "/v1/publishers/webhooks", hook(service, format=format, secret=SECRET)
        )
        path = f"/v1/webhooks/{created['id']}"
        moved = hook(service, format="github")
        refused = service.writer.patch(path, json=moved)
        assert refused.status_code == 422
        assert refused.json() == {
            "title": "can't update Webhook",
            "detail": "invalid format: secret is required",
            "status": 422,
            "validationErrors": [{"field": "secret", "rule": "required", "value": ""}],
        }
        assert service.get(path) == created
        told_anew = service.writer.patch(path, json={**moved, "secret": SECRET})
        assert told_anew.status_code == 200
        assert service.writer.patch(path, json=moved).status_code == 200


def test_webhooks_is_a_reserved_id(service: Service) -> None:
    assert service.writer.get("/v1/software/webhooks/").json()["links"]["prev"] is None
    assert service.writer.patch("/v1/software/webhooks", json={}).status_code == 404


def test_a_filter_is_a_search(service: Service) -> None:
    posted = hook(service, filter="?q=anm%C3%A4la&category=crm&sort=name&page[size]=5")
    created = service.post("/v1/software/webhooks", posted)
    path = f"/v1/webhooks/{created['id']}"
    assert created["filter"] == "q=anm%C3%A4la&category=crm"
    assert service.get(path) == created

    url = {"url": posted["url"]}
    kept = service.writer.patch(path, json={**url, "format": "default"}).json()
    assert kept["filter"] == created["filter"]
    changed = service.writer.patch(path, json={**url, "filter": "category=it-security"}).json()
    assert changed["filter"] == "category=it-security"
    assert "filter" not in service.writer.patch(path, json={**url, "filter": ""}).json()


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        ("colour=blue", "filter.colour"),
        ("valid=maybe&q=x", "filter.valid"),
        ("updatedFrom=soon", "filter.updatedFrom"),
        ("&".join(["category=x"] * 60), "filter.category"),
        ("&".join(["category=x"] * 201), "filter"),
        ("q=" + "x" * 1001, "filter.q"),
        ("q=" + "x" * 5000, "filter"),
        ("q=\0", "filter"),
    ],
)
def test_a_filter_that_is_no_search_is_refused(service: Service, filter: str, field: str) -> None:
    reply = service.writer.post("/v1/software/webhooks", json=hook(service, filter=filter))

    assert reply.status_code == 422
    (broken,) = reply.json()["validationErrors"]
    assert broken["field"] == field


@pytest.mark.parametrize("filter", ["q=%00", "category=%00&category=%ff", "=", "?", "&&q", "%%%=1"])
def test_odd_filters_are_taken_or_refused(service: Service, filter: str) -> None:
    reply = service.writer.post("/v1/software/webhooks", json=hook(service, filter=filter))

    assert reply.status_code in {200, 422}


def test_publishers_cannot_be_searched(service: Service) -> None:
    refused = service.writer.post("/v1/publishers/webhooks", json=hook(service, filter="q=x"))
    assert refused.status_code == 422
    assert refused.json() == {
        "title": "can't create Webhook",
        "detail": "filter is for webhooks of software only",
        "status": 422,
    }
    created = service.post("/v1/publishers/webhooks", hook(service))
    changed = service.writer.patch(
        f"/v1/webhooks/{created['id']}", json=hook(service, filter="q=x")
    )
    assert changed.status_code == 422
