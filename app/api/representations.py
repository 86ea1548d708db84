"""One thing in several forms: by `Accept` at its own address, or by the suffix of an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header, Request

from app.api.dependencies import PublicUrl
from app.api.negotiation import acceptable
from app.api.refusals import NotAcceptable, RouteNotFound
from app.federation import rdf
from app.federation.uris import Uris


@dataclass(frozen=True, slots=True)
class Form:
    """A way to show something; `suffix` is how such an address ends, without the dot."""

    suffix: str
    media_type: str


RDF_FORMS = tuple(Form(syntax.suffix, syntax.media_type) for syntax in rdf.SYNTAXES)
DATASET_FORMS = tuple(Form(syntax.suffix, syntax.media_type) for syntax in rdf.DATASET_SYNTAXES)
SYNTAX = dict(zip(RDF_FORMS + DATASET_FORMS, rdf.SYNTAXES + rdf.DATASET_SYNTAXES, strict=True))
VARY = {"Vary": "Accept"}

Accept: TypeAlias = Annotated[
    str | None, Header(description="The forms that the reader takes, best by weight.")
]


def chosen(accept: str | None, offered: Sequence[Form]) -> Form:
    """The form that suits the reader best. Raises NotAcceptable."""
    by_media_type = {form.media_type: form for form in offered}
    best = acceptable(accept, tuple(by_media_type))
    if best is None:
        raise NotAcceptable(tuple(by_media_type))
    return by_media_type[best]


def named(request: Request, suffix: str, offered: Sequence[Form]) -> Form:
    """The form with this suffix. Raises RouteNotFound."""
    for form in offered:
        if form.suffix == suffix:
            return form
    raise RouteNotFound(request.method, request.url.path)


def content(offered: Sequence[Form]) -> dict[int | str, Any]:
    """What OpenAPI says of a reply in one of several forms."""
    schemas = {
        form.media_type: {"schema": {"type": "object" if "json" in form.suffix else "string"}}
        for form in offered
    }
    return {200: {"content": schemas}}


async def _uris(public_url: PublicUrl) -> Uris:
    return Uris(public_url)


UrisDep = Annotated[Uris, Depends(_uris)]
"""What our things are called."""
