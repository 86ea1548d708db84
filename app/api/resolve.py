"""/v1/resolve: which software it is that others call so."""

from collections.abc import Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api import caching, examples
from app.api.dependencies import CurrentHead, PublicUrl, ReadSession
from app.api.identifiers import GONE
from app.api.paths import REPLACEMENT
from app.api.problems import documented
from app.api.refusals import BrokenRule, IdentifierUnknown, ParametersInvalid
from app.api.software import unescaped
from app.catalogue import identity, software, tombstones
from app.catalogue.entry import Entry
from app.catalogue.errors import SoftwareGone, SoftwareNotFound
from app.database import Session
from app.federation.identifiers import KEYS
from app.federation.uris import Uris

router = APIRouter(prefix="/resolve", tags=["federation"])

LONGEST = 2048
NOT_ONE = BrokenRule("url", "exactly_one", f"Give exactly one of {', '.join(KEYS)}")


class ResolveQuery(BaseModel):
    """What others call the software: exactly one of these."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str | None, BeforeValidator(unescaped)] = Field(
        None,
        max_length=LONGEST,
        description="An address of its repository, or an alias, in whichever way it is spelled; or "
        "the `uri` by which we name it.",
        examples=["git@git.example.org:valchiara/acqua-chiara.git"],
    )
    purl: str | None = Field(
        None,
        max_length=LONGEST,
        description="A package URL of GitHub, GitLab or Bitbucket, or one with a `vcs_url`.",
    )
    swhid: str | None = Field(
        None,
        max_length=LONGEST,
        description="An identifier of Software Heritage: of an origin, or with an `origin`.",
    )
    wikidata: str | None = Field(
        None,
        max_length=LONGEST,
        description="An item of Wikidata, as some catalogues name it.",
        examples=["Q42"],
    )


class Resolved(BaseModel):
    """The software, and where more is known of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESOLVED]})

    id: str
    uri: str = Field(description="Its name for good, at which all its representations are.")
    url: str = Field(description="The canonical address of the repository.")
    aliases: list[str]
    active: bool
    self: str = Field(description="The software as the Open Catalog API shows it.")


@router.get(
    "",
    summary="Find software by what others call it",
    response_model=Resolved,
    responses=documented(
        "GET",
        "/v1/resolve",
        ParametersInvalid([NOT_ONE]),
        IdentifierUnknown("https://git.example.org/unknown"),
        GONE,
    ),
)
async def resolve(
    request: Request,
    query: Annotated[ResolveQuery, Query()],
    head: CurrentHead,
    session: ReadSession,
    public_url: PublicUrl,
) -> Response:
    """The one software that an identifier means, inactive or not.

    A body rather than a redirect, so that whoever asks sees how the catalogue spells the address.
    Our own name of it is known for good: of software that was deleted, it is answered 410. No
    address of such software is kept: it is not found.
    """
    given = query.model_dump(exclude_none=True)
    if len(given) != 1:
        raise ParametersInvalid([NOT_ONE])
    ((kind, identifier),) = given.items()
    uris = Uris(public_url)
    ours = uris.software_id(identifier) if kind == "url" else None
    id = _findable(ours) if ours else await _owner(session, _keys(kind, identifier))
    if id is None:
        raise IdentifierUnknown(identifier)
    tag = caching.tag(head, public_url, id)
    if caching.is_known(tag, request):
        return caching.unchanged(tag)
    entry = await _found(session, id)
    if entry is None:
        raise IdentifierUnknown(identifier)
    shown = orjson.loads(entry.document)
    body = {
        "id": entry.id,
        "uri": uris.software(entry.id),
        **{name: shown[name] for name in ("url", "aliases", "active")},
        "self": f"{public_url}/v1/software/{entry.id}",
    }
    return caching.tagged(tag, orjson.dumps(body))


async def _owner(session: Session, keys: Sequence[str]) -> str | None:
    """The id of the software that has the first of these keys which any has."""
    owners = await identity.owners(session, keys)
    return next((owners[key] for key in keys if key in owners), None)


async def _found(session: Session, id: str) -> Entry | None:
    """The software, or what it was merged into. Raises SoftwareGone with the tombstone."""
    try:
        return await software.get(session, id)
    except SoftwareNotFound:
        if grave := await tombstones.find(session, id):
            raise SoftwareGone(grave) from None
        return None


def _keys(kind: str, identifier: str) -> list[str]:
    try:
        found = KEYS[kind](identifier)
    except ValueError as error:
        broken = BrokenRule(kind, "value_error", str(error), identifier)
        raise ParametersInvalid([broken]) from None
    return [_findable(key) for key in found]


def _findable(key: str) -> str:
    """What is given may hold an escaped NUL, which PostgreSQL cannot even look for."""
    return key.replace("\0", REPLACEMENT)
