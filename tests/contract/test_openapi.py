"""openapi/openapi.json is the service's own description, valid, and complete."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.openapi import render
from app.federation.drivers import DRIVERS
from app.main import create_app
from app.settings import Settings

COMMITTED = Path(__file__).parents[2] / "openapi" / "openapi.json"
CLIENT_ERRORS = 400


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("openapi")
    return create_app(Settings(database_url=f"sqlite:///{folder / 'never-opened.db'}"))


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    paths = app.openapi()["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, item in paths.items()
        for method, operation in item.items()
    }


def test_the_committed_description_is_current(app: FastAPI) -> None:
    assert COMMITTED.read_text() == render(app), "Run `make fix`."


def test_the_description_is_valid(app: FastAPI) -> None:
    OpenAPIV31SpecValidator(json.loads(render(app))).validate()


def test_every_operation_is_described(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert any(status.startswith(("2", "3")) for status in operation["responses"]), name


def test_every_error_is_a_documented_problem(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        for status, response in operation["responses"].items():
            if int(status) < CLIENT_ERRORS:
                continue
            (media_type,) = response["content"]
            assert media_type == "application/problem+json", name
            content = response["content"][media_type]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            for example in content["examples"].values():
                assert example["value"]["status"] == int(status), name


def test_operations_document_what_can_happen_to_them(
    operations: dict[str, dict[str, Any]],
) -> None:
    for name, operation in operations.items():
        documented = set(operation["responses"])
        if "security" in operation:
            assert "401" in documented, name
        if "requestBody" in operation:
            assert "413" in documented, name
        if " /v1/" in name:
            assert {"500", "503"} <= documented, name


def test_bodies_have_examples(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content.get("examples") or content.get("example"), name


def test_writing_is_documented_as_needing_a_token(operations: dict[str, dict[str, Any]]) -> None:
    open_to_all = {
        "POST /v1/validate",
        "POST /v1/fix",
        "POST /oai",
        "POST /v1/catalogs/{id}/oai",
        "POST /v1/inbox/webhooks/{id}",
    }
    for name, operation in operations.items():
        for_operators = any(
            part in name for part in ("/quarantine", "/events", "/webhooks", "/peers/", "/blocks")
        )
        needs_token = not name.startswith("GET ") or for_operators
        assert ("security" in operation) == (needs_token and name not in open_to_all), name


def test_no_schema_of_the_framework_is_left(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]

    assert "HTTPValidationError" not in schemas
    assert {"Problem", "Software", "SoftwarePost", "SoftwarePatch"} <= set(schemas)


def test_what_a_field_may_be_is_described(app: FastAPI) -> None:
    (kind, _), (schedule, _) = (
        app.openapi()["components"]["schemas"]["PeerPost"]["properties"][name]["anyOf"]
        for name in ("kind", "schedule")
    )

    assert kind["enum"] == sorted(DRIVERS)
    assert (schedule["minimum"], schedule["maximum"]) == (60, 30 * 24 * 3600)
