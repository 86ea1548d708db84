"""A search as a webhook's filter: whether its subscriber wants to hear of what happened."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from app.catalogue import webhook_matches
from app.catalogue.deliveries import Claimed
from app.database import Database, Session, reading
from app.search import saved
from app.search.index import SearchIndex
from app.search.matching import matches, matching
from app.search.mirror import Mirror


class Match(StrEnum):
    """How the software of an event stands to the filter."""

    NOW = "now"
    EARLIER = "earlier"
    """It fits no more, or is gone; but it was told of as one that fits."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Searchable:
    """A catalogue, and what its searches ask."""

    database: Database
    mirror: Mirror
    index: SearchIndex | None


async def begin(session: Session, catalogue: Searchable, webhook_id: str, filter: str) -> None:
    """Take note of what matches a new filter, so that the subscriber hears when it does no more.

    An empty one lets everything through, and nothing need be noted. The search has a session of
    its own, which sees the same: as long as this one writes, nobody else does.
    """
    ids: list[str] = []
    if filter:
        async with reading(catalogue.database) as seen:
            ids = await matching(seen, catalogue.mirror, saved.read(filter), index=catalogue.index)
    await webhook_matches.begin(session, webhook_id, ids)


async def match(session: Session, claimed: Claimed) -> Match:
    """How it is at this moment, which may be later than the event: the receiver will look now, too.

    A filter that an earlier version has written and this one cannot read lets everything through.
    """
    try:
        query = saved.read(claimed.filter or "")
    except ValidationError:
        return Match.NOW
    if await matches(session, query, claimed.entity_id):
        return Match.NOW
    known = await webhook_matches.is_known(session, claimed.webhook_id, claimed.entity_id)
    return Match.EARLIER if known else Match.NEVER
