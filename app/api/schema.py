"""/v1/schema: the JSON Schema of publiccode.yml, under an address that editors can be given."""

from functools import cache
from hashlib import sha256

from fastapi import APIRouter, Request, Response

from app.api.caching import is_known
from app.publiccode.schema import render

MEDIA_TYPE = "application/schema+json"
_ONE_HOUR = "public, max-age=3600"

router = APIRouter(prefix="/schema", tags=["validation"])


@router.get(
    "/publiccode-0.json",
    summary="JSON Schema of publiccode.yml",
    response_class=Response,
    responses={
        200: {
            "description": "A schema in the dialect of 2020-12",
            "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
        },
        304: {"description": "The client has it already"},
    },
)
async def publiccode_0(request: Request) -> Response:
    """For editors, which complete and explain keys by it. It accepts every valid file of 0.x.

    It is made of the same model and rules as the validator, which says more.
    """
    body, tag = _document()
    headers = {"ETag": tag, "Cache-Control": _ONE_HOUR}
    if is_known(tag, request):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


@cache
def _document() -> tuple[bytes, str]:
    body = render().encode()
    return body, f'"{sha256(body).hexdigest()[:32]}"'
