"""/software/{id}: what a person sees who follows the name of a software."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from app.api.dependencies import ReadSession
from app.api.identifiers import DATA, PAGES
from app.api.negotiation import negotiate
from app.api.representations import UrisDep
from app.catalogue import profiles
from app.federation.rdf import iri
from app.publiccode.model import Texts
from app.web.pages import render

router = APIRouter(prefix=PAGES, include_in_schema=False)


@router.get("/{id}")
async def page(
    id: str,
    uris: UrisDep,
    session: ReadSession,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """One software, in the reader's language where its file has it."""
    profile = await profiles.get(session, id)
    texts = profile.description.description
    language = negotiate(accept_language, list(texts)) if texts else None
    content = render(
        "software.html",
        software=profile.description,
        text=texts[language] if language else Texts(),
        language=language,
        url=profile.urls[0],
        is_address=iri,
        address=uris.software(profile.id),
        suffixes=[form.suffix for form in DATA],
    )
    return Response(content, headers={"Vary": "Accept-Language"}, media_type="text/html")
