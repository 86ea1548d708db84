"""/v1/software, as clients of the Open Catalog API use it."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest

from app.pagination import parse_rfc3339
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/valchiara/acqua-chiara"
UNKNOWN = "/v1/software/11111111-1111-4111-8111-111111111111"
MEMBERS = ["id", "url", "aliases", "publiccodeYml", "active", "vitality", "createdAt", "updatedAt"]


async def create(writer: httpx2.AsyncClient, url: str = URL, **members: Any) -> dict[str, Any]:
    body = {"url": url, "publiccodeYml": publiccode_yml(url)} | members
    response = await writer.post("/v1/software", json=body)
    assert response.status_code == 200, response.text
    created: dict[str, Any] = response.json()
    return created


async def test_a_new_software_is_answered_as_it_is_stored(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, aliases=[f"{URL}.git"], vitality="90,85")

    assert list(created) == MEMBERS
    assert UUID(created["id"]).version == 4
    assert created["url"] == URL
    assert created["aliases"] == [f"{URL}.git"]
    assert created["publiccodeYml"] == publiccode_yml(URL)
    assert created["active"] is True
    assert created["vitality"] == "90,85"
    assert created["createdAt"] == created["updatedAt"]
    parse_rfc3339(created["createdAt"])

    response = await writer.get(f"/v1/software/{created['id']}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == created


async def test_addresses_are_normalised(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, "HTTPS://www.Git.Example.org:443/a/B/")

    assert created["url"] == "https://git.example.org/a/B"


async def test_aliases_may_be_null(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, aliases=None, active=None, vitality=None)

    assert (created["aliases"], created["active"], created["vitality"]) == ([], True, None)


async def test_an_invalid_file_is_stored(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, publiccodeYml="name: [unfinished")

    assert created["publiccodeYml"] == "name: [unfinished"


async def test_an_address_can_be_taken_only_once(writer: httpx2.AsyncClient) -> None:
    await create(writer, aliases=["https://git.example.org/alias"])

    for url in (URL, "https://git.example.org/alias"):
        response = await writer.post("/v1/software", json={"url": url, "publiccodeYml": "-"})
        assert response.status_code == 409
        assert response.json() == {
            "title": "can't create Software",
            "detail": "url already exists",
            "status": 409,
        }


async def test_endless_aliases_are_refused(writer: httpx2.AsyncClient) -> None:
    """PostgreSQL takes 32,767 arguments."""
    aliases = [f"https://git.example.org/{number}" for number in range(40_000)]

    response = await writer.post(
        "/v1/software", json={"url": URL, "aliases": aliases, "publiccodeYml": "-"}
    )

    assert response.status_code == 422
    assert response.json()["validationErrors"] == [{"field": "aliases", "rule": "max"}]


async def test_of_concurrent_creates_one_wins(writer: httpx2.AsyncClient) -> None:
    body = {"url": URL, "publiccodeYml": publiccode_yml(URL)}

    responses = await asyncio.gather(*(writer.post("/v1/software", json=body) for _ in range(8)))

    assert sorted(response.status_code for response in responses) == [200] + [409] * 7
    assert len((await writer.get("/v1/software")).json()["data"]) == 1


async def test_software_that_was_never_touched_comes_back(writer: httpx2.AsyncClient) -> None:
    first = await create(writer, active=False)

    again = await create(writer)

    assert again["id"] == first["id"]
    assert again["active"] is True


@pytest.mark.parametrize(
    ("body", "detail", "broken"),
    [
        (
            {"publiccodeYml": "-"},
            "invalid format: url is required",
            [{"field": "url", "rule": "required", "value": ""}],
        ),
        (
            {"url": "", "publiccodeYml": ""},
            "invalid format: url is required, publiccodeYml is required",
            [
                {"field": "url", "rule": "required", "value": ""},
                {"field": "publiccodeYml", "rule": "required", "value": ""},
            ],
        ),
        (
            {"url": None, "publiccodeYml": "-"},
            "invalid format: url is required",
            [{"field": "url", "rule": "required", "value": ""}],
        ),
        (
            {"url": "valchiara", "aliases": ["https://ok.example", "no"], "publiccodeYml": "-"},
            "invalid format: url is invalid, aliases[1] is invalid",
            [
                {"field": "url", "rule": "url", "value": "valchiara"},
                {"field": "aliases[1]", "rule": "url", "value": "no"},
            ],
        ),
        (
            {"url": "https://h.example/" + "a" * 600, "publiccodeYml": "-"},
            "invalid format: url does not meet its size limits (too long)",
            [{"field": "url", "rule": "max", "value": ("https://h.example/" + "a" * 600)[:255]}],
        ),
        (
            {"url": URL, "publiccodeYml": "-", "vitality": "\0"},
            "invalid format: vitality is invalid",
            [{"field": "vitality", "rule": "printable", "value": "\0"}],
        ),
        ({"url": URL, "publiccodeYml": "-", "colour": "blue"}, "unknown field in JSON input", None),
        ({"url": "no", "colour": "blue"}, "unknown field in JSON input", None),
    ],
)
async def test_fields_that_break_rules_are_named(
    writer: httpx2.AsyncClient,
    body: dict[str, Any],
    detail: str,
    broken: list[dict[str, str]] | None,
) -> None:
    response = await writer.post("/v1/software", json=body)

    expected: dict[str, Any]
    expected = {"title": "can't create Software", "detail": detail, "status": 422}
    if broken:
        expected["validationErrors"] = broken
    assert response.status_code == 422
    assert response.json() == expected
    assert list(response.json()) == list(expected)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{} {}",
        b'{"url": 3, "publiccodeYml": "-"}',
        b'{"url": "https://h.example/r", "publiccodeYml": "-", "active": "yes"}',
        b'{"url": "https://h.example/r", "publiccodeYml": "-", "aliases": [null]}',
        b'{"url": "https://h.example/r", "publiccodeYml": "\\ud800"}',
        b'{"url": "https://h.example/r", "publiccodeYml": NaN}',
        b'{"url": "https://h.example/r", "publiccodeYml": "\xff"}',
        b'{"url": ' + b"[" * 100_000,
        b'{"url": "https://h.example/r", "colour": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    ],
    ids=lambda content: repr(content[:60]),
)
@pytest.mark.parametrize("path", ["/v1/software", None])
async def test_what_is_not_the_json_we_read_is_malformed(
    writer: httpx2.AsyncClient, content: bytes, path: str | None
) -> None:
    headers = {"Content-Type": "application/json"}
    if path:
        response = await writer.post(path, content=content, headers=headers)
    else:
        path = f"/v1/software/{(await create(writer))['id']}"
        response = await writer.patch(path, content=content, headers=headers)

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == "invalid or malformed JSON"
    assert set(response.json()) == {"title", "detail", "status"}


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/yaml", "odd"])
async def test_json_must_be_sent_as_json(
    writer: httpx2.AsyncClient, media_type: str | None
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}

    response = await writer.post("/v1/software", content=b"{}", headers=headers)

    assert response.status_code == 400
    assert response.json()["detail"] == "invalid or malformed JSON"


async def test_a_patch_changes_what_it_mentions(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, aliases=[f"{URL}.git"], vitality="90")

    response = await writer.patch(
        f"/v1/software/{created['id']}",
        json={"publiccodeYml": publiccode_yml(URL, "Acqua limpida"), "active": False},
        headers={"Content-Type": "application/merge-patch+json; charset=utf-8"},
    )

    assert response.status_code == 200
    patched = response.json()
    assert "Acqua limpida" in patched["publiccodeYml"]
    assert patched["active"] is False
    unchanged = ("id", "url", "aliases", "vitality", "createdAt")
    assert [patched[name] for name in unchanged] == [created[name] for name in unchanged]
    assert parse_rfc3339(patched["updatedAt"]) > parse_rfc3339(patched["createdAt"])
    assert (await writer.get(f"/v1/software/{created['id']}")).json() == patched


async def test_null_clears(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, aliases=[f"{URL}.git"], vitality="90", active=False)

    response = await writer.patch(
        f"/v1/software/{created['id']}", json={"aliases": None, "vitality": None, "active": None}
    )

    patched = response.json()
    assert (patched["aliases"], patched["vitality"], patched["active"]) == ([], None, True)


async def test_an_empty_text_keeps_the_stored_one(writer: httpx2.AsyncClient) -> None:
    created = await create(writer)

    response = await writer.patch(f"/v1/software/{created['id']}", json={"publiccodeYml": ""})

    assert response.status_code == 200
    assert response.json()["publiccodeYml"] == created["publiccodeYml"]


async def test_addresses_are_set_as_a_whole(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, aliases=[f"{URL}.git"])
    path = f"/v1/software/{created['id']}"

    moved = (await writer.patch(path, json={"url": "https://new.example/r"})).json()
    assert (moved["url"], moved["aliases"]) == ("https://new.example/r", [f"{URL}.git"])

    swapped = (
        await writer.patch(path, json={"url": URL, "aliases": ["https://new.example/r"]})
    ).json()
    assert (swapped["url"], swapped["aliases"]) == (URL, ["https://new.example/r"])


async def test_a_patch_cannot_take_the_address_of_another(writer: httpx2.AsyncClient) -> None:
    await create(writer)
    other = await create(writer, "https://other.example/r")

    response = await writer.patch(f"/v1/software/{other['id']}", json={"url": URL})

    assert response.status_code == 409
    assert response.json() == {
        "title": "can't update Software",
        "detail": "url already exists",
        "status": 409,
    }


@pytest.mark.parametrize("url", ["", "valchiara"])
async def test_a_patched_address_must_be_one(writer: httpx2.AsyncClient, url: str) -> None:
    created = await create(writer)

    response = await writer.patch(f"/v1/software/{created['id']}", json={"url": url})

    assert response.status_code == 422
    assert response.json()["validationErrors"] == [{"field": "url", "rule": "url", "value": url}]


async def test_what_cannot_be_empty_cannot_be_null(writer: httpx2.AsyncClient) -> None:
    created = await create(writer)

    response = await writer.patch(f"/v1/software/{created['id']}", json={"url": None})

    assert response.json()["detail"] == "invalid format: url is required"


async def test_deleted_software_is_gone(writer: httpx2.AsyncClient) -> None:
    created = await create(writer)
    path = f"/v1/software/{created['id']}"

    response = await writer.delete(path)

    assert response.status_code == 204
    assert response.content == b""
    assert "content-type" not in response.headers
    assert (await writer.get(path)).status_code == 404
    assert (await writer.get("/v1/software?all=true")).json()["data"] == []
    assert (await writer.delete(path)).status_code == 404
    assert (await create(writer))["id"] != created["id"]


@pytest.mark.parametrize(
    ("method", "verb"), [("GET", "get"), ("PATCH", "update"), ("DELETE", "delete")]
)
@pytest.mark.parametrize("path", [UNKNOWN, "/v1/software/nobody", "/v1/software/%00"])
async def test_unknown_software_is_not_found(
    writer: httpx2.AsyncClient, method: str, verb: str, path: str
) -> None:
    response = await writer.request(method, path, content=b"{" if method == "PATCH" else b"")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "title": f"can't {verb} Software",
        "detail": "Software was not found",
        "status": 404,
    }


async def test_an_empty_list_is_a_list(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/software")

    assert response.headers["content-type"] == "application/json"
    assert response.content == b'{"data":[],"links":{"prev":null,"next":null}}'


async def test_pages_lead_to_each_other(writer: httpx2.AsyncClient) -> None:
    ids = [(await create(writer, f"https://h.example/{n}"))["id"] for n in range(5)]

    seen, query = [], "?page[size]=2&all=true"
    while query:
        page = (await writer.get(f"/v1/software{query}")).json()
        seen.append([each["id"] for each in page["data"]])
        query = page["links"]["next"]
    assert seen == [ids[:2], ids[2:4], ids[4:]]

    previous = page["links"]["prev"]
    assert previous.startswith("?all=true&page[before]=")
    assert previous.endswith("&page[size]=2")
    page = (await writer.get(f"/v1/software{previous}")).json()
    assert [each["id"] for each in page["data"]] == ids[2:4]
    assert page["links"]["next"] is not None
    page = (await writer.get(f"/v1/software{page['links']['prev']}")).json()
    assert [each["id"] for each in page["data"]] == ids[:2]
    assert page["links"]["prev"] is None


async def test_links_repeat_the_other_parameters_once(writer: httpx2.AsyncClient) -> None:
    for n in range(2):
        await create(writer, f"https://h.example/{n}")

    page = await writer.get(
        "/v1/software?page%5Bsize%5D=1&x=1&x=2%263&from=2020-01-01T00:00:00Z&all=1"
    )

    following = page.json()["links"]["next"]
    assert following.startswith("?all=1&from=2020-01-01T00%3A00%3A00Z&page[after]=")
    assert following.endswith("&page[size]=1&x=2%263")


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("page[size]=x", "page[size] must be an integer"),
        ("page[size]=0", "page[size] must be between 1 and 100"),
        ("page[size]=-5", "page[size] must be between 1 and 100"),
        ("page[after]=x", "wrong cursor format in page[after] or page[before]"),
        ("page[before]=W10=", "wrong cursor format in page[after] or page[before]"),
        ("from=3", "invalid date time format (RFC 3339 needed)"),
        ("to=2020-01-01", "invalid date time format (RFC 3339 needed)"),
        ("from=2020-01-01T00:00:00%2B01:00", "invalid date time format (RFC 3339 needed)"),
    ],
)
async def test_a_bad_parameter_is_explained(
    client: httpx2.AsyncClient, query: str, detail: str
) -> None:
    response = await client.get(f"/v1/software?{query}")

    assert response.status_code == 422
    assert response.json() == {"title": "can't get Software", "detail": detail, "status": 422}


async def test_large_pages_are_cut(client: httpx2.AsyncClient) -> None:
    for query in ("page[size]=10000", "page[size]=", "page[after]=&from=&to=&url=", "search=x"):
        assert (await client.get(f"/v1/software?{query}")).status_code == 200


@pytest.mark.parametrize("value", ["true", "1", "t", "T", "TRUE", "True", "true?all=true"])
async def test_all_shows_inactive_software(writer: httpx2.AsyncClient, value: str) -> None:
    created = await create(writer, active=False)

    assert (await writer.get("/v1/software")).json()["data"] == []
    assert (await writer.get("/v1/software?all=perhaps")).json()["data"] == []
    assert (await writer.get(f"/v1/software?all={value}")).json()["data"] == [created]


async def test_software_is_found_by_its_addresses(writer: httpx2.AsyncClient) -> None:
    created = await create(writer, "https://h.example/c++", aliases=["https://h.example/c++.git"])

    for url in (
        "https://h.example/c++",
        "https%3A%2F%2Fh.example%2Fc%2B%2B",
        "https://h.example/c++.git",
        "HTTPS://WWW.H.EXAMPLE/c++/",
    ):
        assert (await writer.get(f"/v1/software?url={url}")).json()["data"] == [created]
    for url in ("https://h.example/other", "nonsense", "%00"):
        assert (await writer.get(f"/v1/software?url={url}")).json()["data"] == []


async def test_software_is_filtered_by_its_creation(writer: httpx2.AsyncClient) -> None:
    created = await create(writer)
    moment = created["createdAt"]

    for query, expected in (
        ("from=2020-01-01T00:00:00Z", [created]),
        ("to=2020-01-01T00:00:00Z", []),
        (f"from={moment}", []),
        (f"to={moment}", []),
        ("from=2020-01-01T00:00:00.5Z&to=2999-01-01T00:00:00Z", [created]),
    ):
        assert (await writer.get(f"/v1/software?{query}")).json()["data"] == expected


async def test_what_is_known_need_not_be_sent_again(writer: httpx2.AsyncClient) -> None:
    created = await create(writer)

    for path in ("/v1/software", f"/v1/software/{created['id']}", "/v1/changes", "/v1/search"):
        first = await writer.get(path)
        again = await writer.get(path, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]

    await create(writer, "https://other.example/r")
    etag = {"If-None-Match": first.headers["etag"]}
    assert (await writer.get("/v1/search", headers=etag)).status_code == 200


async def test_every_reply_says_how_new_it_is(writer: httpx2.AsyncClient) -> None:
    body = {"url": URL, "publiccodeYml": publiccode_yml(URL)}

    written = await writer.post("/v1/software", json=body)
    read = await writer.get("/v1/software")

    assert written.headers["samkod-sequence"] == read.headers["samkod-sequence"] == "1"
