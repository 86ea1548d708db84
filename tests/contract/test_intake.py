"""Texts by PUT and as a stream; reports, descriptions and earlier texts; the strict policy."""

import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

import httpx2
import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, running, settings_for

SECONDS_TO_COMMIT = 60
YAML = {"Content-Type": "application/yaml"}
NDJSON = {"Content-Type": "application/x-ndjson"}


def put(service: Service, url: str, text: str | bytes) -> httpx2.Response:
    return service.writer.put(f"/v1/software?url={url}", content=text, headers=YAML)


def ingest(service: Service, *lines: object) -> list[dict[str, Any]]:
    body = b"".join(
        line + b"\n" if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
        for line in lines
    )
    response = service.writer.post("/v1/ingest", content=body, headers=NDJSON)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_text_is_put_under_its_address(service: Service) -> None:
    url = service.url()
    first = put(service, url, publiccode_yml(url))
    assert first.status_code == 200
    created = first.json()
    assert (created["url"], created["publiccodeYml"]) == (url, publiccode_yml(url))

    same = put(service, url, publiccode_yml(url))
    assert same.json() == created, "the same text changes nothing"

    service.writer.patch(f"/v1/software/{created['id']}", json={"aliases": [f"{url}.git"]})
    text = publiccode_yml(url, name="Acqua limpida")
    changed = put(service, f"{url}.git", text).json()
    assert (changed["id"], changed["url"]) == (created["id"], url), "known by its alias"
    assert (changed["publiccodeYml"], changed["aliases"]) == (text, [f"{url}.git"])


@pytest.mark.parametrize(
    ("query", "text", "status", "detail"),
    [
        ("", "name: x", 422, "url is required"),
        ("?url=no", "name: x", 422, "url is invalid"),
        (
            "?url=https://git.example.org/x",
            "",
            400,
            "Send the text of a publiccode.yml as the body of the request.",
        ),
    ],
)
def test_faulty_puts_are_refused(
    service: Service, query: str, text: str, status: int, detail: str
) -> None:
    response = service.writer.put(f"/v1/software{query}", content=text, headers=YAML)
    assert response.json() == {
        "title": "can't update Software",
        "detail": detail,
        "status": status,
    }


def test_report_description_and_versions_are_kept(service: Service) -> None:
    url = service.url()
    good, better = publiccode_yml(url), publiccode_yml(url, name="Acqua limpida")
    created = put(service, url, good).json()
    path = f"/v1/software/{created['id']}"
    put(service, url, better)
    put(service, url, "name: [broken")

    report = service.reader.get(f"{path}/validation", headers={"Accept-Language": "it"})
    assert report.headers["content-language"] == "it"
    assert (report.json()["valid"], report.json()["stale"]) == (False, True)
    (finding,) = report.json()["results"]
    assert finding["type"] == "error"
    english = service.reader.get(f"{path}/validation").json()["results"][0]["description"]
    assert english != finding["description"]

    described = service.reader.get(f"{path}/publiccode")
    assert described.headers["content-type"] == "application/json"
    assert described.json()["name"] == "Acqua limpida", "the last valid text goes on being served"
    yaml = service.reader.get(f"{path}/publiccode", headers={"Accept": "application/yaml"})
    assert yaml.headers["content-type"].startswith("application/yaml")
    assert "name: Acqua limpida\n" in yaml.text

    versions = service.get(f"{path}/versions")["data"]
    assert [(each["number"], each["valid"]) for each in versions] == [
        (1, True),
        (2, True),
        (3, False),
    ]
    assert [each["publiccodeYml"] for each in versions] == [good, better, "name: [broken"]
    assert versions[0]["diff"] is None
    assert "-name: Acqua chiara\n+name: Acqua limpida\n" in versions[1]["diff"]
    one_to_two = service.reader.get(f"{path}/versions?diff=1..2")
    assert one_to_two.headers["content-type"] == "text/x-diff; charset=utf-8"
    assert one_to_two.text == versions[1]["diff"]
    for faulty in ("1..9", "2", "x..y", "0..1"):
        response = service.reader.get(f"{path}/versions?diff={faulty}")
        assert response.status_code == 422, faulty


def test_what_was_never_readable_has_no_description(service: Service) -> None:
    created = put(service, service.url(), b"\xff\xfe not yaml: [").json()

    response = service.reader.get(f"/v1/software/{created['id']}/publiccode")

    assert (response.status_code, response.json()["status"]) == (404, 404)


def test_long_texts_are_compared_in_short_time(service: Service) -> None:
    url = service.url()
    lines = "".join(f"key-{number}: value\n" for number in range(20_000))
    created = put(service, url, "first: 1\n" + lines + "last: 1\n").json()
    put(service, url, "first: 1\n" + lines.replace("key-9: value", "key-9: other") + "last: 1\n")

    response = service.reader.get(f"/v1/software/{created['id']}/versions?diff=1..2")

    assert response.text.splitlines()[2:] == [
        "@@ -11,1 +11,1 @@",
        "-key-9: value",
        "+key-9: other",
    ]


def test_a_stream_of_texts(service: Service) -> None:
    one, two, three = service.url(), service.url(), service.url()
    lines: list[object] = [
        {"url": one, "publiccodeYml": publiccode_yml(one)},
        {"publiccodeYml": publiccode_yml(two)},
        {"sourceId": f"mirror/{two}", "publiccodeYml": publiccode_yml(three)},
        {"url": service.url(), "publiccodeYml": "name: [broken"},
        b"{not json",
        b"",
        {"publiccodeYml": "name: no address\n"},
        {"publiccodeYml": "x", "colour": "blue"},
        {"url": "no", "publiccodeYml": "x"},
        {"publiccodeYml": ""},
        b"[1]",
        {"sourceId": "other", "publiccodeYml": publiccode_yml(one)},
    ]

    first = ingest(service, *lines)

    assert [(each["line"], each["outcome"], each.get("reason")) for each in first] == [
        (1, "created", None),
        (2, "created", None),
        (3, "created", None),
        (4, "created", None),
        (5, "rejected", "malformed-json"),
        (7, "quarantined", "url-missing"),
        (8, "rejected", "unknown field in JSON input"),
        (9, "rejected", "invalid format: url is invalid"),
        (10, "rejected", "invalid format: publiccodeYml is required"),
        (11, "rejected", "malformed-json"),
        (12, "quarantined", "url-taken"),
    ]
    assert [each["valid"] for each in first[:4]] == [True, True, True, False]
    assert first[3]["results"][0]["type"] == "error"
    assert service.get(f"/v1/software/{first[0]['softwareId']}")["url"] == one

    sequence = service.reader.head("/v1/software").headers["samkod-sequence"]
    again = ingest(service, *lines)
    assert [each["outcome"] for each in again[:4]] == ["unchanged"] * 4
    assert service.reader.head("/v1/software").headers["samkod-sequence"] == sequence

    (changed,) = ingest(service, {"url": one, "publiccodeYml": publiccode_yml(one, name="Other")})
    assert (changed["outcome"], changed["softwareId"]) == ("updated", first[0]["softwareId"])


def test_a_line_that_is_too_long_spoils_no_other(module_database_url: str) -> None:
    settings = settings_for(module_database_url, max_body_bytes=100_000, max_file_bytes=50_000)
    with running(settings) as service:
        one, two = (f"https://git.example.org/long-lines/{n}" for n in (1, 2))
        long_file = {"url": one, "publiccodeYml": "#" * 60_000}
        done = ingest(
            service,
            {"url": one, "publiccodeYml": publiccode_yml(one)},
            b"x" * 1_000_000,
            long_file,
            {"url": two, "publiccodeYml": publiccode_yml(two)},
        )
    assert [(each["outcome"], each.get("reason")) for each in done] == [
        ("created", None),
        ("rejected", "too-long"),
        ("rejected", "too-long"),
        ("created", None),
    ]


def test_outcomes_come_while_the_stream_goes_on(service: Service) -> None:
    """What is answered is stored: somebody else can read it before the stream has ended."""
    urls = [service.url() for _ in range(60)]
    seen: list[str] = []

    def lines() -> Iterator[bytes]:
        for number, url in enumerate(urls):
            line = {"url": url, "publiccodeYml": publiccode_yml(url)}
            yield json.dumps(line).encode() + b"\n"
            give_up = monotonic() + SECONDS_TO_COMMIT
            while number == 55 and not seen and monotonic() < give_up:
                found = service.reader.get(f"/v1/software?url={urls[0]}").json()["data"]
                seen.extend(each["url"] for each in found)

    response = service.writer.post("/v1/ingest", content=lines(), headers=NDJSON)

    outcomes = [json.loads(line)["outcome"] for line in response.text.splitlines()]
    assert outcomes == ["created"] * 60
    assert seen == urls[:1]


def test_who_sends_all_before_reading_is_answered_as_well(service: Service) -> None:
    """Neither side waits for the other, although no buffer holds so much."""
    number = 50_000
    answered = ingest(service, *[b"x" * 200] * number)
    assert [each["line"] for each in answered] == list(range(1, number + 1))
    assert {each["outcome"] for each in answered} == {"rejected"}


def test_strictly_only_valid_texts_are_taken(module_database_url: str) -> None:
    with running(settings_for(module_database_url, policy="strict")) as service:
        url = "https://git.example.org/strict/software"
        faulty = {"url": url, "publiccodeYml": "name: x\n"}

        refused = service.writer.post("/v1/software", json=faulty)
        assert refused.status_code == 422
        assert refused.json()["title"] == "can't create Software"
        assert refused.json()["detail"] == "publiccodeYml is not a valid publiccode.yml"
        assert {each["key"] for each in refused.json()["results"]} >= {"url", "legal.license"}
        assert put(service, url, "name: x\n").status_code == 422
        (line,) = ingest(service, faulty)
        assert (line["outcome"], line["reason"], line["valid"]) == ("rejected", "invalid", False)
        assert service.get(f"/v1/software?url={url}&all=true")["data"] == []

        created = service.post("/v1/software", {"url": url, "publiccodeYml": publiccode_yml(url)})
        changed = service.writer.patch(f"/v1/software/{created['id']}", json=faulty)
        assert changed.status_code == 422
        assert service.get(f"/v1/software/{created['id']}") == created


def test_who_asks_too_often_is_told_when_to_come_back(module_database_url: str) -> None:
    with running(settings_for(module_database_url, max_requests=3)) as service:
        first, *others = (service.reader.get("/v1/status") for _ in range(4))
        assert first.headers["x-ratelimit-limit"] == "3"
        assert first.headers["x-ratelimit-remaining"] == "2"
        assert 1 <= int(first.headers["x-ratelimit-reset"]) <= 60
        assert [response.status_code for response in (first, *others)] == [204, 204, 204, 429]
        refused = service.reader.get("/v1/software")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["title"] == "Too Many Requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert service.reader.get("/livez").status_code == 200


def test_version_1_is_taken_only_where_it_is_switched_on(module_database_url: str) -> None:
    url = "https://git.example.org/version/one"
    text = publiccode_yml(url, name="Acqua prima").replace('Version: "0"', 'Version: "1"')
    assert 'publiccodeYmlVersion: "1"' in text
    for major in (0, 1):
        settings = settings_for(module_database_url, publiccode_major=major)
        with running(settings) as service:
            report = service.reader.post("/v1/validate", content=text).json()
            assert report["valid"] is (major == 1), report["results"]
            software_id = put(service, url, text).json()["id"]
            stored = service.get(f"/v1/software/{software_id}/validation")
            assert stored["valid"] is (major == 1)
