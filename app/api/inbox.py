"""/v1/inbox/webhooks/{peer}: where peers tell us that there is something new."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.api import examples
from app.api.dependencies import DatabaseDep, Now
from app.api.links import NoParameters
from app.api.lists import SLIP
from app.api.peers import VaultDep
from app.api.problems import documented
from app.catalogue.transaction import transaction
from app.database import reading
from app.federation import inbox, peers
from app.federation.errors import PeerNotFound
from app.federation.inbox import SignatureRefused

PATH = "/inbox/webhooks"
router = APIRouter(prefix=PATH, tags=["federation"])

ONE = f"/v1{PATH}/{examples.ID}"

SIGNATURES = {
    "X-Webhook-Signature": "Of `default`: the HMAC-SHA256 of the body, in hexadecimal.",
    "webhook-id": "Of `standard-webhooks`: the message, which is taken once.",
    "webhook-timestamp": "Of `standard-webhooks`: seconds since 1970, at most five minutes off.",
    "webhook-signature": "Of `standard-webhooks`: `v1,` and the HMAC-SHA256 in Base64.",
}
"""The headers of either format."""


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/{id}",
    status_code=202,
    summary="Tell of news",
    response_class=Response,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "header", "schema": {"type": "string"}, "description": what}
            for name, what in SIGNATURES.items()
        ],
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "examples": {"default": {"value": examples.WEBHOOK_MESSAGE}},
                }
            }
        },
    },
    responses=documented(
        "POST",
        ONE,
        PeerNotFound(examples.ID),
        SignatureRefused("the signature is another"),
        SLIP,
    ),
)
async def receive(
    request: Request,
    _none: NoParameters,
    id: Annotated[str, Path(description="The peer's id.", examples=[examples.ID])],
    body: Annotated[bytes, Depends(_body)],
    database: DatabaseDep,
    vault: VaultDep,
    now: Now,
) -> Response:
    """A webhook of the Open Catalog API, as `default` or `standard-webhooks`, signed with the secret
    that the peer shares with us.

    It is no more than a reason to look there: nothing that it says is believed. The same message
    is taken once.
    """
    async with reading(database) as session:
        peer = await peers.get(session, id)
        secret = await peers.webhook_secret(session, id, vault)
    if secret is None:
        raise SignatureRefused("no secret is shared with it")
    notice = inbox.read(request.headers, body, secret)
    async with transaction(database, actor=peer.uri) as session:
        await inbox.take(session, peer, notice, now=now)
    return Response(status_code=202)
