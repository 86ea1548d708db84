"""Bodies are read up to a limit, whatever their headers say."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from app.settings import Settings
from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_file_bytes": 2000, "max_body_bytes": 4000})


async def pieces(total: int) -> AsyncIterator[bytes]:
    """`total` bytes of a comment, without a Content-Length."""
    for _ in range(total // 100):
        yield b"#" * 99 + b"\n"


@pytest.mark.parametrize(("path", "limit"), [("/v1/validate", 2000), ("/v1/software", 4000)])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_over_the_limit_is_refused(
    writer: httpx2.AsyncClient, path: str, limit: int, chunked: bool
) -> None:
    content = pieces(limit + 100) if chunked else b"#" * (limit + 1)

    response = await writer.post(
        path, content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == f"The body may have at most {limit} bytes."


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_at_the_limit_is_read(client: httpx2.AsyncClient, chunked: bool) -> None:
    content = pieces(2000) if chunked else b"#" * 2000

    response = await client.post("/v1/validate/", content=content)

    assert response.status_code == 200


async def test_a_wrong_length_is_not_believed(client: httpx2.AsyncClient) -> None:
    text = publiccode_yml("https://h.example/r")

    for length in ("-1", "²", "1e3"):
        response = await client.post(
            "/v1/validate",
            content=text,
            headers={b"Content-Length": length.encode()},
        )
        assert response.status_code == 200
