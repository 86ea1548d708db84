"""/oai and /v1/catalogs/{id}/oai: OAI-PMH 2.0, for libraries and repositories."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import APIRouter, Depends, Request, Response

from app.api import examples
from app.api.body_limit import media_type_of
from app.api.catalogs import CatalogId
from app.api.dependencies import CurrentHead, Now, PublicUrl, ReadSession, SettingsDep
from app.api.problems import documented
from app.catalogue import catalogs
from app.catalogue.errors import CatalogNotFound
from app.catalogue.sets import Kind, Set
from app.database import Session
from app.federation.formats import publiccode_json
from app.federation.oai import verbs
from app.federation.oai.arguments import RESUMPTION_TOKEN, Pairs, Verb
from app.federation.oai.repository import Repository
from app.head import Head

PATH = "/oai"
CATALOG_PATH = "/catalogs/{id}/oai"
FORM = "application/x-www-form-urlencoded"
XML = "text/xml; charset=UTF-8"
MOST_ARGUMENTS = 50
"""More than this are nonsense, and are not even read."""

router = APIRouter(tags=["federation"])
catalog_router = APIRouter(tags=["federation"])

ARGUMENTS = {
    "identifier": f"Of a record: `oai:catalogue.example.org:{examples.ID}`.",
    "metadataPrefix": "`oai_dc`, `dcat_ap` or `publiccode_json`.",
    "from": "The first day or second, as in `2026-11-23` or `2026-11-23T12:00:00Z`.",
    "until": "The last day or second, in the form of `from`.",
    "set": "Only records of this set, as in `country:SE`. `ListSets` shows them.",
    RESUMPTION_TOKEN: "Goes on with a list; nothing else may be given but the verb.",
}
_VERB = {"type": "string", "enum": [str(verb) for verb in Verb]}
_GET: dict[str, Any] = {
    "parameters": [
        {"name": "verb", "in": "query", "required": True, "schema": _VERB},
        *(
            {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
            for name, text in ARGUMENTS.items()
        ),
    ]
}
_POST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["verb"],
                    "properties": {
                        "verb": _VERB,
                        **{
                            name: {"type": "string", "description": text}
                            for name, text in ARGUMENTS.items()
                        },
                    },
                },
                "example": {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "country:SE"},
            }
        },
    }
}
_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A document of the protocol, which also says what is wrong with a request.",
        "content": {"text/xml": {"schema": {"type": "string"}, "example": examples.OAI}},
    }
}
ONE = f"/v1/catalogs/{examples.ID}/oai"


async def _everything(public_url: PublicUrl, settings: SettingsDep) -> Repository:
    return Repository(
        name=settings.operator or urlsplit(public_url).netloc,
        base_url=public_url + PATH,
        public_url=public_url,
        admin_email=settings.admin_email,
    )


async def _one_catalog(
    catalog_id: CatalogId, session: ReadSession, public_url: PublicUrl, settings: SettingsDep
) -> Repository:
    named = await catalogs.called(session, [catalog_id])
    if catalog_id not in named:
        raise CatalogNotFound(catalog_id)
    spelled = quote(named[catalog_id].spelled, safe="")
    return Repository(
        name=named[catalog_id].name,
        base_url=f"{public_url}/v1{CATALOG_PATH.format(id=spelled)}",
        public_url=public_url,
        admin_email=settings.admin_email,
        among=Set(Kind.CATALOG, catalog_id),
    )


async def _form(request: Request) -> Pairs:
    """The arguments in the body; in a body of any other kind there are none."""
    body = await request.body()
    return _pairs(body) if media_type_of(request.scope) == FORM else []


async def _query(request: Request) -> Pairs:
    return _pairs(request.scope["query_string"])


Everything = Annotated[Repository, Depends(_everything)]
OneCatalog = Annotated[Repository, Depends(_one_catalog)]
Form = Annotated[Pairs, Depends(_form)]
Query = Annotated[Pairs, Depends(_query)]


@router.get(
    PATH,
    summary="Harvest by OAI-PMH",
    response_class=Response,
    responses=_REPLY,
    openapi_extra=_GET,
)
async def harvest(
    repository: Everything, query: Query, head: CurrentHead, session: ReadSession, now: Now
) -> Response:
    """[OAI-PMH 2.0](http://www.openarchives.org/OAI/openarchivesprotocol.html): six verbs, sets,
    and records that say when they were deleted. Errors of the protocol have status 200.
    """
    return await _reply(session, repository, head, query, now)


@router.post(
    PATH,
    summary="Harvest by OAI-PMH, with a form",
    response_class=Response,
    responses=_REPLY,
    openapi_extra=_POST,
)
async def harvest_by_form(
    repository: Everything, form: Form, head: CurrentHead, session: ReadSession, now: Now
) -> Response:
    """The same as GET, with the arguments in the body. No token is needed."""
    return await _reply(session, repository, head, form, now)


@router.get(
    publiccode_json.SCHEMA_PATH,
    summary="Get the XML Schema of `publiccode_json`",
    response_class=Response,
    responses={200: {"content": {"application/xml": {"schema": {"type": "string"}}}}},
)
async def schema() -> Response:
    """Of the one element in which this metadata format puts its JSON."""
    return Response(publiccode_json.SCHEMA, media_type="application/xml")


@catalog_router.get(
    CATALOG_PATH,
    summary="Harvest a catalogue by OAI-PMH",
    response_class=Response,
    responses=_REPLY | documented("GET", ONE, CatalogNotFound(examples.ID)),
    openapi_extra=_GET,
)
async def harvest_catalog(
    repository: OneCatalog, query: Query, head: CurrentHead, session: ReadSession, now: Now
) -> Response:
    """As `/oai`, of what one catalogue says. What leaves the catalogue is deleted here."""
    return await _reply(session, repository, head, query, now)


@catalog_router.post(
    CATALOG_PATH,
    summary="Harvest a catalogue by OAI-PMH, with a form",
    response_class=Response,
    responses=_REPLY | documented("POST", ONE, CatalogNotFound(examples.ID)),
    openapi_extra=_POST,
)
async def harvest_catalog_by_form(
    repository: OneCatalog, form: Form, head: CurrentHead, session: ReadSession, now: Now
) -> Response:
    """The same as GET, with the arguments in the body. No token is needed."""
    return await _reply(session, repository, head, form, now)


async def _reply(
    session: Session, repository: Repository, head: Head, pairs: Pairs, now: datetime
) -> Response:
    body = await verbs.answer(session, repository, head, pairs, now=now)
    return Response(body, media_type=XML, headers={"Cache-Control": "no-cache"})


def _pairs(sent: bytes) -> Pairs:
    """Names and values, each of which may be empty; nothing of what is not even text."""
    try:
        return parse_qsl(
            sent.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_ARGUMENTS,
        )
    except ValueError:
        return []
