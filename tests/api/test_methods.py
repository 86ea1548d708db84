"""HEAD, OPTIONS, trailing slashes, and paths and methods that do not exist."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

URL = "https://git.example.org/valchiara/acqua-chiara"


@pytest.mark.parametrize("path", ["/v1/software", "/v1/status", "/v1/search", "/livez"])
async def test_head_is_get_without_its_body(client: httpx2.AsyncClient, path: str) -> None:
    got = await client.get(path)
    head = await client.head(path)

    assert head.status_code == got.status_code
    assert head.content == b""
    varying = {"x-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in varying} == {
        k: v for k, v in got.headers.items() if k not in varying
    }


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/software", "GET, HEAD, OPTIONS, POST, PUT"),
        ("/v1/software/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/validate", "OPTIONS, POST, QUERY"),
        ("/v1/changes", "GET, HEAD, OPTIONS"),
    ],
)
async def test_the_methods_of_a_path_are_known(
    client: httpx2.AsyncClient, writer: httpx2.AsyncClient, path: str, methods: str
) -> None:
    options = await client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, methods)

    refused = await writer.request("PURGE", path)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)
    problem = refused.json()
    assert (problem["title"], problem["detail"]) == ("Method Not Allowed", "Method Not Allowed")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
async def test_a_path_that_is_not_there_is_not_found(
    writer: httpx2.AsyncClient, method: str
) -> None:
    response = await writer.request(method, "/v1/x%20<b>?q=1")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    if method == "POST":
        assert response.json() == {
            "title": "Not Found",
            "detail": "Cannot POST /v1/x%20%3Cb%3E",
            "status": 404,
        }


async def test_a_trailing_slash_makes_no_difference(writer: httpx2.AsyncClient) -> None:
    body = {"url": URL, "publiccodeYml": publiccode_yml(URL)}

    created = await writer.post("/v1/software/", json=body)
    read = await writer.get(f"/v1/software/{created.json()['id']}/")
    listed = await writer.get("/v1/software/?all=true")

    assert (created.status_code, read.status_code, listed.status_code) == (200, 200, 200)
    assert read.json() == created.json()
    assert listed.json()["data"] == [created.json()]


async def test_any_page_may_read_us(client: httpx2.AsyncClient) -> None:
    origin = {"Origin": "https://portal.example"}

    read = await client.get("/v1/software", headers=origin)
    asked = await client.options(
        "/v1/validate", headers=origin | {"Access-Control-Request-Method": "POST"}
    )

    assert read.headers["access-control-allow-origin"] == "*"
    assert "Samkod-Sequence" in read.headers["access-control-expose-headers"]
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"


async def test_the_documentation_needs_no_other_server(client: httpx2.AsyncClient) -> None:
    for path in ("/docs", "/redoc"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "http://" not in page.text
        assert "https://" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js", "favicon.png"):
        assert asset in (await client.get("/docs")).text + (await client.get("/redoc")).text
        assert (await client.get(f"/static-offline-docs/{asset}")).status_code == 200
    assert (await client.get("/openapi.json")).json()["openapi"] == "3.1.0"
