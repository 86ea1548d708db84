"""The addresses of a description are asked once, in time, and never make it invalid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.ingest.linkcheck import Check, LinkCache, LinkResult, Question, check
from app.publiccode.model import Description, Legal, Texts
from app.remote.client import Client, open_client
from app.remote.visit import Answer, Reason, State
from tests.remote.servers import reply, serving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PNG = reply(body=b"\x89PNG\r\n\x1a\n")
GIT = reply(body=b"001e# service=git-upload-pack\n")
REFS = "/repo/info/refs?service=git-upload-pack"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        yield client


async def checked(
    client: Client,
    description: Description,
    *,
    budget: float = 30,
    cache: LinkCache | None = None,
    now: datetime = NOW,
    base: str | None = None,
) -> dict[str, LinkResult]:
    """Results by the path's text."""
    results = await check(
        client, description, now=now, budget=budget, cache=cache or LinkCache(), base=base
    )
    return {".".join(map(str, result.path)): result for result in results}


async def test_every_address_has_a_result(client: Client) -> None:
    answers = {
        REFS: GIT,
        "/": reply(403),
        "/roadmap": reply(404),
        "/repo/logo.png": PNG,
        "/repo/AUTHORS": reply(body=b"A. Author"),
        "/api": reply(429),
        "/video": reply(),
        "/shot.jpg": reply(body=b"<html>", content_type="text/html"),
    }
    async with serving(answers) as server:
        description = Description(
            url=server.url("/repo"),
            landing_url=server.url("/"),
            roadmap=server.url("/roadmap"),
            logo="logo.png",
            monochrome_logo="",
            legal=Legal(authors_file="AUTHORS"),
            description={
                "sv": Texts(
                    documentation="http://10.0.0.1/docs",
                    api_documentation=server.url("/api"),
                    screenshots=(server.url("/shot.jpg"), "http://[::1/shot.jpg"),
                    videos=(server.url("/video"),),
                )
            },
        )
        base = server.url("/repo/publiccode.yml")
        results = await checked(client, description, base=base)
    assert {path: (result.state, result.reason) for path, result in results.items()} == {
        "url": (State.OK, Reason.FOUND),
        "landingURL": (State.BLOCKED, Reason.FORBIDDEN),
        "logo": (State.OK, Reason.FOUND),
        "roadmap": (State.GONE, Reason.NOT_FOUND),
        "description.sv.documentation": (State.BLOCKED, Reason.REFUSED),
        "description.sv.apiDocumentation": (State.BLOCKED, Reason.TOO_MANY_REQUESTS),
        "description.sv.screenshots.0": (State.GONE, Reason.NOT_AN_IMAGE),
        "description.sv.screenshots.1": (State.UNKNOWN, Reason.NO_ADDRESS),
        "description.sv.videos.0": (State.OK, Reason.FOUND),
        "legal.authorsFile": (State.OK, Reason.FOUND),
    }
    assert results["roadmap"] == LinkResult(
        ("roadmap",),
        server.url("/roadmap"),
        Check.PAGE,
        server.url("/roadmap"),
        Reason.NOT_FOUND,
        404,
    )


async def test_a_description_without_addresses_has_no_results(client: Client) -> None:
    assert await checked(client, Description()) == {}


async def test_a_path_needs_a_known_repository(client: Client) -> None:
    results = await checked(client, Description(logo="logo.png"))
    assert results["logo"].reason is Reason.NO_ADDRESS


async def test_an_address_named_twice_is_asked_once(client: Client) -> None:
    async with serving({"/docs": reply()}) as server:
        texts = Texts(documentation=server.url("/docs"))
        results = await checked(client, Description(description={"sv": texts, "fi": texts}))
        assert len(server.asked) == 1
    assert [result.state for result in results.values()] == [State.OK, State.OK]


async def test_answers_are_remembered_for_a_while(client: Client) -> None:
    cache = LinkCache()
    async with serving({"/roadmap": reply(404)}) as server:
        description = Description(roadmap=server.url("/roadmap"))
        for minutes in (0, 59):
            now = NOW + timedelta(minutes=minutes)
            results = await checked(client, description, cache=cache, now=now)
            assert results["roadmap"].status == 404
        assert len(server.asked) == 1
        await checked(client, description, cache=cache, now=NOW + timedelta(hours=1))
        assert len(server.asked) == 2


def test_the_oldest_answer_makes_room() -> None:
    cache = LinkCache(size=2)
    first, second, third = (Question(Check.PAGE, f"https://example.org/{n}") for n in range(3))
    for question in (first, second, first, third):
        cache.put(question, Answer(Reason.FOUND, 200), NOW)
    assert [cache.get(question, NOW) is not None for question in (first, second, third)] == [
        True,
        False,
        True,
    ]


async def test_what_does_not_answer_within_the_budget_is_unknown(client: Client) -> None:
    async def silence(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    cache = LinkCache()
    async with serving({"/": reply(), "/slow": silence}) as server:
        description = Description(landing_url=server.url("/"), roadmap=server.url("/slow"))
        results = await checked(client, description, budget=0.5, cache=cache)
        assert results["landingURL"].state is State.OK
        assert (results["roadmap"].state, results["roadmap"].reason) == (
            State.UNKNOWN,
            Reason.OVER_BUDGET,
        )
        assert cache.get(Question(Check.PAGE, server.url("/slow")), NOW) is None


async def test_a_file_of_many_addresses_asks_for_a_hundred(client: Client) -> None:
    async with serving({}) as server:
        screenshots = tuple(server.url(f"/{number}.png") for number in range(120))
        results = await checked(
            client, Description(description={"en": Texts(screenshots=screenshots)})
        )
        assert len(server.asked) == 100
    reasons = [result.reason for result in results.values()]
    assert reasons == [Reason.NOT_FOUND] * 100 + [Reason.OVER_BUDGET] * 20


async def test_one_host_is_not_asked_for_everything_at_once(client: Client) -> None:
    at_once, most = 0, 0

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        writer.write(PNG)

    paths = [f"/{number}.png" for number in range(8)]
    async with serving(dict.fromkeys(paths, slow)) as server:
        screenshots = tuple(map(server.url, paths))
        await checked(client, Description(description={"en": Texts(screenshots=screenshots)}))
    assert most == 2
