"""/v1/exports: snapshots, which followers copy before they follow the changes."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api import caching, examples
from app.api.catalogs import CatalogId
from app.api.dependencies import Now
from app.api.problems import documented
from app.api.ranges import file_reply
from app.api.refusals import (
    BrokenRule,
    ExportNotFound,
    ParametersInvalid,
    RangeUnsatisfiable,
)
from app.catalogue.errors import CatalogNotFound
from app.federation.archive import Archive, SnapshotImpossible, SnapshotPending
from app.federation.snapshot import FORMS, MANIFEST, Extent, File, Snapshot

router = APIRouter(tags=["federation"])

EVERYTHING = "/exports"
PART = "/catalogs/{id}/exports"
EPOCH_HEADER = "Samkod-Epoch"
FAILURES = (SnapshotPending(), SnapshotImpossible())
MISSING = CatalogNotFound(examples.ID)

UNKNOWN = ParametersInvalid(
    [BrokenRule("tier", "literal_error", "tier: Input should be 'published' or 'all'", "index")]
)

MEDIA_TYPES = {
    "jsonl": "application/x-ndjson",
    "gz": "application/gzip",
    "zst": "application/zstd",
    "csv": "text/csv; charset=utf-8; header=present",
}
"""By the last part of a name."""


class ExportedFile(BaseModel):
    """A file of a snapshot."""

    name: str = Field(description="Where it is, relative to the manifest.")
    bytes: int
    sha256: str = Field(description="In hexadecimal; the ETag is the same.")
    count: int = Field(description="How many things it holds.")


class Manifest(BaseModel):
    """What a snapshot holds, and where its follower goes on."""

    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [examples.MANIFEST]}
    )

    epoch: str = Field(description="Names the log. If it changes, start again from a snapshot.")
    sequence: int = Field(description="The last change that all of these files know of.")
    made_at: datetime
    changes: str = Field(description="What has happened since, relative to the manifest.")
    files: list[ExportedFile]


class ExportQuery(BaseModel):
    """How much a snapshot is of."""

    model_config = ConfigDict(extra="forbid")

    tier: Literal["published", "all"] = Field(
        "published",
        description="`all` adds software that has no publiccode.yml and is only known of.",
    )

    def extent(self, catalog_id: str | None = None) -> Extent:
        """The same, as a snapshot wants it."""
        return Extent(catalog_id, with_index=self.tier == "all")


async def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


ArchiveDep = Annotated[Archive, Depends(_archive)]
Asked = Annotated[ExportQuery, Query()]

FileName = Annotated[
    str,
    Path(
        alias="file",
        description="Lines of JSON for each kind of thing, also compressed; and a table of software.",
        json_schema_extra={"enum": sorted(FORMS)},
        examples=["software.jsonl.zst"],
    ),
]

BYTES = {"schema": {"type": "string", "format": "binary"}}


def _documented(path: str, *failures: Exception) -> dict[str, Any]:
    """The replies of a route that sends a file."""
    kinds = sorted(each.partition(";")[0] for each in MEDIA_TYPES.values())
    return {
        "response_class": Response,
        "responses": {
            200: {"description": "The file.", "content": dict.fromkeys(kinds, BYTES)},
            206: {"description": "The part of it that was asked for."},
            304: {"description": "It is what the client has already."},
            **documented(
                "GET",
                path,
                ExportNotFound("software.xlsx"),
                RangeUnsatisfiable(1024),
                UNKNOWN,
                *failures,
                *FAILURES,
            ),
        },
    }


@router.get(
    EVERYTHING + "/" + MANIFEST,
    summary="What a snapshot holds",
    response_model=Manifest,
    responses=documented("GET", f"/v1{EVERYTHING}/{MANIFEST}", UNKNOWN, *FAILURES),
)
async def manifest(request: Request, query: Asked, archive: ArchiveDep, now: Now) -> Response:
    """The files of the newest snapshot, and the sequence at which all of them are consistent.

    Copy the files, then follow the changes after that sequence. A snapshot may be some minutes
    older than the catalogue.
    """
    return await _manifest(request, archive, query.extent(), now)


@router.get(
    EVERYTHING + "/{file}",
    summary="Copy everything",
    **_documented(f"/v1{EVERYTHING}/software.jsonl"),
)
async def file(
    request: Request, name: FileName, query: Asked, archive: ArchiveDep, now: Now
) -> Response:
    """Everything of a kind, at one sequence of the change log.

    Each line is what `/v1/changes?include=records` has for a thing, without what is a change's own.
    `Samkod-Sequence` and `Samkod-Epoch` say where to go on: apply the changes after the lowest
    sequence of the files that you have copied. An interrupted copy is resumed by `Range` with
    `If-Range`. In `software.csv` lists are separated by blanks, and an apostrophe precedes what a
    spreadsheet would take for a formula. `tier` is that of the feed which is followed from here.
    """
    return await _file(request, name, archive, query.extent(), now)


@router.get(
    PART + "/" + MANIFEST,
    summary="What a catalogue's snapshot holds",
    response_model=Manifest,
    responses=documented(
        "GET", f"/v1/catalogs/{examples.ID}/exports/{MANIFEST}", MISSING, UNKNOWN, *FAILURES
    ),
)
async def manifest_of_part(
    request: Request, catalog_id: CatalogId, query: Asked, archive: ArchiveDep, now: Now
) -> Response:
    """As `/v1/exports/manifest.json`, for what one catalogue has."""
    return await _manifest(request, archive, query.extent(catalog_id), now)


@router.get(
    PART + "/{file}",
    summary="Copy a catalogue",
    **_documented(f"/v1/catalogs/{examples.ID}/exports/software.jsonl", MISSING),
)
async def file_of_part(
    request: Request,
    name: FileName,
    catalog_id: CatalogId,
    query: Asked,
    archive: ArchiveDep,
    now: Now,
) -> Response:
    """As `/v1/exports/{file}`: the software of one catalogue as it has it, its publishers, itself."""
    return await _file(request, name, archive, query.extent(catalog_id), now)


async def _manifest(request: Request, archive: Archive, extent: Extent, now: datetime) -> Response:
    snapshot = await archive.newest(extent, now=now)
    body = snapshot.manifest()
    headers = _headers(request, snapshot)
    tag = f'"{sha256(body).hexdigest()}"'
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    return caching.tagged(tag, body, headers)


async def _file(
    request: Request, name: str, archive: Archive, extent: Extent, now: datetime
) -> Response:
    if name not in FORMS:
        raise ExportNotFound(name)
    snapshot = await _held(request, name, archive, extent)
    snapshot = snapshot or await archive.newest(extent, now=now)
    described = snapshot.files[name]
    digest = b64encode(bytes.fromhex(described.sha256)).decode()
    headers = _headers(request, snapshot) | {
        "Cache-Control": "no-cache, no-transform",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    try:
        opened = await to_thread.run_sync(snapshot.open, name)
    except OSError as error:
        raise SnapshotPending from error  # two newer ones were made since we looked
    return file_reply(
        request,
        opened,
        described.bytes,
        _tag(described),
        media_type=MEDIA_TYPES[name.rpartition(".")[2]],
        headers=headers,
    )


async def _held(request: Request, name: str, archive: Archive, extent: Extent) -> Snapshot | None:
    """The snapshot of which the client has a part, if we still have it."""
    wanted = request.headers.get("if-range")
    kept = await archive.kept(extent) if wanted else []
    return next((each for each in kept if _tag(each.files[name]) == wanted), None)


def _tag(file: File) -> str:
    return f'"{file.sha256}"'


def _headers(request: Request, snapshot: Snapshot) -> dict[str, str]:
    """The place in the log is that of the snapshot, not the newest one."""
    request.state.sequence = snapshot.head.sequence
    return {EPOCH_HEADER: snapshot.head.epoch}
