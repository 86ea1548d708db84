"""The OpenAPI description: FastAPI's, with our problems in place of its validation errors."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from app.api import examples, patching
from app.api.bundles import BundlePatch, BundlePost
from app.api.catalogs import CatalogPost
from app.api.intake import Line, Outcome
from app.api.logs import LogPost
from app.api.peer_posts import PeerPost
from app.api.peer_runs import SyncPost
from app.api.problems import documented
from app.api.publishers import PublisherPost
from app.api.refusals import (
    BodyTooLarge,
    DatabaseUnreachable,
    ScopeMissing,
    TokenRefused,
    Unexpected,
)
from app.api.scopes import ADMIN
from app.api.software import SoftwarePatch, SoftwarePost
from app.api.webhook_posts import WebhookPost

VERSION = "3.1.0"
PLACEHOLDER = re.compile(r"\{\w+\}")
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """\
Find, trust and share public-sector software: a catalogue of
[publiccode.yml](https://yml.publiccode.tools) files, which are validated, stored, searched and
shared with other catalogues.

Software, publishers, catalogs, bundles, logs, events, webhooks and `/v1/status` are those of the Open
Catalog API, and answer errors in its form; all other routes add `type` and `instance` to their
problems. Reading is open to all but for events, webhooks and how peers are read, writing needs a bearer token. Every reply has an `X-Request-Id`; those that depend on the catalogue carry its
revision as `Samkod-Sequence` and as an `ETag`.
"""

Operation = dict[str, Any]


class BrokenRule(BaseModel):
    """One field and the rule it breaks."""

    field: str
    rule: str
    value: str | None = None


class Tombstone(BaseModel):
    """What is left of what is gone."""

    id: str
    reason: str
    successor: str | None = Field(description="The id of what it was merged into.")
    at: datetime


class Problem(BaseModel):
    """RFC 9457. Routes of the Open Catalog API give neither `type` nor `instance`."""

    model_config = ConfigDict(extra="forbid")

    type: str | None = Field(None, description="Explained at this address.")
    title: str
    detail: str | None = None
    status: int
    instance: str | None = Field(None, description="The path that was asked.")
    validation_errors: list[BrokenRule] | None = Field(None, alias="validationErrors")
    tombstone: Tombstone | None = None
    resync: str | None = Field(None, description="Where to copy everything from, to start again.")
    results: list[dict[str, Any]] | None = Field(
        None, description="What is wrong with a file, as `/v1/validate` says it."
    )


MODELS: tuple[type[BaseModel], ...] = (
    Outcome,
    Problem,
    BundlePatch,
    BundlePost,
    CatalogPost,
    Line,
    LogPost,
    PeerPost,
    PublisherPost,
    SoftwarePatch,
    SoftwarePost,
    SyncPost,
    WebhookPost,
)
"""Bodies and problems, which we read and write ourselves."""


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of all routes, made once."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version=VERSION,
            description=DESCRIPTION,
            license_info=app.license_info,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        for method, path, operation in _operations(described):
            _drop_framework_errors(operation)
            _add_failures(method, path, operation)
        described["components"]["schemas"] = _schemas(described["components"]["schemas"])
        app.openapi_schema = described
    return app.openapi_schema


def render(app: FastAPI) -> str:
    """The text of `openapi/openapi.json`: the same for the same routes."""
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield method.upper(), PLACEHOLDER.sub(examples.ID, path), operation


def _drop_framework_errors(operation: Operation) -> None:
    """FastAPI documents a 422 of its own for every route that has a parameter."""
    content = operation["responses"].get("422", {}).get("content", {})
    if "application/json" in content:
        del operation["responses"]["422"]


def _add_failures(method: str, path: str, operation: Operation) -> None:
    """What can go wrong with every route of a kind is said here, once."""
    failures: list[Exception] = []
    if "security" in operation:
        failures += [TokenRefused(), ScopeMissing(_scope(method, path))]
    if "requestBody" in operation:
        failures.append(BodyTooLarge(1024 * 1024))
    if path.startswith("/v1/"):
        failures += [Unexpected(), DatabaseUnreachable()]
    responses = operation["responses"] | {
        str(status): response for status, response in documented(method, path, *failures).items()
    }
    operation["responses"] = {status: responses[status] for status in sorted(responses)}


def _scope(method: str, path: str) -> str:
    """The scope that a token needs here, as an example."""
    kind = path.removeprefix("/v1/").partition("/")[0]
    if kind == "peers":
        return ADMIN
    return f"{kind}:{'read' if method == 'GET' else 'write'}"


def _schemas(schemas: dict[str, Any]) -> dict[str, Any]:
    """Those of replies, which FastAPI knows, and of bodies and problems, which we read and write."""
    _, ours = models_json_schema(
        [(model, "validation") for model in MODELS],
        ref_template=REFERENCE,
    )
    theirs = {
        name: schema
        for name, schema in schemas.items()
        if name not in ("HTTPValidationError", "ValidationError")
    }
    return dict(sorted((theirs | ours["$defs"] | {"JsonPatch": patching.SCHEMA}).items()))
