"""A page, a repository or an image is there, gone, blocked or unknown."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.remote.client import Client, Limits, open_client
from app.remote.visit import Answer, Reason, State, visit, visit_image, visit_repository
from tests.remote.servers import reply, serving

pytestmark = pytest.mark.anyio

REFS = "/a/b/info/refs?service=git-upload-pack"
SMART = b"001e# service=git-upload-pack\n0000015547e3 HEAD\0multi_ack"
DUMB = b"8f9a3c1e5b7d9f0a2c4e6b8d0f1a3c5e7b9d1f2a\trefs/heads/main\n"
PAGE = reply(body=b"<!doctype html><svg>", content_type="text/html; charset=utf-8")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
        yield client


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (200, Reason.FOUND, State.OK),
        (204, Reason.FOUND, State.OK),
        (404, Reason.NOT_FOUND, State.GONE),
        (410, Reason.NOT_FOUND, State.GONE),
        (401, Reason.FORBIDDEN, State.BLOCKED),
        (403, Reason.FORBIDDEN, State.BLOCKED),
        (429, Reason.TOO_MANY_REQUESTS, State.BLOCKED),
        (451, Reason.FORBIDDEN, State.BLOCKED),
        (300, Reason.UNUSABLE_REPLY, State.UNKNOWN),
        (405, Reason.UNUSABLE_REPLY, State.UNKNOWN),
        (500, Reason.UNUSABLE_REPLY, State.UNKNOWN),
        (503, Reason.UNUSABLE_REPLY, State.UNKNOWN),
    ],
)
async def test_a_status_is_told_in_a_word(
    client: Client, status: int, reason: Reason, state: State
) -> None:
    async with serving({"/": reply(status)}) as server:
        assert await visit(client, server.url()) == Answer(reason, status)
    assert reason.state is state


@pytest.mark.parametrize(
    ("url", "reason", "state"),
    [
        ("http://10.0.0.1/", Reason.REFUSED, State.BLOCKED),
        ("http://169.254.169.254/latest/meta-data", Reason.REFUSED, State.BLOCKED),
        ("ssh://git@example.org/a", Reason.REFUSED, State.BLOCKED),
        (f"https://{'a' * 64}.org/", Reason.NO_SUCH_HOST, State.GONE),
    ],
)
async def test_what_cannot_be_asked_is_told_in_a_word(
    client: Client, url: str, reason: Reason, state: State
) -> None:
    assert await visit(client, url) == Answer(reason)
    assert reason.state is state


async def test_failures_of_the_network_say_nothing_about_the_address(client: Client) -> None:
    answers = {
        "/loop": reply(302, location="/loop"),
        "/packed": reply(content_encoding="br", body=b"x"),
    }
    async with serving(answers) as server:
        assert (await visit(client, server.url("/loop"))).reason is Reason.TOO_MANY_REDIRECTS
        assert (await visit(client, server.url("/packed"))).reason is Reason.UNUSABLE_REPLY
    assert (await visit(client, server.url())).reason is Reason.UNREACHABLE


async def test_a_silent_server_says_nothing_about_the_address() -> None:
    async def silence(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    allowed = frozenset({"127.0.0.1"})
    async with (
        serving({"/": silence}) as server,
        open_client(allow_private_hosts=allowed, limits=Limits(total=0.1)) as client,
    ):
        assert await visit(client, server.url()) == Answer(Reason.TIMED_OUT)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.TIMED_OUT,
        Reason.UNREACHABLE,
        Reason.TOO_MANY_REDIRECTS,
        Reason.UNUSABLE_REPLY,
        Reason.NO_ADDRESS,
        Reason.OVER_BUDGET,
    ],
)
def test_what_is_not_known_to_be_gone_is_unknown(reason: Reason) -> None:
    assert reason.state is State.UNKNOWN


@pytest.mark.parametrize("refs", [SMART, DUMB])
async def test_a_repository_answers_git(client: Client, refs: bytes) -> None:
    async with serving({REFS: reply(body=refs)}) as server:
        assert await visit_repository(client, server.url("/a/b")) == (Reason.FOUND, 200)
        assert await visit_repository(client, server.url("/a/b/")) == (Reason.FOUND, 200)


@pytest.mark.parametrize("refs", [PAGE, reply(404)])
async def test_a_page_is_no_repository(client: Client, refs: bytes) -> None:
    async with serving({REFS: refs, "/a/b": PAGE}) as server:
        answer = await visit_repository(client, server.url("/a/b"))
    assert answer.reason is Reason.NOT_A_REPOSITORY


async def test_a_repository_which_is_not_there_is_not_found(client: Client) -> None:
    """GitHub asks git for a password, lest it tell what is private; its page says 404."""
    async with serving({REFS: reply(401)}) as server:
        assert await visit_repository(client, server.url("/a/b")) == (Reason.NOT_FOUND, 404)


async def test_a_repository_which_turns_git_away_is_blocked(client: Client) -> None:
    async with serving({REFS: reply(403), "/a/b": PAGE}) as server:
        assert await visit_repository(client, server.url("/a/b")) == (Reason.FORBIDDEN, 403)


@pytest.mark.parametrize(
    "image",
    [
        reply(body=b"\x89PNG\r\n\x1a\n" + b"\0" * 100_000),
        reply(body=b"\xff\xd8\xff\xe0"),
        reply(body=b"<?xml version='1.0'?><!-- licence --><svg/>", content_type="text/plain"),
        reply(body=b"\0\0\1\0", content_type="image/x-icon"),
    ],
)
async def test_an_image_is_known_by_its_beginning_or_type(client: Client, image: bytes) -> None:
    async with serving({"/logo": image}) as server:
        assert await visit_image(client, server.url("/logo")) == (Reason.FOUND, 200)


@pytest.mark.parametrize("other", [PAGE, reply(body=b"version https://git-lfs"), reply()])
async def test_a_page_or_a_placeholder_is_no_image(client: Client, other: bytes) -> None:
    async with serving({"/logo": other}) as server:
        assert await visit_image(client, server.url("/logo")) == (Reason.NOT_AN_IMAGE, 200)
