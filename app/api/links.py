"""Pages of the Open Catalog API: `page[size]`, `page[after]`, `page[before]`, and `links`.

A link is a relative query string, which clients append to the path they asked. It repeats the
other parameters of the request, sorted by name.
"""

import re
from operator import itemgetter
from typing import Annotated
from urllib.parse import quote_plus

from fastapi import Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.pagination import Cursor, PageRequest

AFTER = "page[after]"
BEFORE = "page[before]"
WELL_KNOWN = "/.well-known/oss-catalog"
DEFAULT_SIZE = 25
LARGEST_SIZE = 100

_INTEGER = re.compile(r"-?[0-9]{1,18}")


def _size(text: str) -> int:
    """A larger page than the largest is silently made smaller: clients ask for 10000."""
    if text == "":
        return DEFAULT_SIZE
    if not _INTEGER.fullmatch(text):
        raise ValueError("page[size] must be an integer")
    size = int(text)
    if size < 1:
        raise ValueError(f"page[size] must be between 1 and {LARGEST_SIZE}")
    return min(size, LARGEST_SIZE)


def _cursor(text: str) -> Cursor | None:
    return Cursor.decode(text) if text else None


Place = Annotated[
    Cursor | None, BeforeValidator(_cursor), WithJsonSchema({"type": "string", "format": "byte"})
]


class PageQuery(BaseModel):
    """Which part of a list; parameters that nobody knows are passed over."""

    model_config = ConfigDict(extra="ignore")

    size: Annotated[int, BeforeValidator(_size)] = Field(
        DEFAULT_SIZE,
        alias="page[size]",
        ge=1,
        description=f"Items per page; more than {LARGEST_SIZE} means {LARGEST_SIZE}.",
    )
    after: Place = Field(
        None, alias=AFTER, description="What follows this place. Taken from `links.next`."
    )
    before: Place = Field(
        None, alias=BEFORE, description="What precedes this place. Taken from `links.prev`."
    )

    def page(self) -> PageRequest:
        """The same, as the catalogue wants it."""
        return PageRequest(self.size, self.after, self.before)


class StrictPageQuery(PageQuery):
    """Which part of a list that no client of the reference reads: other parameters are slips."""

    model_config = ConfigDict(extra="forbid")


class NoQuery(BaseModel):
    """For what takes no parameters: any is a slip."""

    model_config = ConfigDict(extra="forbid")


NoParameters = Annotated[NoQuery, Query()]


class Links(BaseModel):
    """Query strings of the pages on either side, to be appended to the path."""

    prev: str | None
    next: str | None


def links(
    request: Request,
    previous: Cursor | str | None,
    following: Cursor | str | None,
    *,
    collapse: bool = True,
) -> dict[str, str | None]:
    """The `links` of a page between two cursors; `collapse` keeps only the last of equal names."""
    kept = request.query_params.items() if collapse else request.query_params.multi_items()
    others = [(name, value) for name, value in kept if name not in (AFTER, BEFORE)]
    return {
        "prev": _query(others, BEFORE, previous) if previous else None,
        "next": _query(others, AFTER, following) if following else None,
    }


def header(request: Request, found: dict[str, str | None]) -> dict[str, str]:
    """The same for those who read headers, and where this interface is described: RFC 8288, 8631.

    The links are relative to what was asked, as those in the body are.
    """
    root = request.scope.get("root_path", "")
    pages = [(_escaped(query), name) for name, query in found.items() if query]
    described = [(f"{root}/openapi.json", "service-desc"), (f"{root}{WELL_KNOWN}", "describedby")]
    return {"Link": ", ".join(f'<{target}>; rel="{name}"' for target, name in pages + described)}


def _escaped(query: str) -> str:
    """Brackets are not for the queries of RFC 3986, though clients like them."""
    return query.replace("[", "%5B").replace("]", "%5D")


def _query(others: list[tuple[str, str]], name: str, cursor: Cursor | str) -> str:
    """Names keep their brackets, as clients of the Open Catalog API know them."""
    text = cursor.encode() if isinstance(cursor, Cursor) else cursor
    return "?" + "&".join(
        f"{quote_plus(key, safe='[]')}={quote_plus(value)}"
        for key, value in sorted([*others, (name, text)], key=itemgetter(0))
    )
