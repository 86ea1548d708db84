"""/v1/software/{id}/sources: which catalogues say what, and which records are not the same after all."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.bodies import Body, RequiredText, body_of, json_body, sized
from app.api.changes import Origin, SourceIdentifier
from app.api.dependencies import CurrentHead, Now, ReadSession, WriteSession
from app.api.links import NoParameters
from app.api.lists import SLIP
from app.api.problems import documented
from app.api.refusals import BodyMalformed
from app.api.scopes import ADMIN, Writer
from app.api.security import allowed, permit
from app.api.software import KnownId, SoftwareId, SoftwareList
from app.catalogue import curation, software
from app.catalogue import sources as records_of
from app.catalogue.entry import ROOT_ID, Grave
from app.catalogue.errors import RecordsInseparable, SoftwareGone, SoftwareNotFound
from app.catalogue.overrides import Decision
from app.catalogue.sources import Source
from app.database import Session
from app.federation import provenance
from app.pagination import rfc3339, rfc3339_or_null

router = APIRouter(prefix="/software/{id}", tags=["software"])

ONE = f"/v1/software/{examples.ID}"
MEDIA = "application/json"
MISSING = SoftwareNotFound(examples.ID)
GONE = SoftwareGone(Grave(examples.ID, "deleted", None, datetime.fromisoformat(examples.MOMENT)))
MOST_RECORDS = 1000


class SoftwareSource(BaseModel):
    """What one catalogue says."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    catalog_id: str | None = Field(None, description="Left out for the root catalogue.")
    source_id: str = Field(description="What it is called there.")
    url: str
    aliases: list[str]
    identifiers: list[SourceIdentifier]
    origin: Origin | None = Field(description="Null where we read the file ourselves.")
    via: list[str] = Field(description="The catalogues that passed it on, the first one first.")
    fork: str | None = Field(
        description="What its forge and its file make it: `variant-fork`, `git-fork`, "
        "`technical-fork` or `url-mistake`; null for what is no copy."
    )
    tier: str = Field(description="`published`, or `index` for what only its forge tells.")
    authority: str = Field(description="`own`, `origin`, `relay` or `index`.")
    priority: int = Field(description="That of the peer; the higher is heard first.")
    precedence: int = Field(description="From 1, who is heard first.")
    behind: str | None = Field(
        description="Why the one before is heard first: `described`, `published`, `valid`, "
        "`authority`, `priority`, `modified`, `via`, `origin` or `source`."
    )
    valid: bool
    stale: bool
    state: str = Field(description="`active`, `inactive` or `missing`.")
    missing_since: datetime | None
    missing_runs: int = Field(description="Complete harvests in a row that did not find it.")
    modified: datetime | None = Field(description="When the source says that it changed.")
    first_seen: datetime
    last_seen: datetime
    updated_at: datetime
    hash: str = Field(description="Of the text as it was given.")


class Override(BaseModel):
    """What people have decided about a field."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.OVERRIDE]})

    path: str
    value: Any
    author: str | None
    reason: str
    until: datetime | None
    at: datetime


class Sources(BaseModel):
    """Where a software comes from."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.SOURCES]}
    )

    id: str
    sources: list[SoftwareSource] = Field(description="From the most to the least trusted.")
    fields: dict[str, list[str]] = Field(description="By field, the ids of the sources it is from.")
    united_by: dict[str, list[str]] = Field(
        description="What several sources have in common, so that they are one software."
    )
    overrides: list[Override]


class Separation(Body):
    """Which records are not the same software as the others."""

    records: Annotated[list[RequiredText], sized(1, MOST_RECORDS)]


Curator = Annotated[Writer, Depends(allowed(ADMIN))]
"""Who may decide about what several catalogues say."""


@router.get(
    "/sources",
    summary="Get the sources of software",
    response_model=Sources,
    responses=documented("GET", f"{ONE}/sources", MISSING, GONE, SLIP),
)
async def sources(
    request: Request,
    _none: NoParameters,
    id: SoftwareId,
    head: CurrentHead,
    session: ReadSession,
) -> Response:
    """Every record of a software, and which of them each field is from.

    Of deleted software the tombstone is left.
    """
    found = await provenance.explain(session, id)
    body = {
        "id": found.id,
        "sources": [_shown(each, at) for at, each in enumerate(found.sources, 1)],
        "fields": found.fields,
        "unitedBy": found.united_by,
        "overrides": [shown_override(each) for each in found.overrides],
    }
    return caching.reply(request, head, orjson.dumps(body))


@router.post(
    "/split",
    summary="Set records of software apart",
    response_model=SoftwareList,
    openapi_extra=body_of(Separation, MEDIA, records={"records": [examples.RECORD_ID]}),
    responses=documented(
        "POST", f"{ONE}/split", BodyMalformed(), MISSING, RecordsInseparable(examples.ID), SLIP
    ),
)
async def split(
    writer: Curator,
    _none: NoParameters,
    id: KnownId,
    separation: Annotated[Separation, Depends(json_body(Separation))],
    session: WriteSession,
    now: Now,
) -> Response:
    """Make software of their own of these records, whatever they share with the others.

    What they share now is disputed and no evidence any more, until it is taken back; new evidence
    unites them again. Returns the software that was split off.
    """
    await permit_all(session, writer, id)
    ids = await curation.split(session, id, separation.records, now=now)
    entries = [(await software.get(session, each)).document for each in ids]
    return Response(f'{{"data":[{",".join(entries)}]}}', media_type=MEDIA)


@router.delete(
    "/split",
    status_code=204,
    summary="Take back that records were set apart",
    responses=documented("DELETE", f"{ONE}/split", MISSING, SLIP),
)
async def rejoin(
    writer: Curator, _none: NoParameters, id: KnownId, session: WriteSession, now: Now
) -> Response:
    """Take as evidence again what was disputed about this software."""
    await permit_all(session, writer, id)
    await curation.rejoin(session, id, now=now)
    return Response(status_code=204)


async def permit_all(session: Session, writer: Writer, software_id: str) -> None:
    """Raises CatalogForbidden unless the token is good for all catalogues that have the software."""
    _, found = await records_of.of(session, software_id)
    for catalog_id in sorted({each.catalog_id for each in found}):
        await permit(session, writer, catalog_id)


def shown_override(decision: Decision) -> dict[str, Any]:
    """A decision as it is sent."""
    return {
        "path": decision.path,
        "value": decision.value,
        "author": decision.author,
        "reason": decision.reason,
        "until": rfc3339_or_null(decision.until),
        "at": rfc3339(decision.at),
    }


def _shown(source: Source, precedence: int) -> dict[str, Any]:
    origin = source.origin_catalog
    return {
        "id": source.id,
        **({} if source.catalog_id == ROOT_ID else {"catalogId": source.catalog_id}),
        "sourceId": source.source_id,
        "url": source.urls[0],
        "aliases": source.urls[1:],
        "identifiers": [
            {"scheme": each.scheme, "value": each.value} for each in source.identifiers
        ],
        "origin": None if origin is None else {"catalog": origin, "recordId": source.origin_id},
        "via": source.via,
        "fork": source.fork,
        "tier": source.tier,
        "authority": source.authority.name.lower(),
        "priority": source.priority,
        "precedence": precedence,
        "behind": source.behind,
        "valid": source.valid,
        "stale": source.stale,
        "state": source.state,
        "missingSince": rfc3339_or_null(source.missing_since),
        "missingRuns": source.missing_runs,
        "modified": rfc3339_or_null(source.modified),
        "firstSeen": rfc3339(source.first_seen),
        "lastSeen": rfc3339(source.last_seen),
        "updatedAt": rfc3339(source.updated_at),
        "hash": source.content_hash,
    }
