"""RFC 9457: the table from error to problem, and how a problem is written.

Routes of the Open Catalog API answer with exactly its members and titles; our own routes add
`type` and `instance`. What was refused while working on an entity of that API is titled after
the operation there: `can't get Software`.
"""

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.api import refusals
from app.api.methods import allowed
from app.api.refusals import BrokenRule
from app.catalogue import errors
from app.catalogue.entry import Grave
from app.federation import archive
from app.federation import errors as federation
from app.federation.inbox import SignatureRefused
from app.federation.snapshot import MANIFEST, Extent
from app.pagination import CursorInvalid, rfc3339
from app.publiccode.results import as_result

MEDIA_TYPE = "application/problem+json"
SCHEMA = "#/components/schemas/Problem"
DOCUMENTATION = "/docs/"
PAGES = DOCUMENTATION + "problems/"
"""Where each `type` is explained."""

ENTITIES = {
    "software": ("Software", "Software"),
    "publishers": ("Publisher", "Publishers"),
    "catalogs": ("Catalog", "Catalogs"),
    "bundles": ("Bundle", "Bundles"),
    "logs": ("Log", "Logs"),
    "events": ("Event", "Events"),
    "webhooks": ("Webhook", "Webhooks"),
}
"""Parts of the paths of the Open Catalog API, and what its titles call one thing and many."""

NAMES: dict[type[Exception], str] = {
    errors.SoftwareNotFound: "Software",
    errors.PublisherNotFound: "Publisher",
    errors.CatalogNotFound: "Catalog",
    errors.BundleNotFound: "Bundle",
    errors.LogNotFound: "Log",
    errors.EventNotFound: "Event",
    errors.WebhookNotFound: "Webhook",
}
"""What that API calls what was not found."""

BEYOND = frozenset(
    {
        "blocks",
        "catalog",
        "changes",
        "exports",
        "fix",
        "ingest",
        "inbox",
        "ldes",
        "oai",
        "peers",
        "quarantine",
        "resolve",
        "schema",
        "search",
        "suggest",
        "validate",
    }
)
"""What paths that are ours alone begin with, after `/v1/` or `/v1/catalogs/{id}/`; suffixes aside."""

BEYOND_ONE = {
    "software": frozenset(
        {
            "draft",
            "overrides",
            "publiccode",
            "similar",
            "sources",
            "split",
            "validation",
            "versions",
        }
    ),
    "webhooks": frozenset({"deliveries"}),
}
"""By the kind of thing, the parts of one that are ours alone."""

BESIDE = (DOCUMENTATION, "/catalog", "/id/", "/ldes", "/software/", "/vocab/")
"""How paths begin that are ours and have no version."""

VERBS = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "update",
    "DELETE": "delete",
}
CLIENT_CLOSED_REQUEST = 499
"""For the log; there is nobody left to read it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """How an error is shown.

    `wire` is the detail that the Open Catalog API has for it; without it the error speaks for
    itself. `general` problems have the same title everywhere, whatever was being done.
    """

    status: int
    slug: str
    title: str
    wire: str | None = None
    general: bool = False


PROBLEMS: dict[type[Exception], Problem] = {
    errors.SoftwareNotFound: Problem(
        404, "software-not-found", "Software not found", wire="Software was not found"
    ),
    errors.CatalogNotFound: Problem(
        404, "catalog-not-found", "Catalogue not found", wire="Catalog was not found"
    ),
    errors.PublisherNotFound: Problem(
        404, "publisher-not-found", "Publisher not found", wire="Publisher was not found"
    ),
    errors.BundleNotFound: Problem(
        404, "bundle-not-found", "Bundle not found", wire="Bundle was not found"
    ),
    errors.LogNotFound: Problem(404, "log-not-found", "Log not found", wire="Log was not found"),
    errors.EventNotFound: Problem(
        404, "event-not-found", "Event not found", wire="Event was not found"
    ),
    errors.WebhookNotFound: Problem(
        404, "webhook-not-found", "Webhook not found", wire="Webhook was not found"
    ),
    errors.DeliveryNotFound: Problem(
        404, "delivery-not-found", "Delivery not found", wire="Delivery was not found"
    ),
    errors.AlreadyExists: Problem(409, "already-exists", "Already exists"),
    errors.CatalogInUse: Problem(
        409,
        "catalog-in-use",
        "Catalogue in use",
        wire="Catalog still has associated publishers or software",
    ),
    errors.FilterMisplaced: Problem(422, "filter-misplaced", "Filter misplaced"),
    errors.MembersUnknown: Problem(
        422, "members-unknown", "Members unknown", wire="one or more softwareIds do not exist"
    ),
    errors.SoftwareGone: Problem(410, "software-gone", "Software gone"),
    errors.DescriptionNotFound: Problem(404, "description-not-found", "Description not found"),
    errors.BlockNotFound: Problem(404, "block-not-found", "Block not found"),
    errors.OverrideNotFound: Problem(404, "override-not-found", "Override not found"),
    errors.OverrideMisplaced: Problem(422, "override-misplaced", "No field to override"),
    errors.OverrideRefused: Problem(422, "override-refused", "Override refused"),
    errors.RecordsInseparable: Problem(422, "records-inseparable", "Records cannot be set apart"),
    errors.FileRefused: Problem(422, "file-refused", "File refused"),
    errors.UrlTaken: Problem(409, "url-taken", "Address taken", wire="url already exists"),
    federation.PeerNotFound: Problem(404, "peer-not-found", "Peer not found"),
    SignatureRefused: Problem(401, "signature-refused", "Signature refused"),
    federation.RunNotFound: Problem(404, "harvest-not-found", "Harvest not found"),
    federation.NothingToConfirm: Problem(409, "nothing-to-confirm", "Nothing to confirm"),
    federation.SecretsRefused: Problem(422, "secrets-refused", "Secrets cannot be sealed"),
    federation.SecretLost: Problem(409, "secret-lost", "Secret sealed with another key"),
    refusals.BodyEmpty: Problem(400, "empty-body", "empty body"),
    refusals.BodyMalformed: Problem(400, "malformed-json", "Malformed JSON"),
    refusals.FieldUnknown: Problem(422, "unknown-field", "Unknown field"),
    refusals.FieldsInvalid: Problem(422, "invalid-fields", "Invalid fields"),
    refusals.ParametersInvalid: Problem(422, "invalid-parameters", "Invalid parameters"),
    CursorInvalid: Problem(422, "invalid-cursor", "Invalid cursor"),
    refusals.IdentifierUnknown: Problem(404, "identifier-unknown", "Identifier unknown"),
    refusals.ExportNotFound: Problem(404, "export-not-found", "Export not found"),
    refusals.RangeUnsatisfiable: Problem(416, "range-not-satisfiable", "Range not satisfiable"),
    archive.SnapshotPending: Problem(503, "snapshot-pending", "Snapshot pending"),
    archive.SnapshotImpossible: Problem(503, "snapshot-impossible", "Snapshot impossible"),
    errors.ChangeForgotten: Problem(410, "change-forgotten", "Change not kept any more"),
    refusals.EpochOver: Problem(410, "epoch-over", "Epoch over"),
    refusals.StreamOver: Problem(410, "stream-over", "Stream over"),
    refusals.SequenceAhead: Problem(422, "sequence-ahead", "Sequence ahead of the log"),
    refusals.BodyRefused: Problem(422, "body-refused", "Body refused"),
    refusals.PatchMalformed: Problem(400, "malformed-patch", "Malformed JSON Patch"),
    refusals.SubscribedNotFound: Problem(
        404,
        "subscribed-not-found",
        "can't find resource",
        wire="resource was not found",
        general=True,
    ),
    refusals.NotAcceptable: Problem(406, "not-acceptable", "Not Acceptable", general=True),
    refusals.TooManyRequests: Problem(429, "too-many-requests", "Too Many Requests", general=True),
    refusals.TokenRefused: Problem(
        401, "token-refused", "token authentication failed", general=True
    ),
    refusals.ScopeMissing: Problem(403, "scope-missing", "token not sufficient", general=True),
    refusals.CatalogForbidden: Problem(
        403, "catalog-forbidden", "token not sufficient", general=True
    ),
    refusals.RouteNotFound: Problem(404, "not-found", "Not Found", general=True),
    refusals.RuleNotFound: Problem(404, "rule-not-found", "Rule not found"),
    refusals.MethodNotAllowed: Problem(
        405, "method-not-allowed", "Method Not Allowed", general=True
    ),
    refusals.BodyTooLarge: Problem(413, "body-too-large", "Content Too Large", general=True),
    refusals.DatabaseUnreachable: Problem(
        503, "database-unreachable", "can't connect to database", general=True
    ),
    refusals.SchemaOutdated: Problem(503, "schema-outdated", "Schema outdated", general=True),
    refusals.Unexpected: Problem(
        500, "internal-server-error", "Internal Server Error", general=True
    ),
}


log = structlog.get_logger("samkod.problems")


def install(app: FastAPI, *, unreachable: Collection[type[Exception]]) -> None:
    """Have every error of `PROBLEMS`, and those of the framework, answered by a problem.

    `unreachable` are the errors by which a driver says that its database is gone.
    """
    for error in PROBLEMS:
        app.add_exception_handler(error, _on_error)
    for error in unreachable:
        app.add_exception_handler(error, _on_unreachable)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_parameters)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


def response(request: Request, error: Exception) -> Response:
    """The reply to a request that failed with `error`, which has a row in `PROBLEMS`."""
    root = request.scope.get("root_path", "").rstrip("/")
    path = request.url.path.removeprefix(root)
    members = document(request.method, path, error, root=root, query=request.query_params)
    return Response(
        orjson.dumps(members),
        status_code=problem_of(error).status,
        headers=_headers(error),
        media_type=MEDIA_TYPE,
    )


def documented(method: str, path: str, *failures: Exception) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, for OpenAPI: each failure as the client would see it."""
    described: dict[int | str, dict[str, Any]] = {}
    for failure in failures:
        problem = problem_of(failure)
        reply = described.setdefault(
            problem.status,
            {"content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA}, "examples": {}}}},
        )
        examples = reply["content"][MEDIA_TYPE]["examples"]
        examples[problem.slug] = {
            "summary": problem.title,
            "value": document(method, path, failure),
        }
        reply["description"] = ", or ".join(example["summary"] for example in examples.values())
    return described


def problem_of(error: Exception) -> Problem:
    """The row of the nearest class that has one."""
    return next(PROBLEMS[each] for each in type(error).__mro__ if each in PROBLEMS)


def document(
    method: str,
    path: str,
    error: Exception,
    *,
    root: str = "",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The members of a problem, in the order in which they are written.

    The `path` is that of the route, the `root` where a proxy has put the application.
    """
    problem = problem_of(error)
    ours = _is_ours(path)
    if ours:
        members: dict[str, Any] = {
            "type": root + PAGES + problem.slug,
            "title": problem.title,
            "detail": str(error),
            "status": problem.status,
            "instance": root + path,
        }
    else:
        members = {
            "title": problem.title if problem.general else _title(method, path, error, problem),
            "detail": problem.wire or _detail(error),
            "status": problem.status,
        }
    if isinstance(error, refusals.FieldsInvalid) or (
        isinstance(error, refusals.ParametersInvalid) and ours
    ):
        members["validationErrors"] = [rule.as_json() for rule in error.broken]
    if isinstance(error, errors.SoftwareGone):
        members["tombstone"] = _tombstone(error.grave)
    if isinstance(error, errors.FileRefused):
        members["results"] = [as_result(finding) for finding in error.report.findings]
    if isinstance(error, errors.OverrideRefused):
        members["results"] = [as_result(finding) for finding in error.findings]
    if isinstance(error, errors.ChangeForgotten | refusals.EpochOver):
        members["resync"] = root + _snapshot(path.removesuffix("changes"), query or {})
    return {name: member for name, member in members.items() if member != ""}


def _is_ours(path: str) -> bool:
    """Whether the Open Catalog API knows nothing of it."""
    match path.removeprefix("/v1/").split("/"):
        case ["catalogs", _, part, *_]:
            return part.partition(".")[0] in BEYOND
        case [kind, _, part, *_] if part in BEYOND_ONE.get(kind, ()):
            return True
        case parts:
            return parts[0].partition(".")[0] in BEYOND or path.startswith(BESIDE)


def _title(method: str, path: str, error: Exception, problem: Problem) -> str:
    """`can't get Publishers`: the verb, and the last kind of thing that the path names.

    What was looked for in vain is named itself, when it was only to be read.
    """
    _, _, *parts = path.split("/")
    kinds = [(place, part) for place, part in enumerate(parts) if part in ENTITIES]
    named = [(place, kind) for place, kind in kinds if place % 2 == 0 or kind == "webhooks"]
    if method not in VERBS or not named:
        return problem.title
    place, kind = named[-1]
    one, many = ENTITIES[kind]
    listed = VERBS[method] == "get" and place == len(parts) - 1
    if VERBS[method] == "get" and type(error) in NAMES:
        return f"can't get {NAMES[type(error)]}"
    return f"can't {VERBS[method]} {many if listed else one}"


def _snapshot(base: str, query: Mapping[str, str]) -> str:
    """The snapshot of what was followed: of one catalogue if it was named, of which kind and tier."""
    catalog = query.get("catalog")
    part = f"catalogs/{quote(catalog, safe='')}/" if catalog else ""
    is_software = query.get("entity", "software") == "software"
    tier = Extent(with_index=query.get("tier") == "all").query
    return f"{base}{part}exports/{'software.jsonl' if is_software else MANIFEST}{tier}"


def _tombstone(grave: Grave) -> dict[str, str | None]:
    return {
        "id": grave.id,
        "reason": grave.reason,
        "successor": grave.successor,
        "at": rfc3339(grave.at),
    }


def _detail(error: Exception) -> str:
    match error:
        case errors.AlreadyExists(field="id"):
            return f"Publisher with id '{error.value}' already exists"
        case errors.AlreadyExists():
            return f"{error.field} already exists".strip()
        case _:
            return str(error)


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case refusals.TokenRefused():
            return {"WWW-Authenticate": "Bearer"}
        case refusals.MethodNotAllowed():
            return {"Allow": ", ".join(error.allowed)}
        case refusals.NotAcceptable():
            return {"Vary": "Accept"}
        case refusals.TooManyRequests():
            return {"Retry-After": str(error.seconds)}
        case refusals.RangeUnsatisfiable():
            return {"Content-Range": f"bytes */{error.size}"}
        case refusals.DatabaseUnreachable():
            return {"Retry-After": "1"}
        case archive.SnapshotPending():
            return {"Retry-After": "5"}
        case archive.SnapshotImpossible():
            return {"Retry-After": "60"}
        case _:
            return {}


async def _on_error(request: Request, error: Exception) -> Response:
    return response(request, error)


async def _on_unreachable(request: Request, error: Exception) -> Response:
    log.error("database unreachable", cause=str(getattr(error, "orig", error)))
    return response(request, refusals.DatabaseUnreachable())


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Routing has its own exceptions; nothing else in this application raises them."""
    match error:
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED):
            return response(request, refusals.MethodNotAllowed(allowed(request.scope)))
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            return response(request, refusals.RouteNotFound(request.method, _sent_path(request)))
        case _:
            raise error


async def _on_invalid_parameters(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return response(request, refusals.ParametersInvalid([_broken(each) for each in error.errors()]))


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED_REQUEST)


def _broken(error: dict[str, Any]) -> BrokenRule:
    """What Pydantic says about one parameter; our own validators' words are kept as they are."""
    field = str(error["loc"][-1])
    context = error.get("ctx", {})
    own = context.get("error")
    if error["type"] == "missing":
        own = f"{field} is required"
    elif "text" in context:
        own = f"{field} {context['text']}"
    given = error.get("input")
    return BrokenRule(
        field=field,
        rule=error["type"],
        text=str(own) if own else f"{field}: {error['msg']}",
        value=given if isinstance(given, str) else None,
    )


def _sent_path(request: Request) -> str:
    """The path as it was sent, before any decoding, escaped for careless readers."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return html.escape(raw.partition(b"?")[0].decode("ascii", "replace"))
