"""What catalogues tell each other about a thing: the members of a change, and of a snapshot's line."""

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


def line(copy: Copy) -> bytes:
    """A line of a snapshot: a change that has no number, since all before the snapshot's led to it."""
    members = named(copy.kind, copy.id) | {"rev": copy.revision} | content(copy)
    return orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)
