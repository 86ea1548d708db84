"""What the lists of the Open Catalog API have in common: their query, and how they are answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Request, Response
from pydantic import BeforeValidator, Field

from app.api import caching
from app.api.links import PageQuery, header, links
from app.api.refusals import BrokenRule, ParametersInvalid
from app.catalogue.entry import Entry, ListFilter
from app.head import Head
from app.pagination import Page, parse_rfc3339

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})

REFUSED = ParametersInvalid(
    [BrokenRule("page[size]", "value_error", "page[size] must be an integer")]
)
"""An example of what every list refuses, for the documentation."""

SLIP = ParametersInvalid(
    [BrokenRule("limit", "extra_forbidden", "limit: Extra inputs are not permitted", value="5")]
)
"""And of what is refused by that which takes no such parameters."""


def _lenient_bool(text: str) -> bool:
    """What the reference takes for true; a known client sends `true?all=true` as well."""
    return text.partition("?")[0] in TRUE


def _moment(text: str) -> datetime | None:
    return parse_rfc3339(text) if text else None


Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class PeriodQuery(PageQuery):
    """A part of a list, and when its items were created."""

    created_after: Moment = Field(
        None, alias="from", description="Created after this time (RFC 3339, with `Z`)."
    )
    created_before: Moment = Field(
        None, alias="to", description="Created before this time (RFC 3339, with `Z`)."
    )


class ListQuery(PeriodQuery):
    """A part of a list of things that can be inactive."""

    all: Annotated[bool, BeforeValidator(_lenient_bool)] = Field(
        False, description="What is inactive as well."
    )

    def filter(self, catalog_id: str | None = None) -> ListFilter:
        """The same, as the catalogue wants it."""
        return ListFilter(
            include_inactive=self.all,
            created_after=self.created_after,
            created_before=self.created_before,
            catalog_id=catalog_id,
        )


def one(entry: Entry) -> Response:
    """A resource as it is stored."""
    return Response(entry.document, media_type="application/json")


def page(request: Request, found: Page[Entry]) -> Response:
    """A page of what is no part of the change log, and so has no ETag."""
    body, headers = _written(request, found)
    return Response(body, headers=headers, media_type="application/json")


def versioned_page(request: Request, head: Head, found: Page[Entry]) -> Response:
    """A page that can be different only if the head is."""
    tag = caching.tag(head)
    body, headers = _written(request, found)
    if caching.is_known(tag, request):
        return caching.unchanged(tag, headers)
    return caching.tagged(tag, body, headers)


def _written(request: Request, found: Page[Entry]) -> tuple[bytes, dict[str, str]]:
    data: Sequence[orjson.Fragment] = [orjson.Fragment(entry.document) for entry in found.items]
    around = links(request, found.previous, found.next)
    return orjson.dumps({"data": data, "links": around}), header(request, around)
