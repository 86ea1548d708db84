"""Peers as resources, harvests on demand, and what their webhooks set off."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.contract.conftest import Service, token

SECRET = "sixteen characters"  # noqa: S105 - of nothing
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def peer(service: Service, **members: Any) -> dict[str, Any]:
    """A peer that nobody harvests."""
    address = f"https://katalog.example.org/{service.name('peer')}"
    return {"kind": "json", "url": address, "enabled": False, **members}


def test_a_peer_comes_changes_and_goes(service: Service) -> None:
    made = service.post("/v1/peers", peer(service, args=["$[*].url"], secret=SECRET, priority=7))

    one = f"/v1/peers/{made['id']}"
    assert service.get(one) == made
    assert (made["name"], made["uri"]) == ("katalog.example.org", made["url"])
    assert (made["trust"], made["priority"], made["hasSecret"]) == ("curated", 7, True)
    assert "secret" not in made
    assert service.get(f"/v1/catalogs/{made['catalogId']}")["name"] == made["name"]

    patch = {"name": "Katalog", "schedule": 120, "secret": ""}
    changed = service.writer.patch(one, json=patch).json()
    assert (changed["name"], changed["schedule"]) == ("Katalog", 120)
    assert (changed["hasSecret"], changed["args"]) == (False, ["$[*].url"])

    assert service.writer.delete(one).status_code == 204
    assert service.writer.get(one).status_code == 404
    assert service.writer.get(f"/v1/catalogs/{made['catalogId']}").status_code == 404


def test_a_source_of_a_catalogue_becomes_a_peer(service: Service) -> None:
    url = f"https://forge.example.org/{service.name('list')}.json"
    source = {"driver": "json", "url": url, "args": ["$..url"]}
    catalog = service.post("/v1/catalogs", {"name": service.name(), "sources": [source]})

    made = service.post("/v1/peers", {"source": {"catalogId": catalog["id"], "url": url}})

    assert (made["kind"], made["url"], made["args"]) == ("json", url, ["$..url"])
    assert made["catalogId"] == catalog["id"]
    other = {"source": {"catalogId": catalog["id"], "url": "https://nobody.example.org"}}
    assert service.writer.post("/v1/peers", json=other).status_code == 422
    nowhere = {"source": {"catalogId": UNKNOWN, "url": url}}
    assert service.writer.post("/v1/peers", json=nowhere).status_code == 404


def test_everybody_sees_whom_we_follow_and_only_the_operator_how(service: Service) -> None:
    made = service.post("/v1/peers", peer(service))
    reader = service.reader

    listed = reader.get("/v1/peers", params={"page[size]": 100}).json()["data"]
    assert {"id": made["id"], "uri": made["uri"]}.items() <= next(
        each for each in listed if each["id"] == made["id"]
    ).items()
    assert all("url" not in each for each in listed)
    for path in (f"/v1/peers/{made['id']}", f"/v1/peers/{made['id']}/runs"):
        assert reader.get(path).status_code == 401
        limited = {"Authorization": f"Bearer {token(scopes=['software:write'])}"}
        assert reader.get(path, headers=limited).status_code == 403


@pytest.mark.parametrize(
    "path", ["/v1/peers", "/v1/peers/{id}", "/v1/peers/{id}/sync", "/v1/blocks"]
)
def test_who_may_write_to_one_catalogue_says_nothing_of_peers(service: Service, path: str) -> None:
    made = service.post("/v1/peers", peer(service))
    limited = {"Authorization": f"Bearer {token(catalogs=[made['catalogId']])}"}
    where = path.format(id=made["id"])
    method, body = {
        "/v1/peers": ("POST", peer(service)),
        "/v1/peers/{id}": ("PATCH", {"url": "https://elsewhere.example.org"}),
        "/v1/peers/{id}/sync": ("POST", {}),
        "/v1/blocks": ("PUT", {"url": "https://git.example.org", "reason": "none"}),
    }[path]

    reply = service.reader.request(method, where, headers=limited, json=body)

    assert reply.status_code == 403, reply.text
    assert reply.json()["type"] == "/docs/problems/catalog-forbidden"


def test_an_endless_address_makes_a_name_that_can_be_looked_up(service: Service) -> None:
    url = f"https://katalog.example.org/{''.join(map(chr, range(0x4E00, 0x4E00 + 2000)))}"

    made = service.post("/v1/peers", peer(service, url=url))

    assert made["url"] == url
    assert len(made["uri"]) == 500
    again = service.writer.post("/v1/peers", json=peer(service, url=url))
    assert again.status_code == 409
    named = service.writer.post("/v1/peers", json=peer(service, uri=url))
    assert named.status_code == 422
    assert service.writer.patch(f"/v1/peers/{made['id']}", json={"live": True}).status_code == 200


def test_the_introduction_names_who_is_followed(service: Service) -> None:
    paused = service.post("/v1/peers", peer(service))
    made = service.post("/v1/peers", peer(service, enabled=True))

    named = service.get("/.well-known/oss-catalog")["peers"]
    assert made["uri"] in named
    assert paused["uri"] not in named


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"kind": None}, "kind"),
        ({"url": "ftp://katalog.example.org/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://who:secret@katalog.example.org/"}, "url"),
        ({"uri": "https://who:secret@katalog.example.org/"}, "uri"),
        ({"schedule": 1}, "schedule"),
        ({"priority": 10**9}, "priority"),
        ({"trust": "blind"}, "trust"),
        ({"name": "a\0b"}, "name"),
        ({"webhookSecret": "x"}, "webhookSecret"),
        ({"webhookSecret": "whsec_" + "A" * 28}, "webhookSecret"),
        ({"webhookSecret": "whsec_it is no Base64, but long enough"}, "webhookSecret"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_what_cannot_be_followed_is_told(
    service: Service, members: dict[str, Any], field: str
) -> None:
    reply = service.writer.post("/v1/peers", json=peer(service, **members))

    assert reply.status_code == 422, reply.text
    assert [rule["field"] for rule in reply.json()["validationErrors"]] == [field]
    assert "who:secret" not in reply.text
    assert reply.json()["type"] == "/docs/problems/invalid-fields"


@pytest.mark.parametrize(
    "path",
    [
        "GET /v1/peers",
        "POST /v1/peers",
        "GET /v1/peers/{id}",
        "PATCH /v1/peers/{id}",
        "DELETE /v1/peers/{id}",
        "POST /v1/peers/{id}/sync",
        "GET /v1/peers/{id}/runs",
        "GET /v1/peers/{id}/runs/{id}",
        "POST /v1/peers/{id}/runs/{id}/confirm",
        "GET /v1/blocks",
        "PUT /v1/blocks",
        "DELETE /v1/blocks?url=https://git.example.org",
        "POST /v1/inbox/webhooks/{id}",
    ],
)
def test_a_parameter_that_nobody_knows_is_told(service: Service, path: str) -> None:
    method, where = path.format(id=UNKNOWN).split()
    body = {
        "/v1/peers": peer(service),
        "/v1/blocks": {"url": "https://git.example.org", "reason": "none"},
    }.get(where, {})
    mistyped = f"{where}{'&' if '?' in where else '?'}recrods=keep"

    reply = service.writer.request(method, mistyped, json=None if method == "GET" else body)

    assert reply.status_code == 422, reply.text
    assert [rule["field"] for rule in reply.json()["validationErrors"]] == ["recrods"]


def test_a_key_of_the_standard_is_long_enough(service: Service) -> None:
    one = f"/v1/peers/{service.post('/v1/peers', peer(service))['id']}"

    def changed(secret: str) -> tuple[int, bool]:
        reply = service.writer.patch(one, json={"webhookSecret": secret})
        return reply.status_code, service.get(one)["hasWebhookSecret"]

    assert changed("whsec_" + "A" * 28) == (422, False)
    assert changed("whsec_" + "A" * 32) == (200, True)
    assert changed("short") == (422, True)
    assert changed("") == (200, False)


def test_the_same_peer_is_followed_once(service: Service) -> None:
    wanted = peer(service)
    service.post("/v1/peers", wanted)

    assert service.writer.post("/v1/peers", json=wanted).status_code == 409


def test_what_a_peer_is_stays(service: Service) -> None:
    one = f"/v1/peers/{service.post('/v1/peers', peer(service))['id']}"

    for patch in (
        {"uri": "https://other.example.org"},
        {"source": {"catalogId": "∅", "url": "https://other.example.org"}},
    ):
        assert service.writer.patch(one, json=patch).status_code == 422


def test_a_harvest_is_lined_up_once(service: Service) -> None:
    one = f"/v1/peers/{service.post('/v1/peers', peer(service))['id']}"

    asked = service.writer.post(f"{one}/sync", json={"mode": "full"})
    again = service.writer.post(f"{one}/sync", json={"mode": "full"})

    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert asked.json() == again.json() == service.get(asked.headers["location"])
    assert service.get(f"{one}/runs")["data"] == [asked.json()]
    assert service.writer.post(f"{one}/sync").json()["mode"] == "incremental"
    assert service.writer.post(f"/v1/peers/{UNKNOWN}/sync").status_code == 404
    assert service.writer.get(f"{one}/runs/{UNKNOWN}").status_code == 404


def told(service: Service, id: str, headers: dict[str, str], body: bytes) -> int:
    """What a stranger is answered who posts this to a peer's inbox."""
    path = f"/v1/inbox/webhooks/{id}"
    return service.reader.post(path, headers=headers, content=body).status_code


def test_a_signed_webhook_lines_up_a_harvest_and_no_other_does(service: Service) -> None:
    made = service.post("/v1/peers", peer(service, webhookSecret=SECRET, enabled=True))
    runs = f"/v1/peers/{made['id']}/runs"
    body = b'{"event":"update","subject":"/software/s1"}'
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    assert told(service, made["id"], {}, body) == 401
    assert told(service, made["id"], {"X-Webhook-Signature": signature}, body + b" ") == 401
    assert told(service, UNKNOWN, {"X-Webhook-Signature": signature}, body) == 404
    assert service.get(runs)["data"] == []
    assert told(service, made["id"], {"X-Webhook-Signature": signature}, body) == 202
    assert [run["state"] for run in service.get(runs)["data"]] == ["queued"]


def test_a_peer_that_shares_no_secret_is_not_listened_to(service: Service) -> None:
    made = service.post("/v1/peers", peer(service))
    signature = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()

    assert told(service, made["id"], {"X-Webhook-Signature": signature}, b"{}") == 401


def test_a_peer_that_is_not_followed_just_now_sets_off_nothing(service: Service) -> None:
    made = service.post("/v1/peers", peer(service, webhookSecret=SECRET, enabled=False))
    signature = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()

    assert told(service, made["id"], {"X-Webhook-Signature": signature}, b"{}") == 202
    assert service.get(f"/v1/peers/{made['id']}/runs")["data"] == []


def test_a_standard_message_is_taken_once_and_in_time(service: Service) -> None:
    made = service.post("/v1/peers", peer(service, webhookSecret=SECRET, enabled=True))
    runs, body, now = f"/v1/peers/{made['id']}/runs", b"{}", datetime.now(UTC)

    def signed(at: datetime) -> dict[str, str]:
        return {
            "webhook-id": "m1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(SECRET.encode()).sign("m1", at, body.decode()),
        }

    assert told(service, made["id"], signed(now - timedelta(minutes=6)), body) == 401
    assert [told(service, made["id"], signed(now), body) for _ in range(2)] == [202, 202]
    assert len(service.get(runs)["data"]) == 1
