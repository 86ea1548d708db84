"""What a statement means for the record that it is about: whether it is new, and which columns it sets."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row

from app.catalogue import documents
from app.catalogue.entry import Identifier, Provenance, Statement, Tier
from app.catalogue.rendering import Rendering
from app.catalogue.tables import Record

Known: TypeAlias = Record | Row[*tuple[Any, ...]]
"""A record, or a row of those of its columns that are compared or completed."""


def says_the_same(
    known: Known,
    addresses: tuple[str, ...],
    identifiers: tuple[Identifier, ...],
    statement: Statement,
) -> bool:
    """Whether a statement adds nothing to its record."""
    statement = completed(statement, known, addresses)
    provenance = statement.provenance
    return (
        known.content_hash == documents.content_hash(statement.raw)
        and known.report == documents.report_json(statement.report)
        and (addresses, known.active, known.vitality, known.tier)
        == (statement.urls, statement.active, statement.vitality, statement.tier)
        and (
            provenance is None
            or (
                identifiers == asserted(provenance)
                and all(getattr(known, name) == value for name, value in origin(provenance).items())
            )
        )
    )


def completed(
    statement: Statement,
    known: Known,
    addresses: tuple[str, ...],
) -> Statement:
    """A statement with what it leaves to the record that it is about."""
    if statement.source_id is not None:
        return statement if statement.urls else replace(statement, urls=addresses)
    return replace(
        statement,
        source_id=known.source_id,
        urls=addresses,
        active=known.active,
        vitality=known.vitality,
    )


def content(
    record: Record | None, statement: Statement, rendering: Rendering | None, now: datetime
) -> dict[str, Any]:
    """The columns a statement sets, given its description. The last valid one outlives a faulty text.

    It does not outlive the file: what is only known of the software is described as such.
    """
    report, described = statement.report, rendering.text if rendering else None
    stale = False
    if not report.valid and record is not None and record.tier == statement.tier == Tier.PUBLISHED:
        stale = record.valid or record.stale
        if stale or described is None:
            described = record.description
    return {
        "raw": statement.raw,
        "content_hash": documents.content_hash(statement.raw),
        "tier": statement.tier.value,
        "valid": report.valid,
        "stale": stale,
        "description": described,
        "report": documents.report_json(report),
        "checked": statement.checked,
        "active": statement.active,
        "vitality": statement.vitality,
        "last_seen": now,
        "missing_since": None,
        "missing_runs": 0,
        "updated_at": now,
    }


def origin(provenance: Provenance) -> dict[str, Any]:
    """The columns that say by which way a statement came."""
    return {
        "origin_catalog": provenance.origin_catalog,
        "origin_id": provenance.origin_id,
        "via": list(provenance.via),
        "priority": provenance.priority,
        "source_modified": provenance.modified,
        "fork": provenance.fork,
    }


def asserted(provenance: Provenance) -> tuple[Identifier, ...]:
    """The identifiers as they are compared: each once, in order."""
    return tuple(sorted(set(provenance.identifiers)))
