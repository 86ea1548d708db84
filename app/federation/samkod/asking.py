"""How another Samkod is asked: where it has what, and with which secret."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from app.federation.driver import Source, Unavailable, Unreadable, Web
from app.federation.replies import Json
from app.remote.client import Fetched, Limits

ALL_TIERS = "tier: all"
"""The argument that asks for the index tier as well."""

LIMITS = Limits(max_bytes=50 * 1024 * 1024, total=300)


def named(url: str) -> str:
    """What the Samkod at this address calls itself, if that is the one that the world knows."""
    return f"{base(url)}/id/catalog"


def address(source: Source, path: str, query: Mapping[str, object]) -> str:
    """Where it has this, of the catalogue that is wanted if one is."""
    catalog = next((each for each in source.args if each != ALL_TIERS), None)
    part = f"catalogs/{quote(catalog, safe='')}/" if catalog else ""
    asked = f"?{urlencode(query)}" if query else ""
    return f"{base(source.url)}/v1/{part}{path}{asked}"


def tier(source: Source) -> Mapping[str, str]:
    """The query by which the tier that is wanted is asked for."""
    return {"tier": "all"} if ALL_TIERS in source.args else {}


def base(url: str) -> str:
    """Of the service, whose address may be given with the version of its API or without."""
    return url.rstrip("/").removesuffix("/v1")


async def fetch(
    source: Source,
    web: Web,
    url: str,
    headers: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """All that is asked is asked of the peer itself, so it may see the secret."""
    credentials = {"Authorization": f"Bearer {source.secret}"} if source.secret else {}
    return await web.fetch(url, headers={**credentials, **(headers or {})}, limits=limits)


def successful(reply: Fetched) -> Fetched:
    """The same. Raises Unavailable for any other."""
    if not reply.is_success:
        raise Unavailable(reply.url, reply.status)
    return reply


def object_of(said: object, url: str) -> Json:
    """The same. Raises Unreadable for anything else."""
    if not isinstance(said, dict):
        raise Unreadable(url, "is not an object")
    return said
