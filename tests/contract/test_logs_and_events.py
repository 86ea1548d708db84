"""Logs, which anybody reads, and events, which only operators read."""

from typing import Any

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service

UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def software(service: Service) -> dict[str, Any]:
    url = service.url()
    return service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})


@pytest.fixture
def catalog(service: Service) -> dict[str, Any]:
    return service.post(
        "/v1/catalogs", {"name": service.name("Region"), "sources": [{"url": service.url()}]}
    )


def test_a_message_is_answered_as_it_is_stored(service: Service) -> None:
    created = service.post("/v1/logs", {"message": "two\nlines, and " + "long " * 1000})

    assert list(created) == ["id", "message", "createdAt", "updatedAt"]
    assert service.get(f"/v1/logs/{created['id']}") == created


def test_messages_are_about_things(
    service: Service, software: dict[str, Any], catalog: dict[str, Any]
) -> None:
    in_catalog = service.post(
        f"/v1/catalogs/{catalog['id']}/software",
        {"url": software["url"], "publiccodeYml": software["publiccodeYml"]},
    )
    one = f"/v1/software/{software['id']}/logs"
    whole = f"/v1/catalogs/{catalog['id']}/logs"
    within = f"/v1/catalogs/{catalog['id']}/software/{in_catalog['id']}/logs"
    for path, entity in (
        (one, f"/software/{software['id']}"),
        (whole, f"/catalogs/{catalog['id']}"),
        (within, f"/software/{software['id']}"),
    ):
        created = service.post(path, {"message": service.name("message")})
        assert created["entity"] == entity
        assert list(created)[-1] == "entity"
        assert created in service.get(path)["data"]
    assert len(service.get(one)["data"]) == 2, "newest first"
    times = [each["createdAt"] for each in service.get(one)["data"]]
    assert times == sorted(times, reverse=True)
    root = service.post("/v1/catalogs/%E2%88%85/logs", {"message": "about the root"})
    assert root["entity"].startswith("/catalogs/")


@pytest.mark.parametrize(
    ("posted", "status", "detail"),
    [
        ({}, 422, "invalid format: message is required"),
        ({"message": ""}, 422, "invalid format: message is required"),
        (
            {"message": "x"},
            422,
            "invalid format: message does not meet its size limits (too few items)",
        ),
        ({"message": "ok", "colour": "blue"}, 422, "unknown field in JSON input"),
        ({"message": 5}, 400, "invalid or malformed JSON"),
        ([], 400, "invalid or malformed JSON"),
    ],
)
def test_faulty_messages_are_refused(
    service: Service, posted: object, status: int, detail: str
) -> None:
    response = service.writer.post("/v1/logs", json=posted)

    assert (response.status_code, response.json()["detail"]) == (status, detail)
    assert response.json()["title"] == "can't create Log"


def test_messages_about_nothing_known_are_refused_first(service: Service) -> None:
    for path, detail in (
        (f"/v1/software/{UNKNOWN}/logs", "Software was not found"),
        (f"/v1/catalogs/{UNKNOWN}/logs", "Catalog was not found"),
        (f"/v1/catalogs/%E2%88%85/software/{UNKNOWN}/logs", "Software was not found"),
    ):
        response = service.writer.post(path, json={"colour": "blue"})
        assert response.json() == {"title": "can't create Log", "detail": detail, "status": 404}
        response = service.reader.get(path)
        kind = detail.partition(" ")[0]
        assert response.json() == {"title": f"can't get {kind}", "detail": detail, "status": 404}


def test_filters_combine(service: Service) -> None:
    word = service.name("needle")
    first, _second, third = (
        service.post("/v1/logs", {"message": message})
        for message in (f"BAD {word}", f"good {word}", f"bad {word} 100%_")
    )

    def found(query: str) -> list[str]:
        return [each["id"] for each in service.get(f"/v1/logs?{query}")["data"]]

    assert found(f"search=bad {word}") == [third["id"], first["id"]]
    assert found(f"search=bad {word}&from={first['createdAt']}") == [third["id"]]
    assert found(f"search=bad {word}&to={third['createdAt']}") == [first["id"]]
    assert found(f"filter=bad {word}") == []
    assert found(f"filter=BAD {word}") == [first["id"]]
    assert found(f"search={word}%20100%25_") == [third["id"]]
    page = service.get(f"/v1/logs/?search={word}&page[size]=1")
    assert page["links"]["prev"] is None
    following = service.get(f"/v1/logs{page['links']['next']}")
    assert (following["data"][0]["message"], page["data"][0]["id"]) == (
        f"good {word}",
        third["id"],
    )
    assert service.get(f"/v1/logs{following['links']['prev']}")["data"] == page["data"]


def test_a_message_is_changed_and_deleted(service: Service) -> None:
    created = service.post("/v1/logs", {"message": "before"})
    path = f"/v1/logs/{created['id']}"

    changed = service.writer.patch(path, json={"message": "after"}).json()
    assert (changed["message"], changed["createdAt"]) == ("after", created["createdAt"])
    assert changed["updatedAt"] > created["updatedAt"]
    assert service.writer.delete(path).status_code == 204
    assert service.reader.get(path).json() == {
        "title": "can't get Log",
        "detail": "Log was not found",
        "status": 404,
    }
    assert service.reader.get("/v1/logs/eea19c82").json() == {
        "title": "Not Found",
        "detail": "Cannot GET /v1/logs/eea19c82",
        "status": 404,
    }
    response = service.writer.patch(f"/v1/logs/{UNKNOWN}", json={"colour": "blue"})
    assert response.status_code == 422, "the body is looked at first"


def test_events_need_a_token(service: Service) -> None:
    for path in ("/v1/events", f"/v1/events/{UNKNOWN}"):
        response = service.reader.get(path)
        assert response.json() == {"title": "token authentication failed", "status": 401}


def test_events_tell_who_did_what(service: Service, software: dict[str, Any]) -> None:
    path = f"/v1/software/{software['id']}"
    service.writer.patch(path, json={"vitality": "90"})
    service.writer.delete(path)

    events = service.get(f"/v1/events?entityId={software['id']}")["data"]

    assert [event["type"] for event in events] == ["delete", "update", "create"]
    assert list(events[0]) == [
        "id",
        "type",
        "entityType",
        "entityId",
        "actor",
        "createdAt",
        "updatedAt",
    ]
    assert {(event["entityType"], event["actor"]) for event in events} == {("software", "tests")}
    assert service.get(f"/v1/events/{events[0]['id']}") == events[0]
    same = f"/v1/events?entityId={software['id']}&entityType=software&actor=tests"
    assert service.get(f"{same}&type=update")["data"] == events[1:2]
    assert service.get(f"{same}&type=&from={events[2]['createdAt']}")["data"] == events[:2]
    assert service.get(f"{same}&actor=nobody")["data"] == []


def test_events_of_all_kinds_are_kept(
    service: Service, software: dict[str, Any], catalog: dict[str, Any]
) -> None:
    publisher = service.post(
        "/v1/publishers",
        {"description": service.name(), "codeHosting": [{"url": service.url()}]},
    )
    bundle = service.post("/v1/bundles", {"name": service.name(), "softwareIds": [software["id"]]})
    for kind, thing in (("catalogs", catalog), ("publishers", publisher), ("bundles", bundle)):
        (event,) = service.get(f"/v1/events?entityId={thing['id']}")["data"]
        assert (event["entityType"], event["type"]) == (kind, "create")


def test_an_unknown_type_of_event_is_refused(service: Service) -> None:
    response = service.writer.get("/v1/events?type=explode")
    assert response.json() == {
        "title": "can't get Events",
        "detail": "type must be one of create, update, delete",
        "status": 422,
    }
    response = service.writer.get(f"/v1/events/{UNKNOWN}")
    assert response.json() == {
        "title": "can't get Event",
        "detail": "Event was not found",
        "status": 404,
    }
