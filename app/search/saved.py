"""A search as it is saved: what it narrows by, as a query string."""

from collections.abc import Iterable
from typing import get_origin
from urllib.parse import parse_qsl, urlencode

from app.search.query import SearchQuery

PRESENTATION = frozenset(
    {"sort", "lang", "fields", "explain", "page[size]", "page[after]", "page[before]"}
)
"""Parameters that change how results are shown, and not what is found."""

MOST_PARAMETERS = 200
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def parameters(text: str) -> list[tuple[str, str]]:
    """What a query string narrows a search by, whatever it says of how results are shown.

    NUL, which PostgreSQL cannot look for, becomes a character that nothing is called by, as in the
    address of a request. Raises ValueError for too many parameters.
    """
    pairs = parse_qsl(
        text.removeprefix("?").replace("%00", REPLACEMENT), max_num_fields=MOST_PARAMETERS
    )
    return [(name, value) for name, value in pairs if name not in PRESENTATION]


def read(text: str) -> SearchQuery:
    """The search that `written` wrote. Raises ValidationError, which names the parameters."""
    return query_of(parameters(text))


def query_of(parameters: Iterable[tuple[str, str]]) -> SearchQuery:
    """These parameters as a search; those that can be repeated, together, of others the last."""
    given: dict[str, str | list[str]] = {}
    for name, value in parameters:
        if name in _REPEATABLE:
            given[name] = [*given.get(name, []), value]
        else:
            given[name] = value
    return SearchQuery.model_validate(given)


def written(parameters: Iterable[tuple[str, str]]) -> str:
    """As a query string; empty if nothing is narrowed."""
    return urlencode(list(parameters))


_REPEATABLE = frozenset(
    field.alias or name
    for name, field in SearchQuery.model_fields.items()
    if get_origin(field.annotation) is list
)
