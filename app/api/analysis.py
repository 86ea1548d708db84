"""What components found out: /v1/software/{id}/analysis and /v1/catalogs/{id}/analysis."""

from typing import Annotated, Any, TypeAlias, cast

import orjson
from fastapi import APIRouter, Depends, Request, Response

from app.api import examples
from app.api.bodies import READABLE, json_of
from app.api.catalogs import CatalogId, KnownCatalog
from app.api.dependencies import Now, ReadSession, WriteSession
from app.api.problems import documented
from app.api.refusals import BodyMalformed, BodyRefused
from app.api.scopes import Writer
from app.api.security import allowed, permit
from app.api.software import KnownId
from app.catalogue import analysis, records
from app.catalogue.errors import CatalogNotFound, SoftwareNotFound

router = APIRouter(tags=["analysis"])

SOFTWARE = f"/v1/software/{examples.ID}/analysis"
CATALOG = f"/v1/catalogs/{examples.ID}/analysis"
LONGEST_NAMESPACE = 255
LARGEST_VERSION = 999

Findings: TypeAlias = dict[str, dict[str, Any] | None]


async def _findings(request: Request) -> Findings:
    """The body: objects by namespace. Raises BodyRefused, for malformed JSON as well."""
    try:
        given = json_of(request, await request.body())
    except BodyMalformed as error:
        raise BodyRefused(str(error)) from error
    if not isinstance(given, dict):
        raise BodyRefused(str(BodyMalformed()))
    for namespace, value in given.items():
        if fault := _fault(namespace, value):
            raise BodyRefused(f"analysis.{namespace[:LONGEST_NAMESPACE]}: {fault}")
    return cast("Findings", given)


def _fault(namespace: str, value: object) -> str | None:
    if not namespace or len(namespace) > LONGEST_NAMESPACE or "\0" in namespace:
        return f"must have a name of 1 to {LONGEST_NAMESPACE} characters"
    if value is None:
        return None
    if not isinstance(value, dict):
        return "must be a JSON object"
    if "v" not in value:
        return "missing required field 'v'"
    if type(value["v"]) is not int:
        return "'v' must be an integer"
    if not 1 <= value["v"] <= LARGEST_VERSION:
        return f"'v' must be between 1 and {LARGEST_VERSION}"
    try:
        orjson.dumps({namespace: value})
    except TypeError:
        return "is nested too deeply"
    return None


Sent = Annotated[Findings, Depends(_findings)]
AnalysisWriter = Annotated[Writer, Depends(allowed("analysis:write"))]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": ["object", "null"],
        "required": ["v"],
        "properties": {"v": {"type": "integer", "minimum": 1, "maximum": LARGEST_VERSION}},
    },
}
REPLY: dict[int | str, Any] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}}
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {
                "schema": SCHEMA,
                "examples": {"findings": {"value": examples.ANALYSIS}},
            }
            for media_type in READABLE
        },
    }
}
REFUSED = BodyRefused("analysis.links: missing required field 'v'")


@router.get(
    "/software/{id}/analysis",
    summary="Get the analysis of software",
    responses=REPLY | documented("GET", SOFTWARE, SoftwareNotFound(examples.ID)),
)
async def of_software(id: KnownId, session: ReadSession) -> Response:
    """What components found out about this software, by their names; `t` says when."""
    return _shown(await analysis.get(session, "software", id))


@router.patch(
    "/software/{id}/analysis",
    summary="Update the analysis of software",
    openapi_extra=BODY,
    responses=REPLY | documented("PATCH", SOFTWARE, SoftwareNotFound(examples.ID), REFUSED),
)
async def update_of_software(
    writer: AnalysisWriter, id: KnownId, findings: Sent, session: WriteSession, now: Now
) -> Response:
    """Replace the namespaces that are named, each as a whole; null removes one.

    The software itself, and its `updatedAt`, stay as they are.
    """
    await permit(session, writer, (await records.addressed(session, id)).catalog_id)
    return _shown(await analysis.patch(session, "software", id, findings, now=now))


@router.get(
    "/catalogs/{id}/analysis",
    summary="Get the analysis of a catalogue",
    responses=REPLY | documented("GET", CATALOG, CatalogNotFound(examples.ID)),
)
async def of_catalog(_known: KnownCatalog, id: CatalogId, session: ReadSession) -> Response:
    """What components found out about this catalogue, by their names; `t` says when."""
    return _shown(await analysis.get(session, "catalogs", id))


@router.patch(
    "/catalogs/{id}/analysis",
    summary="Update the analysis of a catalogue",
    openapi_extra=BODY,
    responses=REPLY | documented("PATCH", CATALOG, CatalogNotFound(examples.ID), REFUSED),
)
async def update_of_catalog(
    writer: AnalysisWriter,
    _known: KnownCatalog,
    id: CatalogId,
    findings: Sent,
    session: WriteSession,
    now: Now,
) -> Response:
    """Replace the namespaces that are named, each as a whole; null removes one."""
    await permit(session, writer, id)
    return _shown(await analysis.patch(session, "catalogs", id, findings, now=now))


def _shown(findings: dict[str, Any]) -> Response:
    return Response(orjson.dumps(findings), media_type="application/json")
