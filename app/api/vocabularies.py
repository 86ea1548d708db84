"""/vocab/…: the standard's closed lists as SKOS, which descriptions in RDF refer to."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from app.api.problems import documented
from app.api.refusals import NotAcceptable, RouteNotFound
from app.api.representations import RDF_FORMS, SYNTAX, VARY, Accept, UrisDep, chosen, content
from app.federation import rdf
from app.federation.concepts import SCHEMES, Scheme, concept, listed

router = APIRouter(prefix="/vocab", tags=["linked data"])

KEPT = {"Cache-Control": "public, max-age=86400", **VARY}
"""These change with the standard only."""

Name = Annotated[str, Path(description=f"One of {', '.join(SCHEMES)}.", examples=["category"])]
Value = Annotated[str, Path(description="A word of the list.", examples=["document-management"])]


def _replies(path: str) -> dict[int | str, Any]:
    return content(RDF_FORMS) | documented(
        "GET",
        path,
        RouteNotFound("GET", path),
        NotAcceptable([form.media_type for form in RDF_FORMS]),
    )


@router.get("/{name}", summary="Get a vocabulary", responses=_replies("/vocab/colour"))
async def scheme(request: Request, name: Name, uris: UrisDep, accept: Accept = None) -> Response:
    """A list of concepts with their names in all our languages, as a skos:ConceptScheme."""
    return _reply(accept, listed(uris, _scheme(request, name)))


@router.get(
    "/{name}/{value:path}",
    summary="Get a concept",
    responses=_replies("/vocab/category/colour"),
)
async def one(
    request: Request, name: Name, value: Value, uris: UrisDep, accept: Accept = None
) -> Response:
    """One concept with its names in all our languages, as a skos:Concept."""
    found = _scheme(request, name)
    if value not in found.values:
        raise RouteNotFound(request.method, request.url.path)
    return _reply(accept, concept(uris, found, value))


def _scheme(request: Request, name: str) -> Scheme:
    if name not in SCHEMES:
        raise RouteNotFound(request.method, request.url.path)
    return SCHEMES[name]


def _reply(accept: str | None, triples: rdf.Triples) -> Response:
    form = chosen(accept, RDF_FORMS)
    return Response(rdf.write(triples, SYNTAX[form]), headers=KEPT, media_type=form.media_type)
