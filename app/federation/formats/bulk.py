"""Everything in one file: JSON Lines for programs that keep a copy, CSV for people and spreadsheets."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import Any, TypeAlias

import orjson

from app.catalogue.copies import Copy
from app.federation import wire

Software: TypeAlias = Mapping[str, Any]

COLUMNS: Mapping[str, Callable[[Software], object]] = {
    "id": lambda each: each["id"],
    "url": lambda each: each["url"],
    "aliases": lambda each: each["aliases"],
    "catalogId": lambda each: each.get("catalogId"),
    "name": lambda each: each["name"],
    "shortDescription": lambda each: each["shortDescription"],
    "language": lambda each: each["language"],
    "developmentStatus": lambda each: each["developmentStatus"],
    "softwareType": lambda each: each["softwareType"],
    "license": lambda each: each["license"],
    "categories": lambda each: each["categories"],
    "organisation": lambda each: (each["organisation"] or {}).get("name"),
    "organisationUri": lambda each: (each["organisation"] or {}).get("uri"),
    "tier": lambda each: each["tier"],
    "valid": lambda each: each["valid"],
    "stale": lambda each: each.get("stale", False),
    "active": lambda each: each["active"],
    "vitality": lambda each: each["vitality"],
    "createdAt": lambda each: each["createdAt"],
    "updatedAt": lambda each: each["updatedAt"],
}
"""What a row of `software.csv` holds: the members of a software, and of a line of search results."""

_FORMULA = re.compile(
    "(^|[;\t\r\n] *)(?=[=+@\t\r-]"
    "|[\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}])"
)
"""Where a spreadsheet would begin to calculate; some take `;` for the end of a cell."""


def json_line(copy: Copy) -> bytes:
    """A thing as the change feed has it, on a line of its own."""
    members = wire.named(copy.kind, copy.id) | {"rev": copy.revision} | wire.content(copy)
    return orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)


def csv_header() -> bytes:
    """The names of the columns."""
    return _row(COLUMNS)


def csv_row(copy: Copy) -> bytes:
    """A software; where its search result says otherwise, its own members count."""
    each = orjson.loads(copy.item) | orjson.loads(copy.document)
    return _row(_cell(read(each)) for read in COLUMNS.values())


def _row(cells: Iterable[str]) -> bytes:
    """As RFC 4180 has it, in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Lists are separated by blanks; an apostrophe keeps a text from being taken for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return _cell(" ".join(value))
        case _:
            return _FORMULA.sub(r"\1'", str(value))
