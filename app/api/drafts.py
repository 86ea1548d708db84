"""/v1/software/{id}/draft: a publiccode.yml to begin with, for software that has none or a faulty one."""

from dataclasses import replace

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import caching, examples
from app.api.dependencies import CurrentHead, ReadSession
from app.api.links import NoParameters
from app.api.lists import SLIP
from app.api.problems import documented
from app.api.software import SoftwareId
from app.catalogue import overrides, records, sources
from app.catalogue.entry import Tier
from app.catalogue.errors import SoftwareNotFound
from app.catalogue.merge import merge
from app.database import Session
from app.publiccode import Description
from app.publiccode.draft import draft
from app.publiccode.fixes import fix

router = APIRouter(prefix="/software/{id}", tags=["software"])

YAML = "application/yaml"


@router.get(
    "/draft",
    summary="Get a draft of publiccode.yml",
    response_class=Response,
    responses={
        200: {"content": {YAML: {"schema": {"type": "string"}, "example": examples.DRAFT}}},
        **documented(
            "GET", f"/v1/software/{examples.ID}/draft", SoftwareNotFound(examples.ID), SLIP
        ),
    },
)
async def drafted(
    request: Request, _none: NoParameters, id: SoftwareId, session: ReadSession, head: CurrentHead
) -> Response:
    """A file to go on from, in the latest version of the standard.

    What any catalogue or forge tells of the software is filled in, what is missing is left blank,
    and comments say what each key means. It is valid but for the blanks. Of software whose file is
    valid, it is that file brought up to date, as `/v1/fix` does it.
    """
    tag = caching.tag(head)
    if caching.is_known(tag, request):
        return caching.unchanged(tag)
    record = await records.addressed(session, id)
    if record.valid and record.tier == Tier.PUBLISHED:
        fixed = await to_thread.run_sync(fix, record.raw)
        return caching.tagged(tag, fixed.data, media_type=YAML)
    text = await to_thread.run_sync(draft, await _known(session, id))
    return caching.tagged(tag, text.encode(), media_type=YAML)


async def _known(session: Session, id: str) -> Description:
    """All that is known of a software, by a file or without one."""
    id, known = await sources.of(session, id)
    described = merge([each.description or Description() for each in known])
    decided = (await overrides.values(session, [id])).get(id, {})
    described = overrides.overridden(described, decided)
    return replace(described, url=described.url or known[0].urls[0])
