"""Errors that no route means to have."""

import httpx2
import pytest
from fastapi import FastAPI

from app.api.problems import PROBLEMS, Problem

pytestmark = pytest.mark.anyio


async def test_a_fault_of_ours_is_logged_and_told_to_nobody(
    app: FastAPI, client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    @app.get("/v1/broken")
    async def broken() -> None:
        raise ZeroDivisionError("the secret cause")

    response = await client.get("/v1/broken", headers={"X-Request-Id": "here-7"})

    assert response.status_code == 500
    assert response.content == (
        b'{"title":"Internal Server Error","detail":"Internal Server Error","status":500}'
    )
    assert response.headers["x-request-id"] == "here-7"
    logged = capsys.readouterr().err
    assert "the secret cause" in logged
    assert "here-7" in logged


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.slug)
async def test_the_type_of_a_problem_is_explained(
    client: httpx2.AsyncClient, problem: Problem
) -> None:
    response = await client.get(f"/docs/problems/{problem.slug}")

    assert response.status_code == 200
    assert response.text.startswith(problem.title)
    assert "None" not in response.text
    assert (await client.get("/docs/problems/none-such")).status_code == 404


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "evil\x7f", "ü"])
async def test_a_harmful_request_id_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    response = await client.get("/livez", headers={b"X-Request-Id": given.encode("latin-1")})

    assert len(response.headers["x-request-id"]) == 32
