"""What catalogues tell each other about a thing, be it in a change or in a line of a snapshot."""

from typing import Any

import orjson

from app.catalogue.copies import Copy, Kind


def named(kind: Kind, id: str) -> dict[str, str]:
    """Which thing it is: `{"entity": "publisher", "publisherId": …}`."""
    return {"entity": kind.value, f"{kind}Id": id}


def content(copy: Copy, *, records: bool = True) -> dict[str, Any]:
    """What it is: `{"publisher": {…}}`; a software with its `records`, unless they are not wanted."""
    members: dict[str, Any] = {copy.kind.value: orjson.Fragment(copy.document)}
    if copy.kind is Kind.SOFTWARE and records:
        members["records"] = [orjson.Fragment(record) for record in copy.records]
    return members
