"""What the network says of a file's addresses, over HTTP and from real servers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from app.settings import Settings
from tests.api.files import publiccode_yml
from tests.remote.servers import Answer, Server, reply, serving

pytestmark = pytest.mark.anyio

REFS = "/acqua-chiara/info/refs?service=git-upload-pack"
REPOSITORY = reply(200, b"001e# service=git-upload-pack\n")


async def hang(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """One that we may ask."""
    answers: dict[str, Answer] = {REFS: REPOSITORY, "/closed": reply(403), "/never": hang}
    async with serving(answers) as server:
        yield server


@pytest.fixture
async def stranger() -> AsyncIterator[Server]:
    """One that is as private, and not named in the settings."""
    async with serving({REFS: REPOSITORY}) as server:
        yield server


@pytest.fixture
def settings(database_url: str, server: Server) -> Settings:
    return Settings(
        database_url=database_url,
        allow_private_hosts=frozenset({f"127.0.0.1:{server.port}"}),
        link_check_seconds=2,
        log_level="error",
    )


def a_file(server: Server, **more: str) -> str:
    url = server.url("/acqua-chiara")
    keys = "".join(f"{name}: {value}\n" for name, value in more.items())
    return publiccode_yml(url) + keys


async def ask(client: httpx2.AsyncClient, text: str) -> dict[str, Any]:
    response = await client.post("/v1/validate?external-checks=true", content=text)
    assert response.status_code == 200
    body = response.json()
    assert isinstance(body, dict)
    return body


async def test_each_address_has_a_state(client: httpx2.AsyncClient, server: Server) -> None:
    text = a_file(server, landingURL=server.url("/gone"), roadmap=server.url("/closed"))

    body = await ask(client, text)

    assert body["externalChecks"] == [
        {
            "key": "url",
            "url": server.url("/acqua-chiara"),
            "state": "ok",
            "reason": "found",
            "status": 200,
        },
        {
            "key": "landingURL",
            "url": server.url("/gone"),
            "state": "gone",
            "reason": "not-found",
            "status": 404,
        },
        {
            "key": "roadmap",
            "url": server.url("/closed"),
            "state": "blocked",
            "reason": "forbidden",
            "status": 403,
        },
    ]


async def test_what_is_gone_is_a_warning_and_nothing_makes_a_file_invalid(
    client: httpx2.AsyncClient, server: Server
) -> None:
    text = a_file(server, landingURL=server.url("/gone"), roadmap=server.url("/closed"))

    body = await ask(client, text)

    assert body["valid"] is True
    (warning,) = body["results"]
    assert (warning["key"], warning["code"], warning["type"], warning["extra"]) == (
        "landingURL",
        "address-gone",
        "warning",
        True,
    )
    assert text.splitlines()[warning["line"] - 1].startswith("landingURL:")
    assert server.url("/gone") in warning["description"]


async def test_who_does_not_answer_in_time_is_unknown(
    client: httpx2.AsyncClient, server: Server
) -> None:
    body = await ask(client, a_file(server, landingURL=server.url("/never")))

    assert (body["externalChecks"][1]["state"], body["externalChecks"][1]["reason"]) == (
        "unknown",
        "over-budget",
    )
    assert body["results"] == []


async def test_private_machines_are_not_asked(client: httpx2.AsyncClient, stranger: Server) -> None:
    body = await ask(client, a_file(stranger))

    (check,) = body["externalChecks"]
    assert (check["state"], check["reason"], check["status"]) == ("blocked", "refused", None)
    assert body["valid"] is True
    assert stranger.connections == 0


async def test_answers_are_remembered(client: httpx2.AsyncClient, server: Server) -> None:
    first = await ask(client, a_file(server))
    asked = len(server.asked)

    assert (await ask(client, a_file(server))) == first
    assert len(server.asked) == asked > 0


async def test_nobody_is_asked_unless_that_is_wanted(
    client: httpx2.AsyncClient, server: Server
) -> None:
    response = await client.post("/v1/validate", content=a_file(server))

    assert "externalChecks" not in response.json()
    assert server.asked == []


async def test_a_text_without_addresses_has_none_to_ask_for(client: httpx2.AsyncClient) -> None:
    assert (await ask(client, "- not a mapping"))["externalChecks"] == []
