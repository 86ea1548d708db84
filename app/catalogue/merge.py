"""Records to one software: who is heard first, and what is joined from all.

The order is that of authority: a valid description before a faulty one, what we were told
directly before what came through other catalogues, the newer before the older. Scalars and
sections have one winner; only the fields in `JOINED` are united.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from app.catalogue.tables import Record
from app.publiccode import Description

JOINED = frozenset({"used_by", "supports"})
"""Lists to which every record may add. Licence, address, status and contacts never are."""

BLANK = Description()
"""What a description says that says nothing."""


def by_authority(records: Iterable[Record]) -> list[Record]:
    """Records from the most to the least trusted; a total order, the same on every node."""
    return sorted(
        records,
        key=lambda record: (
            record.description is None,
            not (record.valid or record.stale),
            record.origin_catalog is not None,
            -record.updated_at.timestamp(),
            record.origin_catalog or "",
            record.catalog_id,
            record.source_id,
        ),
    )


def primary(records: Iterable[Record]) -> Record:
    """The record that the Open Catalog API shows: the oldest that was given to us directly."""
    return min(
        records,
        key=lambda record: (
            record.origin_catalog is not None,
            record.first_seen,
            record.catalog_id,
            record.source_id,
        ),
    )


def merge(descriptions: Sequence[Description]) -> Description:
    """One description of several, given from the most to the least trusted; at least one."""
    first = descriptions[0]
    if len(descriptions) == 1:
        return first
    merged: dict[str, Any] = {}
    for field in fields(first):
        values = [getattr(description, field.name) for description in descriptions]
        if field.name in JOINED:
            merged[field.name] = tuple(dict.fromkeys(item for value in values for item in value))
        else:
            given = (value for value in values if value != getattr(BLANK, field.name))
            merged[field.name] = next(given, values[0])
    return replace(first, **merged)
